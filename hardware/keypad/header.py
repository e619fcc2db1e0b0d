"""Which GPIO numbers of a Raspberry Pi's header may be used (Raspberry Pi documentation, config.txt and GPIO)."""

SAFE_PINS = frozenset(range(9, 28)) - {14, 15}
"""GPIO9 to 27 are pulled down from the first moment; 0 to 8 are pulled up, and 14 goes high while the Pi starts."""

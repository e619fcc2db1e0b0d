"""The demo: a workplace with an invented province, virtual meters, and a tour without a display."""

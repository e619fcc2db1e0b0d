"""What came of looking at one part."""

from dataclasses import dataclass

from kiosk.view.parts import Message, Mood


@dataclass(frozen=True, slots=True)
class Check:
    """GOOD: ready. CAREFUL: it works, and somebody should look. BAD: the kiosk cannot do its work."""

    part: str
    """The name of the part, for programs that read the report."""
    mood: Mood
    says: Message
    """What there is, in few words: a line of the staff screen."""
    advice: str = ""
    """What is wrong and what to do, for a technician at a terminal; only a GOOD part has none."""

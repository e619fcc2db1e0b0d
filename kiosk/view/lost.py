"""How many records a card took, in words: for staff and for the doctor."""

from kiosk.view.formats import thousands
from kiosk.view.parts import Message


def lost_records(number: int, *, more: bool) -> Message:
    """`more`: nobody can tell how many there were."""
    values = {"number": thousands(number)}
    if more:
        return Message("Catatan yang rusak di kartu: {number} atau lebih", values)
    return Message("Catatan yang rusak di kartu: {number}", values)

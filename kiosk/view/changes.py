"""How the codes of a key change are named together, and how long there is for them: the same words wherever it is said.

STS 6 can need three or four codes in one key change, STS 4 needs two; a meter can need more than one key change.
"""

from collections.abc import Sequence

from kiosk.view.parts import Message

_ALL = {
    2: Message("Kedua kode dalam {minutes} menit, semua BENAR."),
    3: Message("Ketiga kode dalam {minutes} menit, semua BENAR."),
    4: Message("Keempat kode dalam {minutes} menit, semua BENAR."),
}


def named(first: int, last: int) -> Message:
    """The codes of one key change, by the first and the last of their numbers."""
    numbers = {"first": str(first), "last": str(last)}
    if first == last:
        return Message("Kode {first}", {"first": str(first)})
    if last == first + 1:
        return Message("Kode {first} dan {last}", numbers)
    return Message("Kode {first} sampai {last}", numbers)


def named_briefly(first: int, last: int) -> Message:
    """The same by the numbers alone, where there is little room."""
    if first == last:
        return named(first, last)
    return Message("Kode {first}-{last}", {"first": str(first), "last": str(last)})


def time_limit(pairs: Sequence[tuple[int, int]], minutes: int) -> Message:
    """How long there is for the codes of each key change, and what the meter must say to each code.

    `pairs` has the first and the last number of each. One code alone has no time limit.
    """
    counts = {last - first + 1 for first, last in pairs}
    if counts == {1}:
        return Message("Tiap kode: BENAR.")
    values = {"minutes": str(minutes)}
    if len(pairs) > 1:
        each = Message("Tiap pasang {minutes} menit. Tiap kode: BENAR.", values)
        return each if counts == {2} else Message("Tiap kelompok {minutes} menit. Tiap kode: BENAR.", values)
    (count,) = counts
    all_of_them = _ALL.get(count, Message("Semua kode dalam {minutes} menit, semua BENAR."))
    return Message(all_of_them.text, values)

"""The numbers of the facts that the outbox must hold, in a small file of their own beside it.

SQLite leaves out the rest of its log from the first frame on that does not fit, and says nothing: a card that turned
one bit would take facts that wait, and the outbox would look empty. So what it must hold is kept apart. A fact is put
into the outbox before its number is put here, and its number is taken out here before the fact is taken out there:
whenever a kiosk is killed, the outbox holds all that this file names, or more.
"""

from collections.abc import Collection, Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from krn_engine.durable import replace_file
from krn_engine.register.errors import RegisterFull

NAME = "outbox.mark"
_MODE = 0o644
"""It names nothing but numbers, and a command of root's must not keep the kiosk from it."""
_FARTHEST = 10_000_000


class Mark:
    """In a folder. Who calls it is alone with the outbox."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    def read(self) -> frozenset[int] | None:
        """The numbers; None where there is no such file, or one that is damaged: then it tells nothing."""
        try:
            numbers, digest = self._path.read_text(encoding="ascii").split("\n")[:2]
            if digest != _digest(numbers):
                return None
            return frozenset(_numbers(numbers))
        except (OSError, ValueError):
            return None

    def write(self, numbers: Collection[int]) -> None:
        """On disk when it returns. Raises RegisterFull; the file is then as it was."""
        text = _text(numbers)
        try:
            replace_file(self._path, f"{text}\n{_digest(text)}\n".encode("ascii"), _MODE)
        except OSError as error:
            raise RegisterFull(
                f"what this kiosk has for its office cannot be noted ({error.strerror}): make room on its card"
            ) from error

    def fit(self, numbers: frozenset[int]) -> None:
        """Let it name what is there; a disk that is full now is told when a fact is put there."""
        if self.read() != numbers:
            with suppress(RegisterFull):
                self.write(numbers)


def _text(numbers: Collection[int]) -> str:
    """Runs of them, such as `3-17,21-21`."""
    runs: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return ",".join(f"{first}-{last}" for first, last in runs)


def _numbers(text: str) -> Iterable[int]:
    """Raises ValueError."""
    for run in filter(None, text.split(",")):
        first, last = (int(number) for number in run.split("-"))
        if last - first > _FARTHEST:
            raise ValueError
        yield from range(first, last + 1)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()

"""Ctrl-C while a library calls our code: what cannot let it through says something else, and this says what it was.

A function that SQLite calls may raise nothing: Python turns KeyboardInterrupt there into an error of the statement, in
the very words with which a damaged record is told.
"""

import signal
from types import FrameType


class _Heard:
    """Whether there was one that nobody has answered yet."""

    once = False


def hear() -> None:
    """Remember Ctrl-C from now on, where nobody else listens for it. In the main thread only."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)


def require_none() -> None:
    """Raises KeyboardInterrupt if there was one since this was asked last."""
    if _Heard.once:
        _Heard.once = False
        raise KeyboardInterrupt


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    _Heard.once = True
    raise KeyboardInterrupt

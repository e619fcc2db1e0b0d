"""Ctrl-C while a library calls our code: what cannot let it through says something else, and this says what it was.

A function that SQLite calls may raise nothing: Python turns KeyboardInterrupt there into an error of the statement, in
the very words with which a damaged record is told.
"""

import signal
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

_swallowing: set[CodeType] = set()


class _Heard:
    """Whether one came into such a function that nobody has answered yet."""

    once = False


def swallowed_in(*functions: Callable[..., Any]) -> None:
    """Out of these no exception comes as what it is."""
    _swallowing.update(function.__code__ for function in functions)


def hear() -> None:
    """Remember Ctrl-C in such a function from now on, where nobody else listens for it. In the main thread only."""
    _Heard.once = False
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)


def require_none() -> None:
    """Raises KeyboardInterrupt if one came into such a function since this was asked last."""
    if _Heard.once:
        _Heard.once = False
        raise KeyboardInterrupt


def _interrupt(_number: int, frame: FrameType | None) -> None:
    while frame is not None and not _Heard.once:
        _Heard.once = frame.f_code in _swallowing
        frame = frame.f_back
    raise KeyboardInterrupt

"""Questions at a terminal, or to whoever feeds the answers through a pipe."""

import sys
from collections.abc import Callable

from kiosk.errors import ConfigInvalid

Refusal = Callable[[str], str]
"""What is wrong with an answer; empty: nothing."""


def ask(question: str, default: str, refusal: Refusal) -> str:
    """The answer, asked for until it can be used; an empty one is the default. Raises ConfigInvalid at the end."""
    while True:
        print(f"{question} [{default}] ", end="", flush=True)
        line = sys.stdin.readline()
        if not line:
            raise ConfigInvalid("the questions were not answered to the end: nothing was written")
        answer = line.strip() or default
        wrong = refusal(answer)
        if not wrong:
            return answer
        again(wrong)


def again(wrong: str) -> None:
    """Say what is wrong, and let it be asked once more. Raises ConfigInvalid where nobody is there to do it."""
    print(f"  {wrong}")
    if not sys.stdin.isatty():
        raise ConfigInvalid(f"{wrong}: nothing was written")


def yes(question: str, *, default: bool) -> bool:
    """Whether it is so."""
    refusal = f"{question} Answer y or n"
    return ask(question, "y" if default else "n", lambda answer: "" if answer in ("y", "n") else refusal) == "y"

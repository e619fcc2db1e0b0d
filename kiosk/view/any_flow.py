"""What the application needs of a flow: what is to be seen, and where a choice, a touch and the time go."""

from abc import abstractmethod
from typing import Protocol

from kiosk.view.choices import Answer
from kiosk.view.parts import Head, Hearing, Sight
from kiosk.view.views import View


class AnyFlow(Protocol):
    """Whoever implements it names it as a base, so that a linter sees what is missing."""

    over: bool
    """True when the application should end."""

    @property
    @abstractmethod
    def view(self) -> View:
        """What is to be seen now."""

    @property
    @abstractmethod
    def head(self) -> Head:
        """What stands above it: where the person is, and whose meter it is about."""

    @property
    @abstractmethod
    def language(self) -> str:
        """The code of the language, "id" or "en"."""

    @property
    @abstractmethod
    def sight(self) -> Sight:
        """How this person wants to see it."""

    @property
    @abstractmethod
    def hearing(self) -> Hearing:
        """Whether this person has it read aloud."""

    @abstractmethod
    def choose(self, answer: Answer) -> None:
        """Something was chosen on the screen that `view` is drawn on."""

    @abstractmethod
    def tick(self, now: float) -> None:
        """A round has passed; `now` in seconds that only grow."""

    @abstractmethod
    def touched(self, now: float) -> None:
        """Somebody is there."""

    @abstractmethod
    def failed(self, error: Exception) -> None:
        """Drawing or a screen failed."""

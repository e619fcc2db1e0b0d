"""What was made to take away in this session: it stays with the person, and not with the screen that they came to."""

from collections.abc import Callable
from dataclasses import dataclass, field

from kiosk.flow.background import Background
from kiosk.view.parts import Printing
from krn_engine.row import Hidden


@dataclass
class Page:
    """The page at home for the rows of one request: the office is asked for it once, and nobody waits for that."""

    request_id: str = ""
    _asked: Background[Hidden | None] | None = field(default=None, repr=False)
    _shown: bool = False
    _address: Hidden | None = field(default=None, repr=False)

    def ask(self, request_id: str, asked: Callable[[], Hidden | None]) -> None:
        """Begin to ask for the page of this request, if nobody has."""
        if request_id != self.request_id:
            self.request_id, self._shown, self._address = request_id, False, None
            self._asked = Background(asked)

    def address(self, request_id: str) -> Hidden | None:
        """Its address with the secret; None: there is none, or it was not known when somebody first wanted to see it.

        The answer stays: no QR code changes while it is photographed, and the slip has that of the screen.
        """
        if request_id != self.request_id:
            return None
        if not self._shown:
            self._shown = True
            self._address = None if self._asked is None else self._asked.result()
        return self._address


@dataclass
class Slips:
    """The slips of one meter's rows; another meter in the same session begins anew."""

    meter_number: str = ""
    printing: Printing = Printing.NONE
    printed: int = 0
    work: Background[Printing] | None = None
    page: Page = field(default_factory=Page)

    def about(self, meter_number: str, *, can_print: bool) -> None:
        """From now on it is about this meter's."""
        if meter_number != self.meter_number:
            self.meter_number, self.printed, self.work = meter_number, 0, None
            self.printing = Printing.OFFERED if can_print else Printing.NONE

"""What was printed in this session: it stays with the person, and not with the screen that they came to."""

from dataclasses import dataclass

from kiosk.flow.background import Background
from kiosk.view.parts import Printing


@dataclass
class Slips:
    """The slips of one meter's rows; another meter in the same session begins anew."""

    meter_number: str = ""
    printing: Printing = Printing.NONE
    printed: int = 0
    work: Background[Printing] | None = None

    def about(self, meter_number: str, *, can_print: bool) -> None:
        """From now on it is about this meter's."""
        if meter_number != self.meter_number:
            self.meter_number, self.printed, self.work = meter_number, 0, None
            self.printing = Printing.OFFERED if can_print else Printing.NONE

"""What a customer says of the codes goes on record as their word, and leads on to the rest of them."""

from collections.abc import Callable

from kiosk.flow import messages
from kiosk.flow.background import Background
from kiosk.flow.customer.advice import AdviceStep
from kiosk.flow.customer.rows import RowsStep
from kiosk.flow.step import Next, WorkStep
from kiosk.view.parts import Message, MeterPicture
from kiosk.view.views import AdviceView
from kiosk.workplace import Workplace
from krn_engine.office import guide
from krn_engine.office.contract import Issued
from krn_engine.row import BENAR


def claim(here: Workplace, issued: Issued, done: int, seen: str, then: Callable[[], Next]) -> Next:
    """What the customer says of the rows up to number `done` goes on record as their word."""

    def job() -> None:
        for row in guide.claims(issued, done, seen, here.place):
            here.office.record(row)

    if done < issued.first:
        return then()
    return WorkStep(here, messages.RECORDING, Background(job), lambda _nothing: then())


def note(here: Workplace, issued: Issued, told: str, then: Callable[[], Next], krn: int | None = None) -> Next:
    """What a customer tells of their meter at home goes on record for staff, with the `krn` that they read.

    It moves nothing.
    """
    ending = guide.told(told, here.place, krn)
    job = Background(lambda: here.office.end(issued.meter_number, ending))
    return WorkStep(here, messages.RECORDING, job, lambda _nothing: then())


def go_on(
    here: Workplace,
    issued: Issued,
    done: int,
    back: Callable[[], Next],
    first: Message | None = None,
    shown: str = BENAR,
) -> Next:
    """The rest of the rows, under the numbers that they have on the slip.

    A key change that was left in the middle begins anew: the meter has forgotten its first rows by now.
    """
    told = sum(last <= done for _, last in issued.pairs)
    begins = guide.begins_after(issued, done)
    if first is None:
        first = messages.COMPARE_DIGITS if begins == done else messages.change_again(begins + 1)
    advice = AdviceView(
        Message("Lanjutkan dari kode {row}", {"row": str(begins + 1)}),
        (first, messages.ONCE_MORE),
        MeterPicture("", shown),
    )
    ticked, index = frozenset(range(issued.first, begins + 1)), begins + 1 - issued.first
    return AdviceStep(here, advice, lambda: RowsStep(here, issued, index, told, back, ticked), back=back)

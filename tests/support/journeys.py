"""Every journey that a person can make at a kiosk, as a table of steps: walked by tests, and drawn row by row."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from hardware.adapter import AdapterKind, MeterAdapter
from hardware.errors import MeterProcessGone
from hardware.person import NO, YES
from hardware.virtual.printer import VirtualPrinter
from kiosk.demo.meters import LIGHT_MODEL, DemoMeters, Wire
from kiosk.demo.workplace import DemoWorkplace
from kiosk.flow.customer.come_back import ALL, NOT_TRIED, SOME
from kiosk.flow.staff import messages as says
from kiosk.limits.look_ups import LookUps
from kiosk.view.choices import Answer, Choice, Entered, Scanned, Where
from kiosk.view.views import (
    AdaptersView,
    AdviceView,
    ConfirmView,
    ErrorView,
    HomeView,
    IdPadView,
    KeyInView,
    MenuView,
    ModelsView,
    ProgressView,
    QuestionView,
    RehearsalView,
    ReportView,
    ResultView,
    RowsView,
    TakeAwayView,
    ThanksView,
    TypingView,
)
from kiosk.workplace import all_models, light_model
from krn_engine.demo import DemoCase
from krn_engine.row import BENAR, GAGAL, SALAH
from tests.support.scripted import BAD, Scripted
from tests.support.walker import At, Walker

AWAY = [
    At(RowsView, Choice.DONE),
    At(TakeAwayView, Choice.DONE),
    At(QuestionView, Entered(YES)),
    At(ThanksView, Choice.DONE),
    At(HomeView),
]
"""Photographed, not printed."""
PRINTED = "four rows, printed"
"""What most people come for."""
TYPED = [At(RowsView, Choice.TYPE), At(TypingView, Choice.NEXT), At(ResultView, Choice.DONE), At(HomeView)]
NEITHER = [At(QuestionView, Entered(NO))] * 2
"""It does not say PERIKSA, and there is no other token."""


@dataclass(frozen=True)
class Journey:
    """What somebody does at a kiosk; it ends at home."""

    steps: list[At]
    kiosk: Callable[[DemoWorkplace], DemoWorkplace] = lambda here: here
    """How this kiosk differs from the demo's."""


def walked(journey: Journey, here: DemoWorkplace, look_ups: LookUps | None = None) -> Walker:
    """Somebody who made the journey, on a quiet day unless `look_ups` says otherwise; `seen` has what they saw."""
    person = Walker(replace(journey.kiosk(here), look_ups=look_ups or LookUps()))
    person.walk(journey.steps)
    return person


def to_rows(here: DemoWorkplace, case: DemoCase) -> list[At]:
    """From home to the rows of the first customer of a case, who was never here before."""
    return [*_confirmed(here, case), *NEITHER]


def _to_confirm(here: DemoWorkplace, case: DemoCase) -> list[At]:
    return [At(HomeView, Choice.START), At(IdPadView, _number(here, case))]


def _confirmed(here: DemoWorkplace, case: DemoCase) -> list[At]:
    return [*_to_confirm(here, case), At(ConfirmView, Choice.YES)]


def _number(here: DemoWorkplace, case: DemoCase) -> Entered:
    return Entered(here.province.first(case).idpel)


def another(here: DemoWorkplace, case: DemoCase) -> str:
    """The ID of the second customer of a case, whom no other journey meets."""
    return [customer.idpel for customer in here.province if customer.case is case][1]


def _staff(option: str, *then: At) -> list[At]:
    return [At(HomeView, Choice.STAFF), At(MenuView, Entered(option)), *then, At(HomeView)]


def _technician(here: DemoWorkplace, case: DemoCase, *then: At) -> list[At]:
    return _staff(says.METER.word, At(IdPadView, _number(here, case)), *then)


def _refusing(here: DemoWorkplace) -> DemoWorkplace:
    return replace(here, connect=lambda _number, _model: Scripted([BAD, BAD]))


def unplugged(here: DemoWorkplace) -> DemoWorkplace:
    def connect(_number: str, _model: str) -> MeterAdapter:
        raise MeterProcessGone("is krn-meter running?")

    return replace(here, connect=connect)


def _with_a_head(here: DemoWorkplace) -> DemoWorkplace:
    """An optical head beside the contacts, on meters whose time is moved by hand."""
    meters = DemoMeters(here.province, Wire(real_time=False))
    return replace(here, connect=meters.connect, light=light_model(LIGHT_MODEL), clock=meters.clock, wait=meters.wait)


def journeys(here: DemoWorkplace) -> dict[str, Journey]:
    """All of them, by name, to be made in this order: who comes back was here before."""
    rehearsed = [At(RehearsalView, Entered(key)) for key in "123"]
    tools: list[Answer] = [Entered(option.word) for option in (says.CHECK, says.CALIBRATE, says.RECORD, says.HISTORY)]
    refused = [At(RowsView, Choice.TYPE), *[At(QuestionView, Choice.DONT_KNOW)] * 3, At(TypingView, Choice.NEXT)]
    return {
        PRINTED: Journey(
            [
                *to_rows(here, DemoCase.FOUR_ROWS),
                At(RowsView, Choice.DONE),
                At(TakeAwayView, Choice.PRINT),
                At(TakeAwayView, Choice.DONE),
                At(ThanksView, Choice.DONE),
                At(HomeView),
            ],
            lambda here: replace(here, printer=VirtualPrinter()),
        ),
        "coming back, with nothing tried yet": Journey(
            [*_confirmed(here, DemoCase.FOUR_ROWS), At(QuestionView, Entered(NOT_TRIED)), *AWAY]
        ),
        "coming back for the second pair": Journey(
            [
                *_to_confirm(here, DemoCase.FOUR_ROWS),
                At(ConfirmView, Choice.YES),
                At(QuestionView, Entered(SOME)),
                At(QuestionView, Entered("2")),
                At(AdviceView, Choice.NEXT),
                *AWAY,
            ]
        ),
        "coming back, and all rows are in": Journey(
            [
                *_confirmed(here, DemoCase.FOUR_ROWS),
                At(QuestionView, Entered(ALL)),
                At(QuestionView, Entered("3")),
                At(ResultView, Choice.DONE),
                At(HomeView),
            ]
        ),
        "coming back with a number that is not right": Journey(
            [
                *_confirmed(here, DemoCase.FOUR_ROWS),
                At(QuestionView, Entered(ALL)),
                At(QuestionView, Entered("2")),
                At(AdviceView, Choice.NEXT),
                *AWAY,
            ]
        ),
        "coming back without the number": Journey(
            [
                *_confirmed(here, DemoCase.FOUR_ROWS),
                At(QuestionView, Entered(ALL)),
                At(QuestionView, Choice.DONT_KNOW),
                At(AdviceView, Choice.NEXT),
                *AWAY,
            ]
        ),
        "coming back with SALAH at code 3": Journey(
            [
                *_confirmed(here, DemoCase.FOUR_ROWS),
                At(QuestionView, Entered(SALAH)),
                At(QuestionView, Entered("3")),
                At(QuestionView, Entered(YES)),
                At(AdviceView, Choice.NEXT),
                *AWAY,
            ]
        ),
        "coming back with GAGAL, at another meter": Journey(
            [
                *_confirmed(here, DemoCase.FOUR_ROWS),
                At(QuestionView, Entered(GAGAL)),
                At(QuestionView, Entered("1")),
                At(QuestionView, Entered(NO)),
                At(AdviceView, Choice.PREVIOUS),
                At(QuestionView, Entered(NO)),
                # The number of the right meter from its card; by hand it would be a look-up of its own.
                At(AdviceView, Scanned(here.province.first(DemoCase.DONE).idpel)),
                At(ConfirmView, Choice.YES),
                At(ResultView, Choice.DONE),
                At(HomeView),
            ]
        ),
        "a second card is scanned": Journey(
            [
                *_confirmed(here, DemoCase.FOUR_ROWS),
                At(QuestionView, Choice.DONT_KNOW),
                At(RowsView, Scanned(here.province.first(DemoCase.DONE).meter_number)),
                At(QuestionView, Entered(NO)),
                At(RowsView, Scanned(here.province.first(DemoCase.DONE).meter_number)),
                At(QuestionView, Entered(YES)),
                At(ConfirmView, Choice.YES),
                At(ResultView, Choice.DONE),
                At(HomeView),
            ]
        ),
        "two rows": Journey([*to_rows(here, DemoCase.TWO_ROWS), *AWAY]),
        "an STS6 meter, with a token not yet entered": Journey(
            [*to_rows(here, DemoCase.EA11)[:-1], At(QuestionView, Entered(YES)), At(AdviceView, Choice.NEXT), *AWAY]
        ),
        "the meter says PERIKSA": Journey(
            [*to_rows(here, DemoCase.PERIKSA)[:-2], At(QuestionView, Entered(YES)), At(AdviceView, Choice.DONE)]
        ),
        "already upgraded": Journey([*_confirmed(here, DemoCase.DONE), At(ResultView, Choice.DONE), At(HomeView)]),
        "blocked": Journey([*_confirmed(here, DemoCase.BLOCKED), At(ErrorView, Choice.HOME), At(HomeView)]),
        "an incomplete record": Journey(
            [*_confirmed(here, DemoCase.UNKNOWN_STATE), At(ErrorView, Choice.HOME), At(HomeView)]
        ),
        "not found, and where the number stands": Journey(
            [
                At(HomeView, Choice.START),
                At(IdPadView, Entered("123456789012")),
                At(IdPadView, Where("1234567")),
                At(AdviceView, Choice.PREVIOUS),
                At(IdPadView, Choice.PREVIOUS),
                At(HomeView),
            ]
        ),
        "a rehearsal": Journey(
            [
                *to_rows(here, DemoCase.READY_MADE),
                At(RowsView, Choice.REHEARSE),
                *rehearsed,
                At(RehearsalView, Choice.PREVIOUS),
                *AWAY,
            ],
            lambda here: replace(here, connect=None),
        ),
        "typed into the meter": Journey([*to_rows(here, DemoCase.HALF_DONE), *TYPED]),
        "a technician with a meter": Journey(
            [
                *_technician(here, DemoCase.EA11)[:-1],
                At(MenuView, Entered(says.ADAPTER.word)),
                At(AdaptersView, Entered(AdapterKind.KEYPAD.value)),
                At(ModelsView, Entered("generic-4x3")),
                *[At(MenuView, tool) for tool in tools],
                At(ReportView, Choice.PREVIOUS),
                At(MenuView, Choice.PREVIOUS),
                At(MenuView, Entered(says.TYPE.word)),
                *TYPED[1:],
            ],
            lambda here: replace(here, models=all_models()),
        ),
        "a technician with an optical head": Journey(
            [
                *_staff(says.METER.word, At(IdPadView, Entered(another(here, DemoCase.FOUR_ROWS))))[:-1],
                At(MenuView, Entered(says.ADAPTER.word)),
                At(AdaptersView, Entered(AdapterKind.OPTICAL.value)),
                At(MenuView, Entered(says.CHECK.word)),
                At(MenuView, Entered(says.TYPE.word)),
                *TYPED[1:],
            ],
            _with_a_head,
        ),
        "a technician takes a claim back and says what the meter holds": Journey(
            [
                *_technician(here, DemoCase.FOUR_ROWS)[:-1],
                At(MenuView, Entered(says.RECORD.word)),
                At(MenuView, Entered(says.RETRACT.word)),
                At(QuestionView, Entered(says.WHY_RETRACTED[0].word)),
                At(MenuView, Entered(says.HOLDS.word)),
                At(IdPadView, Entered("2")),
                At(QuestionView, Entered(says.WHY_HOLDS[0].word)),
                At(MenuView, Entered(says.HISTORY.word)),
                At(ReportView, Choice.HOME),
                At(HomeView),
            ]
        ),
        "a technician with a meter that no contacts fit": Journey(
            [
                *_technician(here, DemoCase.READY_MADE)[:-1],
                At(MenuView, Entered(says.ADAPTER.word)),
                At(AdaptersView, Entered(AdapterKind.HAND.value)),
                At(MenuView, Entered(says.TYPE.word)),
                *[At(QuestionView, Entered(word)) for word in (NO, YES, "1")],
                *[At(KeyInView, Choice.NEXT), At(QuestionView, Entered(BENAR))] * 4,
                At(QuestionView, Entered("3")),
                At(TypingView, Choice.NEXT),
                At(ResultView, Choice.DONE),
                At(HomeView),
            ]
        ),
        "a meter that refuses": Journey(
            [
                *_to_confirm(here, DemoCase.TWO_ROWS),
                At(ConfirmView, Choice.YES),
                At(QuestionView, Choice.DONT_KNOW),
                *refused,
                At(ResultView, Choice.DONE),
                At(HomeView),
            ],
            _refusing,
        ),
        "nothing connected": Journey(
            [
                *_to_confirm(here, DemoCase.FOUR_ROWS),
                At(ConfirmView, Choice.YES),
                At(QuestionView, Choice.DONT_KNOW),
                At(RowsView, Choice.TYPE),
                At(ErrorView, Choice.HOME),
                At(HomeView),
            ],
            unplugged,
        ),
        "staff look at the progress": Journey(_staff(says.PROGRESS.word, At(ProgressView, Choice.HOME))),
        "staff look at the readiness": Journey(_staff(says.READINESS.word, At(ReportView, Choice.HOME))),
        "staff look at the last errors": Journey(_staff(says.ERRORS.word, At(ReportView, Choice.HOME))),
        "staff test the printer": Journey(_staff(says.PRINTER_TEST.word, At(ReportView, Choice.HOME))),
    }

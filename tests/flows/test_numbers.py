"""Codes have the numbers of the slip at home: with the first pair proved, what is left is code 3 and code 4."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from hardware.adapter import AdapterKind
from hardware.person import NO, YES
from kiosk.demo.workplace import DemoWorkplace
from kiosk.flow.customer.come_back import SOME
from kiosk.flow.customer.slip import qr_text, slip_of
from kiosk.flow.staff import messages as says
from kiosk.view.choices import Choice, Entered
from kiosk.view.views import (
    AdaptersView,
    AdviceView,
    ConfirmView,
    HomeView,
    IdPadView,
    KeyInView,
    MenuView,
    QuestionView,
    RowsView,
    TakeAwayView,
    ThanksView,
    TypingView,
)
from krn_engine.demo import DemoCase
from krn_engine.office.contract import Issued
from krn_engine.row import SALAH, grouped
from tests.support.journeys import to_rows
from tests.support.walker import At, Walker


@dataclass
class SecondPair:
    """The demo's office, where the two codes of a meter were codes 3 and 4 of their first list."""

    office: Any

    def issue(self, meter_number: str, request_id: str) -> Issued:
        issued: Issued = self.office.issue(meter_number, request_id)
        return replace(issued, first=3)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.office, name)


@pytest.fixture
def kiosk(here: DemoWorkplace) -> DemoWorkplace:
    return replace(here, office=SecondPair(here.office))


def test_on_every_screen_of_a_customer(kiosk: DemoWorkplace) -> None:
    person = Walker(kiosk)
    person.walk(to_rows(kiosk, DemoCase.TWO_ROWS))
    rows = person.see(RowsView)
    assert (rows.pairs, rows.index) == (((3, 4),), 0)
    person.walk([At(RowsView, Entered("1")), At(RowsView, Entered("4")), At(RowsView, Choice.NEXT)])
    rows = person.see(RowsView)
    assert (rows.index, rows.ticked) == (1, frozenset({4}))
    person.walk([At(RowsView, Choice.DONE)])
    away = person.see(TakeAwayView)
    assert (away.first, str(away.qr).split(")")[0]) == (3, "3")
    person.walk([At(TakeAwayView, Choice.DONE), At(QuestionView, Entered(YES))])
    assert person.see(ThanksView).pairs == ((3, 4),)


def test_to_one_who_comes_back(kiosk: DemoWorkplace) -> None:
    Walker(kiosk).walk([*to_rows(kiosk, DemoCase.TWO_ROWS), At(RowsView)])
    person = Walker(kiosk)
    number = Entered(kiosk.province.first(DemoCase.TWO_ROWS).idpel)
    person.walk([At(HomeView, Choice.START), At(IdPadView, number), At(ConfirmView, Choice.YES)])
    person.walk([At(QuestionView, Entered(SOME))])
    assert [option.word for option in person.see(QuestionView).options] == ["3"]
    person.walk([At(QuestionView, Entered("3"))])
    assert person.see(AdviceView).title.values == {"row": "3"}
    person.walk([At(AdviceView, Choice.NEXT)])
    rows = person.see(RowsView)
    assert (rows.index, rows.ticked) == (0, frozenset())
    again = Walker(kiosk)
    again.walk([At(HomeView, Choice.START), At(IdPadView, number), At(ConfirmView, Choice.YES)])
    again.walk([At(QuestionView, Entered(SALAH))])
    assert [option.word for option in again.see(QuestionView).options] == ["3", "4"]


def test_on_paper_and_in_a_phone(kiosk: DemoWorkplace) -> None:
    issued = kiosk.office.issue(kiosk.province.first(DemoCase.TWO_ROWS).meter_number, "slip")
    text = [line.text for line in slip_of(issued, "PLN", "123", datetime(2026, 11, 24, tzinfo=UTC))]
    assert [line for line in text if line in ("Kode 1", "Kode 2", "Kode 3", "Kode 4")] == ["Kode 3", "Kode 4"]
    assert str(qr_text(issued)).splitlines() == [f"{n}) {grouped(row)}" for n, row in enumerate(issued.rows, 3)]


def test_while_they_go_into_the_meter(kiosk: DemoWorkplace) -> None:
    person = Walker(kiosk)
    person.walk([*to_rows(kiosk, DemoCase.TWO_ROWS), At(RowsView, Choice.TYPE), At(TypingView)])
    assert person.see(TypingView).first == 3
    hand = Walker(kiosk)
    number = Entered(kiosk.province.first(DemoCase.HALF_DONE).idpel)
    hand.walk([At(HomeView, Choice.STAFF), At(MenuView, Entered(says.METER.word)), At(IdPadView, number)])
    hand.walk([At(MenuView, Entered(says.ADAPTER.word)), At(AdaptersView, Entered(AdapterKind.HAND.value))])
    hand.walk([At(MenuView, Entered(says.TYPE.word)), At(QuestionView, Entered(NO)), At(QuestionView, Entered(YES))])
    hand.walk([At(QuestionView, Entered("2")), At(KeyInView)])
    assert (hand.see(KeyInView).number, hand.see(KeyInView).rows) == (3, 4)
    hand.flow._step.leave()

"""The rows on paper and in a phone."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pygame
import pytest
import zxingcpp

from hardware.person import NO, YES
from hardware.printer.port import PrinterState
from hardware.printer.slip import SlipLine
from hardware.virtual.printer import VirtualPrinter
from kiosk.demo.workplace import DemoWorkplace
from kiosk.flow import messages
from kiosk.flow.customer.slip import slip_of
from kiosk.flow.customer.thanks import THANKS_SECONDS
from kiosk.screens import screen_for
from kiosk.screens.base import Ui
from kiosk.screens.take_away import TakeAwayScreen
from kiosk.ui.slip_picture import draw_slip
from kiosk.ui.texts import Texts
from kiosk.view.choices import Choice, Entered
from kiosk.view.panels import Panel
from kiosk.view.parts import Printing, Sight
from kiosk.view.views import AdviceView, HomeView, QuestionView, RowsView, TakeAwayView, ThanksView, View
from krn_engine.demo import DemoCase
from krn_engine.office.local import LocalOffice
from krn_engine.register.database import Register, sqlite_url
from krn_engine.row import grouped
from tests.support.journeys import to_rows
from tests.support.sample_views import VIEWS
from tests.support.screens import SIZES
from tests.support.walker import At, Walker


def at_take_away(here: DemoWorkplace, printer: VirtualPrinter | None, case: DemoCase = DemoCase.FOUR_ROWS) -> Walker:
    person = Walker(replace(here, printer=printer))
    person.walk([*to_rows(here, case), At(RowsView, Choice.DONE), At(TakeAwayView)])
    return person


def printing(view: View) -> Printing:
    assert isinstance(view, TakeAwayView)
    return view.printing


def settled(person: Walker) -> Printing:
    while (state := printing(person.view)) is Printing.BUSY:
        pass
    return state


def test_a_second_slip_is_printed_and_no_third(here: DemoWorkplace) -> None:
    printer = VirtualPrinter()
    person = at_take_away(here, printer)
    assert printing(person.view) is Printing.OFFERED
    for _ in range(3):
        person.flow.choose(Choice.PRINT)
    assert settled(person) is Printing.DONE
    assert len(printer.slips) == 1
    for _ in range(3):
        person.flow.choose(Choice.PRINT)
        assert settled(person) is Printing.DONE
    assert len(printer.slips) == 2
    assert not person.see(TakeAwayView).can_print
    # With paper in the hand nobody is asked for a photograph.
    person.walk([At(TakeAwayView, Choice.DONE), At(ThanksView, Choice.DONE), At(HomeView)])


def test_nobody_goes_with_neither_paper_nor_photograph_by_mistake(here: DemoWorkplace) -> None:
    person = at_take_away(here, None)
    person.walk([At(TakeAwayView, Choice.DONE), At(QuestionView, Entered(NO)), At(TakeAwayView, Choice.DONE)])
    person.walk([At(QuestionView, Choice.DONT_KNOW), At(QuestionView, Choice.PREVIOUS), At(TakeAwayView, Choice.DONE)])
    person.walk([At(QuestionView, Entered(YES)), At(ThanksView)])
    assert person.see(ThanksView) == ThanksView(((1, 2), (3, 4)), 10, 3, round(THANKS_SECONDS))


def test_the_last_screen_goes_away_by_itself(here: DemoWorkplace) -> None:
    person = at_take_away(here, None)
    person.walk([At(TakeAwayView, Choice.DONE), At(QuestionView, Entered(YES)), At(ThanksView)])
    person.wait(THANKS_SECONDS - 5)
    assert person.see(ThanksView).seconds_left == 5
    # Whoever touches it reads it still.
    person.flow.touched(person.now)
    person.wait(THANKS_SECONDS - 5)
    person.see(ThanksView)
    person.wait(5)
    person.see(HomeView)


@pytest.mark.parametrize("state", [PrinterState.PAPER_OUT, PrinterState.COVER_OPEN, PrinterState.GONE])
def test_a_printer_that_is_not_ready_is_known_before_rows_are_issued(here: DemoWorkplace, state: PrinterState) -> None:
    printer = VirtualPrinter(condition=state)
    person = Walker(replace(here, printer=printer, help_line="0800 1234"))
    person.walk([*to_rows(here, DemoCase.FOUR_ROWS), At(AdviceView)])
    view = person.see(AdviceView)
    assert view.title == messages.PRINTER_FIRST
    person.walk([At(AdviceView, Choice.NEXT), At(RowsView, Choice.DONE), At(TakeAwayView, Choice.PRINT)])
    assert settled(person) is Printing.NOT_READY
    # Staff puts paper in; the session was not lost, and the slip comes out.
    printer.condition = PrinterState.READY
    person.flow.choose(Choice.PRINT)
    assert settled(person) is Printing.DONE
    assert len(printer.slips) == 1
    assert any("0800 1234" in line.text for line in printer.slips[0])


def test_a_slip_that_broke_off_is_not_printed_again(here: DemoWorkplace) -> None:
    printer = VirtualPrinter(breaks_after=9)
    person = at_take_away(here, printer)
    person.flow.choose(Choice.PRINT)
    assert settled(person) is Printing.BROKEN
    printer.condition, printer.breaks_after = PrinterState.READY, None
    person.flow.choose(Choice.PRINT)
    assert settled(person) is Printing.BROKEN
    assert len(printer.slips) == 1
    person.walk([At(TakeAwayView, Choice.PREVIOUS)])
    person.see(RowsView)


def test_without_a_printer_there_is_the_code(here: DemoWorkplace) -> None:
    person = at_take_away(here, None)
    assert printing(person.view) is Printing.NONE
    person.flow.choose(Choice.PRINT)
    assert printing(person.view) is Printing.NONE


@pytest.mark.parametrize("case", [DemoCase.FOUR_ROWS, DemoCase.TWO_ROWS, DemoCase.EA11, DemoCase.READY_MADE])
def test_what_a_slip_says(here: DemoWorkplace, case: DemoCase) -> None:
    customer = here.province.first(case)
    issued = here.office.issue(customer.meter_number, "slip")
    now = datetime(2026, 11, 23, 14, 30)  # noqa: DTZ001  a wall clock
    slip = slip_of(issued, "KANTOR DEMO", "0800 123", now)
    text = "\n".join(line.text for line in slip)
    assert all(text.isascii() for line in slip)
    assert max(len(line.text) for line in slip) <= 48
    for number, row in enumerate(issued.rows, 1):
        assert f"Kode {number} dari {len(issued.rows)}\n{grouped(row)}\n[ ] Meter menampilkan BENAR" in text
    for said in ("KANTOR DEMO", "GRATIS", "123", "SALAH", "dalam 10 menit", "23-11-2026 14.30", customer.meter_number):
        assert said in text
    assert text.count("0800 123") == text.count("123") == 2
    for private in (*customer.name.split(), customer.idpel):
        assert private not in text
    assert [line.text for line in slip if line.large] == [grouped(row) for row in issued.rows]


def test_paper_and_screen_give_the_time_that_the_campaign_gives(here: DemoWorkplace, tmp_path: Path) -> None:
    campaign = replace(here.province.campaign, minutes_for_a_change=45)
    with Register.create(sqlite_url(tmp_path / "other.db")) as register:
        here.province.load(register)
        office = LocalOffice(register, campaign, here.province.vault)
        printer = VirtualPrinter()
        person = Walker(replace(here, office=office, printer=printer))
        person.walk(to_rows(here, DemoCase.FOUR_ROWS))
        view = person.see(RowsView)
        for language, said in (("id", "dalam 45 menit"), ("en", "within 45 minutes")):
            screen = screen_for(view, Ui(SIZES[0], Texts(language)))
            screen.draw(pygame.Surface((SIZES[0].width, SIZES[0].height)))
            assert said in " ".join(screen.said)
        person.flow.choose(Choice.DONE)
        person.flow.choose(Choice.PRINT)
        assert settled(person) is Printing.DONE
        # The same request again is answered with the same time.
        again = office.issue(here.province.first(DemoCase.FOUR_ROWS).meter_number, "again")
        assert again == office.issue(again.meter_number, "again")
        assert again.minutes_for_a_change == 45
    printed = "\n".join(line.text for line in printer.slips[0])
    assert printed.count("dalam 45 menit") == 2
    assert "10 menit" not in printed


def test_a_slip_can_be_looked_at() -> None:
    printer = VirtualPrinter()
    slip = (SlipLine("GRATIS", bold=True), SlipLine("6104 4734 8511 5070 4401", large=True, centre=True))
    printer.print(slip)
    paper = draw_slip(printer.slips[0])
    assert paper.get_width() == 576
    # One line, one of double height, and white above and below.
    assert paper.get_height() >= 24 * 5


@pytest.mark.parametrize("sight", [Sight(), Sight(large=True, strong=True)], ids=["plain", "large-strong"])
@pytest.mark.parametrize("panel", SIZES, ids=lambda panel: panel.name)
def test_a_phone_reads_the_code(panel: Panel, sight: Sight) -> None:
    """Read from the drawn screen by a decoder that has nothing to do with the encoder."""
    view = VIEWS["take-away-OFFERED"]
    assert isinstance(view, TakeAwayView)
    screen = screen_for(view, Ui(panel, Texts("id"), sight))
    surface = pygame.Surface((panel.width, panel.height))
    screen.draw(surface)
    grey = pygame.image.tobytes(pygame.transform.grayscale(surface), "RGB")[::3]
    found = zxingcpp.read_barcodes(memoryview(grey).cast("B", (panel.height, panel.width)))
    assert [code.text for code in found] == [view.qr]
    assert isinstance(screen, TakeAwayScreen)
    # From 40 cm a code should be a tenth of the distance wide.
    assert screen.code.width >= panel.px(40.0)

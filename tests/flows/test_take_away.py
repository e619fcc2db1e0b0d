"""The rows on paper and in a phone."""

import re
import threading
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path

import pygame
import pytest
import zxingcpp

from hardware.person import NO, YES
from hardware.printer.escpos import encode
from hardware.printer.port import PrinterState
from hardware.printer.slip import WIDTHS, Slip, SlipLine
from hardware.virtual.printer import Printed, VirtualPrinter, read_escpos
from kiosk.demo.workplace import DemoWorkplace
from kiosk.flow import messages
from kiosk.flow.customer.slip import qr_text, slip_of
from kiosk.flow.customer.thanks import COVERED_SECONDS, LARGE_SECONDS, THANKS_SECONDS
from kiosk.screens import screen_for
from kiosk.screens.base import Ui
from kiosk.screens.take_away import TakeAwayScreen
from kiosk.ui.slip_picture import PAPER, draw_slip
from kiosk.ui.texts import Texts
from kiosk.view.choices import Choice, Entered
from kiosk.view.panels import Panel
from kiosk.view.parts import Printing, Sight
from kiosk.view.views import AdviceView, AttendantView, HomeView, QuestionView, RowsView, TakeAwayView, ThanksView, View
from krn_engine.demo import DemoCase
from krn_engine.office.contract import Issued
from krn_engine.office.local import LocalOffice
from krn_engine.register.database import Register, sqlite_url
from krn_engine.row import grouped, in_fours
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


def test_what_was_printed_stays_printed_on_the_way_back(here: DemoWorkplace) -> None:
    printer = VirtualPrinter()
    person = at_take_away(here, printer)
    for _ in range(2):
        person.flow.choose(Choice.PRINT)
        assert settled(person) is Printing.DONE
        person.walk([At(TakeAwayView, Choice.PREVIOUS), At(RowsView, Choice.DONE), At(TakeAwayView)])
        assert printing(person.view) is Printing.DONE
    assert not person.see(TakeAwayView).can_print
    person.walk([At(TakeAwayView, Choice.DONE), At(ThanksView)])
    assert len(printer.slips) == 2


def test_a_slip_that_is_being_printed_is_not_begun_again(here: DemoWorkplace) -> None:
    done, slips = threading.Event(), list[object]()

    def print_slowly(slip: object) -> None:
        slips.append(slip)
        done.wait(10)

    person = at_take_away(here, VirtualPrinter(print_slowly))
    for choice in (Choice.PRINT, Choice.PREVIOUS, Choice.DONE, Choice.PRINT):
        person.flow.choose(choice)
    assert printing(person.flow.view) is Printing.BUSY
    done.set()
    assert settled(person) is Printing.DONE
    assert len(slips) == 1


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


def test_the_last_screen_stays_longer_in_large_letters(here: DemoWorkplace) -> None:
    """They take two pages there."""
    person = at_take_away(here, None)
    person.flow.choose(Choice.LARGER)
    person.walk([At(TakeAwayView, Choice.DONE), At(QuestionView, Entered(YES)), At(ThanksView)])
    person.wait(LARGE_SECONDS - 5)
    assert person.see(ThanksView).seconds_left == 5
    person.wait(5)
    person.see(HomeView)


def test_what_lies_over_the_last_screen_stops_its_going(here: DemoWorkplace) -> None:
    person = at_take_away(here, None)
    person.walk([At(TakeAwayView, Choice.DONE), At(QuestionView, Entered(YES)), At(ThanksView, Choice.ATTENDANT)])
    person.wait(THANKS_SECONDS + 5)
    assert person.see(AttendantView) == AttendantView(keeps=False)
    person.walk([At(AttendantView, Choice.PREVIOUS)])
    assert person.see(ThanksView).seconds_left == round(THANKS_SECONDS)
    person.flow.choose(Choice.HELP)
    person.wait(COVERED_SECONDS + 5)
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


NOW = datetime(2026, 11, 23, 14, 30)  # noqa: DTZ001  a wall clock
CASES = [DemoCase.FOUR_ROWS, DemoCase.TWO_ROWS, DemoCase.EA11, DemoCase.READY_MADE]


def issued_to(here: DemoWorkplace, case: DemoCase) -> Issued:
    return here.office.issue(here.province.first(case).meter_number, "slip")


def on_paper(slip: Slip, millimetres: int = 80) -> list[Printed]:
    return read_escpos(encode(slip, millimetres))


@pytest.mark.parametrize("case", CASES)
def test_what_a_slip_says(here: DemoWorkplace, case: DemoCase) -> None:
    customer = here.province.first(case)
    issued = issued_to(here, case)
    slip = slip_of(issued, "KANTOR DEMO", "0800 123", NOW, place="Kios 3")
    text = "\n".join(line.text for line in slip)
    assert all(line.text.isascii() for line in slip)
    for number, row in enumerate(issued.rows, 1):
        fours = in_fours(row)
        assert f"Kode {number}\n{' '.join(fours[:2])}\n{' '.join(fours[2:])}" in text
        assert SlipLine(f"Kode {number}", bold=True, tick=True, right="harus BENAR") in slip
    for said in ("KANTOR DEMO", "GRATIS", "PIN atau OTP", "dalam 10 menit", "23-11-2026 14.30, Kios 3"):
        assert said in text
    assert text.count("0800 123") == text.count("123") == 2
    assert grouped(customer.meter_number) in text
    for private in (*customer.name.split(), customer.idpel):
        assert private not in text


def test_a_slip_is_in_the_order_in_which_it_is_worked_through(here: DemoWorkplace) -> None:
    issued = issued_to(here, DemoCase.FOUR_ROWS)
    slip = slip_of(issued, "PLN", "123", NOW)
    first, second, third, fourth = ("Kode 1", "Kode 2", "Kode 3", "Kode 4")
    wanted = [
        "0 Token lama dulu",
        "1 Kode 1 dan 2: dalam 10 menit",
        *(first, second),
        "2 Kode 3 dan 4: dalam 10 menit",
        *(third, fourth),
        "3 Pastikan: tekan 04 lalu Enter",
        "Harus tampil 3",
        "SALAH?",
    ]
    lines = [line.text for line in slip]
    assert [line for line in lines if line in wanted] == wanted
    assert [line.text for line in slip if line.band] == [line for line in wanted if line[0].isdigit()]


def test_the_number_that_proves_it_is_that_of_the_last_key_change(here: DemoWorkplace) -> None:
    issued = issued_to(here, DemoCase.TWO_ROWS)
    for krn, said in ((7, "Harus tampil 7"), (None, "Yang tampil: ____")):
        changes = (*issued.changes[:-1], replace(issued.changes[-1], new_krn=krn))
        slip = slip_of(replace(issued, changes=changes), "PLN", "123", NOW)
        assert said in [line.text for line in slip if line.tick]


def test_one_code_alone_has_no_time_limit(here: DemoWorkplace) -> None:
    issued = issued_to(here, DemoCase.TWO_ROWS)
    change = replace(issued.changes[0], rows=issued.rows[:1])
    slip = slip_of(replace(issued, changes=(change,)), "PLN", "123", NOW)
    assert [line.text for line in slip if line.band][1] == "1 Kode 1"


@pytest.mark.parametrize(
    ("counts", "first", "said"),
    [
        ((2,), 1, "Ulangi dari kode 1."),
        ((4,), 1, "Ulangi dari kode 1."),
        ((2,), 3, "Ulangi dari kode 3."),
        ((2, 2), 1, "Ulangi dari kode 1. Jika kode 1 dan 2 sudah BENAR: dari kode 3."),
        ((1, 3), 1, "Ulangi dari kode 1. Jika kode 1 sudah BENAR: dari kode 2."),
        ((3, 1), 1, "Ulangi dari kode 1. Jika kode 1 sampai 3 sudah BENAR: dari kode 4."),
        ((1,), 1, None),
    ],
)
def test_a_slip_says_by_its_number_with_which_code_to_begin_again(
    here: DemoWorkplace, counts: tuple[int, ...], first: int, said: str | None
) -> None:
    """Whoever is too late has the slip and nothing else: no line is pointed at, and no pair where there is none."""
    issued = issued_to(here, DemoCase.FOUR_ROWS)
    rows = iter(issued.rows)
    changes = tuple(replace(issued.changes[0], rows=tuple(islice(rows, count))) for count in counts)
    slip = slip_of(replace(issued, changes=changes, first=first), "PLN", "123", NOW)
    lines = [line.text for line in slip]
    assert (None if said is None else lines[lines.index("Lewat 10 menit?") + 1]) == said
    assert said is not None or "Lewat 10 menit?" not in lines
    assert "garis" not in " ".join(lines)
    for millimetres in (80, 58):
        printed = " ".join(line.text.strip() for line in on_paper(slip, millimetres))
        assert said is None or said in printed


@pytest.mark.slow
@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("millimetres", [80, 58])
@pytest.mark.parametrize("case", CASES)
def test_a_slip_keeps_its_margins_and_large_digits_on_every_paper(
    here: DemoWorkplace, case: DemoCase, millimetres: int, language: str
) -> None:
    issued = issued_to(here, case)
    slip = slip_of(issued, "PLN UP3 Contoh", "123", NOW, place="Kios 3", language=language)
    lines = on_paper(slip, millimetres)
    assert all(len(line.text) * (2 if line.wide else 1) <= WIDTHS[millimetres] for line in lines)
    large = [line.text for line in lines if line.high and line.wide and line.text[:4].isdigit()]
    assert [line.replace(" ", "") for line in large] == [
        issued.meter_number,
        *(part for row in issued.rows for part in (row[:8], row[8:])),
    ]
    # No word is lost where a line is broken.
    printed = re.sub(r"[\s\[\]-]", "", "".join(line.text for line in lines))
    assert printed == re.sub(r"[\s\[\]-]", "", "".join(line.text + line.right for line in slip))
    paper = draw_slip(lines, millimetres)
    free = 2 * 8
    for side in (0, paper.get_width() - free):
        edge = paper.subsurface((side, 0, free, paper.get_height()))
        assert pygame.image.tobytes(edge, "RGB") == bytes(PAPER) * (free * paper.get_height())


def test_who_reads_english_has_each_sentence_twice(here: DemoWorkplace) -> None:
    issued = issued_to(here, DemoCase.FOUR_ROWS)
    plain = slip_of(issued, "PLN", "123", NOW)
    both = slip_of(issued, "PLN", "123", NOW, language="en")
    assert [line for line in both if line in plain] == list(plain)
    added = [line.text for line in both if line not in plain]
    assert "Codes 1 and 2: within 10 minutes" in added
    assert "It must show 3" in added
    # The codes and the black bands stand there once.
    assert sum(line.band for line in both) == sum(line.band for line in plain) == 4
    assert sum(line.large for line in both) == sum(line.large for line in plain)


def test_paper_has_the_language_that_the_session_has_when_it_is_printed(here: DemoWorkplace) -> None:
    for case, early in ((DemoCase.FOUR_ROWS, True), (DemoCase.READY_MADE, False)):
        printer = VirtualPrinter()
        person = Walker(replace(here, printer=printer))
        if early:
            person.flow.choose(Choice.LANGUAGE)
        person.walk([*to_rows(here, case), At(RowsView, Choice.DONE), At(TakeAwayView)])
        if not early:
            person.flow.choose(Choice.LANGUAGE)
        person.flow.choose(Choice.PRINT)
        assert settled(person) is Printing.DONE
        assert "Old tokens first" in [line.text for line in printer.slips[0]]
        person.walk([At(TakeAwayView, Choice.DONE), At(ThanksView, Choice.DONE), At(HomeView)])
    # The next one finds Indonesian.
    person.walk([*to_rows(here, DemoCase.TWO_ROWS), At(RowsView, Choice.DONE), At(TakeAwayView, Choice.PRINT)])
    assert settled(person) is Printing.DONE
    assert "Old tokens first" not in [line.text for line in printer.slips[1]]


@pytest.mark.slow
@pytest.mark.parametrize("millimetres", [80, 58])
@pytest.mark.parametrize("case", CASES)
def test_a_phone_reads_the_code_on_paper(here: DemoWorkplace, case: DemoCase, millimetres: int) -> None:
    issued = issued_to(here, case)
    paper = draw_slip(on_paper(slip_of(issued, "PLN", "123", NOW), millimetres), millimetres)
    grey = pygame.image.tobytes(pygame.transform.grayscale(paper), "RGB")[::3]
    found = zxingcpp.read_barcodes(memoryview(grey).cast("B", (paper.get_height(), paper.get_width())))
    assert [code.text for code in found] == [qr_text(issued)]


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
    slip = (SlipLine("GRATIS", bold=True), SlipLine("8511 5070 4401", large=True, centre=True))
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

"""The QR code leads to a page at home where the office has one; nobody waits for that page."""

import threading
import time
from dataclasses import replace

import pygame
import zxingcpp

from hardware.virtual.printer import Printed, VirtualPrinter
from kiosk.demo.workplace import DemoWorkplace
from kiosk.event_log import Event
from kiosk.flow import messages
from kiosk.flow.background import WORK_THREAD
from kiosk.flow.customer.slip import PAGE_FOR_A_PHONE, qr_text
from kiosk.ui.slip_picture import draw_slip
from kiosk.view.choices import Choice
from kiosk.view.parts import Printing
from kiosk.view.views import RowsView, TakeAwayView
from krn_engine.demo import DemoCase
from krn_engine.errors import KrnError
from krn_engine.office.access.capabilities import SECRET, digest_of, new_secret
from krn_engine.office.home.address import with_secret
from krn_engine.office.net_errors import OfficeUnreachable
from krn_engine.office.placed import PlacedOffice
from krn_engine.row import grouped
from tests.support.journeys import to_rows
from tests.support.walker import At, Walker

WITHIN = 20.0
ADDRESS = "https://office.example/r"


class OfficeWithPages(PlacedOffice):
    """Shows pages, or refuses to, as soon as it may."""

    def __init__(self, here: DemoWorkplace, refusal: KrnError | None = None) -> None:
        super().__init__(here.office, "kiosk")
        self.refusal = refusal
        self.asked: list[tuple[str, str, str]] = []
        self.may = threading.Event()
        self.may.set()
        self.answered = threading.Event()

    def home_page(self, meter_number: str, request_id: str, digest: str) -> str | None:
        assert self.may.wait(WITHIN)
        self.asked.append((meter_number, request_id, digest))
        try:
            if self.refusal is not None:
                raise self.refusal
            return ADDRESS
        finally:
            self.answered.set()


def at_rows(
    here: DemoWorkplace,
    office: OfficeWithPages,
    printer: VirtualPrinter | None = None,
    case: DemoCase = DemoCase.FOUR_ROWS,
) -> Walker:
    person = Walker(replace(here, printer=printer, office=office))
    person.walk(to_rows(here, case))
    return person


def copied(person: Walker, office: OfficeWithPages) -> TakeAwayView:
    """What is shown to somebody who has copied the rows for longer than the office needs."""
    assert isinstance(person.see(RowsView), RowsView)
    assert office.answered.wait(WITHIN)
    while any(thread.name == WORK_THREAD for thread in threading.enumerate()):
        time.sleep(0.001)
    person.walk([At(RowsView, Choice.DONE)])
    return person.see(TakeAwayView)


def test_the_code_on_the_screen_and_on_the_slip_leads_to_the_page(here: DemoWorkplace) -> None:
    printer, office = VirtualPrinter(), OfficeWithPages(here)
    person = at_rows(here, office, printer)
    view = copied(person, office)
    address, _, secret = str(view.qr).partition("#")
    assert (address, view.leads_to_page) == (ADDRESS, True)
    assert SECRET.fullmatch(secret)
    # The office has the digest of it, and nothing else; the page is that of these rows.
    [(meter, request, digest)] = office.asked
    assert digest == digest_of(secret)
    assert here.office.issue(meter, request).rows == view.rows
    person.flow.choose(Choice.PRINT)
    while person.see(TakeAwayView).printing is Printing.BUSY:
        time.sleep(0.001)
    [lines] = printer.slips
    assert read(lines) == str(view.qr)
    text = " ".join(line.text for line in lines)
    for row in view.rows:
        assert grouped(row).split()[0] in text
    assert PAGE_FOR_A_PHONE.text in text
    # To and fro, it is the same page.
    person.walk([At(TakeAwayView, Choice.PREVIOUS), At(RowsView, Choice.DONE)])
    assert person.see(TakeAwayView).qr == view.qr
    assert len(office.asked) == 1


def read(lines: list[Printed]) -> str:
    """What a phone reads on this paper."""
    paper = draw_slip(lines)
    grey = pygame.image.tobytes(pygame.transform.grayscale(paper), "RGB")[::3]
    [code] = zxingcpp.read_barcodes(memoryview(grey).cast("B", (paper.get_height(), paper.get_width())))
    return code.text


def test_nobody_waits_for_the_page(here: DemoWorkplace) -> None:
    office = OfficeWithPages(here)
    office.may.clear()
    person = at_rows(here, office)
    person.walk([At(RowsView, Choice.DONE)])
    view = person.see(TakeAwayView)
    assert not view.leads_to_page
    assert str(view.qr).startswith("1) ")
    # Nor does the code change while somebody photographs it.
    office.may.set()
    assert office.answered.wait(WITHIN)
    assert person.see(TakeAwayView) == view


def test_without_a_page_the_code_has_the_rows_and_staff_can_see_why(here: DemoWorkplace) -> None:
    office = OfficeWithPages(here, OfficeUnreachable("nobody answers"))
    view = copied(at_rows(here, office), office)
    issued = here.office.issue(office.asked[0][0], office.asked[0][1])
    assert (view.qr, view.leads_to_page) == (qr_text(issued), False)
    assert view.notes[0] == messages.PHOTOGRAPH
    assert [(noted.event, noted.code) for noted in here.events.last_errors] == [(Event.NO_HOME_PAGE, "NET-01")]


def test_each_visit_has_a_page_of_its_own(here: DemoWorkplace) -> None:
    found = set()
    for case in (DemoCase.FOUR_ROWS, DemoCase.TWO_ROWS):
        office = OfficeWithPages(here)
        found.add(str(copied(at_rows(here, office, case=case), office).qr))
    assert len(found) == 2


def test_an_address_does_not_print_itself() -> None:
    address = with_secret(ADDRESS, new_secret())
    assert str(address).partition("#")[2] not in repr(address) + f"{address}"
    assert SECRET.fullmatch(str(address).partition("#")[2])

"""How far the campaign is, at the office's pages: numbers of whoever asks, plots, and files to keep."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser

from krn_engine.demo import UNIT, DemoCase
from krn_engine.office.contract import Grade
from krn_engine.office.wire.asked import Scope
from krn_engine.register.importer import import_worklist
from tests.support.browser import DESK, PHONE, browser, installed, visitor
from tests.support.campaigning import campaigning
from tests.support.office import Demo
from tests.support.service import Served
from tests.support.web import PASSWORD, Person, person, web_on

__all__ = ["browser"]


@pytest.fixture
def going(demo: Demo, tmp_path: Path) -> Iterator[Served]:
    """In one unit a meter was proved and one claimed; the others belong to another unit."""
    days = campaigning(demo)
    four = [customer for customer in demo.province if customer.case is DemoCase.FOUR_ROWS]
    lines = "".join(f"{one.idpel},{one.meter_number},<b>Timur\n" for one in four[:3])
    (tmp_path / "list.csv").write_text(f"IDPEL,NOMOR_METER,UNIT\n{lines}")
    import_worklist(demo.register, tmp_path / "list.csv")
    days.take(four[0].meter_number, Grade.SENSOR)
    days.day(2)
    days.take(four[1].meter_number, Grade.CUSTOMER)
    days.end(four[2].meter_number, "refused", "UPG-01")
    days.take(days.meter(DemoCase.TWO_ROWS), Grade.SENSOR)
    with web_on(demo, tmp_path) as running:
        yield running


def shown(somebody: Person) -> str:
    assert somebody.go("/web/progress").ok
    return somebody.answer.text


def test_who_steers_the_campaign_sees_all_of_it(going: Served) -> None:
    told = shown(person(going, "rudi", Scope.REPORT))
    assert "<strong>43,75 %</strong> terbukti: 14 dari 32 meter. Sisa 18." in told
    assert "Kode ditolak meter (UPG-01)" in told
    assert told.count('role="img"') == 3
    assert "Semua unit" in told
    assert "59,61 % dari 662.241 meter, 394.762 selesai, sisa 267.479." in told
    assert "<b>Timur" not in told
    assert "&lt;b&gt;Timur" in told


def test_somebody_of_a_unit_sees_that_unit(going: Served) -> None:
    somebody = person(going, "sari", Scope.OFFICER, "<B>timur")
    told = shown(somebody)
    assert "terbukti: 1 dari 3 meter. Sisa 2." in told
    assert UNIT not in told
    assert "Unit Anda" in told
    assert "Semua unit" not in told
    book = load_workbook(BytesIO(somebody.go("/web/progress.xlsx").content))
    units = [row[0].value for row in book.worksheets[1].iter_rows(min_row=2)]
    assert units == ["<b>Timur", "Semua"]
    assert "terbukti: 1 dari 3 meter" in somebody.go("/web/progress.html").text


def test_a_file_has_a_name_and_is_nobody_elses(going: Served) -> None:
    somebody = person(going, "rudi", Scope.REPORT)
    for path, kind in (("/web/progress.html", "text/html"), ("/web/progress.xlsx", "application/vnd.openxml")):
        answer = somebody.go(path)
        assert answer.headers["content-type"].startswith(kind)
        assert answer.headers["content-disposition"] == f'attachment; filename="krn{path[-5:]}"'
        assert answer.headers["cache-control"] == "no-store"
        assert Person(going.url).go(path).url.endswith(("/web/sign-in", path))
        assert "dari 32 meter" not in Person(going.url).go(path).text


def test_what_is_recorded_is_seen_at_once(going: Served, demo: Demo) -> None:
    somebody = person(going, "rudi", Scope.REPORT)
    assert "terbukti: 14 dari 32 meter" in shown(somebody)
    days = campaigning(demo)
    days.day(3)
    days.take(days.meter(DemoCase.EA11), Grade.REGISTER)
    assert "terbukti: 15 dari 32 meter" in shown(somebody)


@pytest.mark.slow
@installed
@pytest.mark.parametrize(("name", "size"), [("phone", PHONE), ("desk", DESK)])
def test_the_page_is_read_on_a_telephone_and_at_a_desk(
    going: Served,
    browser: Browser,
    name: str,
    size: tuple[int, int],
) -> None:
    with going.people() as people:
        people.add("rudi", Scope.REPORT, (), PASSWORD)
    with visitor(browser, size, touch=name == "phone", base_url=going.url) as somebody:
        # The browser asks for a picture of its own for the address bar.
        somebody.expected.append("status of 404")
        somebody.page.goto("/web/sign-in")
        somebody.page.locator("input[name=name]").fill("rudi")
        somebody.page.locator("input[name=secret]").fill(PASSWORD)
        somebody.page.locator("main button").first.click()
        somebody.page.goto("/web/progress")
        somebody.fits()
        somebody.accessible("color-contrast")
        somebody.picture(f"progress-{name}", whole=True)
        drawn = somebody.page.locator("svg[role=img]")
        assert [drawn.nth(number).bounding_box() is not None for number in range(drawn.count())] == [True] * 3

"""The files of a report: a page that needs nothing else, and a workbook."""

import re
import stat
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from kiosk.upgrade.events import Ending
from krn_engine.office.reasons import HandOff
from krn_engine.office.report import page
from krn_engine.office.report.errors import ReportExists, ReportNotWritten
from krn_engine.office.report.files import write
from krn_engine.office.report.words import REASONS
from krn_engine.office.report.workbook import workbook
from krn_engine.office.words.texts import ENGLISH, INDONESIAN, Texts
from tests.support.sample_report import UNITS, sample_report


def sheets(language: str = INDONESIAN) -> dict[str, list[list[object]]]:
    book = load_workbook(BytesIO(workbook(sample_report(), Texts(language))))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book.worksheets}


def test_a_workbook_has_a_sheet_for_each_subject() -> None:
    report, told = sample_report(), sheets()
    assert list(told) == ["Ringkasan", "Unit", "Alasan", "Hari"]
    summary = {str(line[0]): line[1] for line in told["Ringkasan"]}
    assert (summary["Jumlah meter"], summary["terbukti"], summary["Sisa"]) == (108_496, 74_007, 34_489)
    assert summary["Batas waktu"] == datetime(2026, 12, 31)  # noqa: DTZ001  a day, as the reader of workbooks gives it
    assert (summary["Pembanding: selesai"], summary["Pembanding: sisa"]) == (394_762, 267_479)
    units = told["Unit"][1:]
    assert [line[0] for line in units] == ["tidak diketahui", *list(UNITS)[1:], "Semua"]
    for line in units:
        assert line[1] == sum(part for part in line[2:10] if isinstance(part, int))
    assert told["Alasan"][1] == ["UPG-01", "Kode ditolak meter (UPG-01)", 120, 12, 0]
    assert len(told["Hari"]) == 1 + len(report.days)
    assert list(sheets(ENGLISH)) == ["Summary", "Unit", "Reason", "Day"]


def test_what_a_list_calls_a_unit_is_no_formula() -> None:
    book = load_workbook(BytesIO(workbook(sample_report(), Texts())))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s", "n", "d"}
    assert [cell.data_type for cell in cells if cell.value == "=1+1"] == ["s"]
    assert all(cell.hyperlink is None for cell in cells)


def test_the_same_report_is_the_same_workbook() -> None:
    first, second = workbook(sample_report(), Texts()), workbook(sample_report(), Texts())
    with ZipFile(BytesIO(first)) as one, ZipFile(BytesIO(second)) as other:
        assert {name: one.read(name) for name in one.namelist()} == {name: other.read(name) for name in one.namelist()}


@pytest.mark.parametrize("language", [INDONESIAN, ENGLISH])
@pytest.mark.parametrize("days", [0, 1, 119])
def test_a_page_needs_nothing_else_and_shows_names_as_they_are(language: str, days: int) -> None:
    content = page.file(sample_report(days=days), Texts(language)).decode()
    assert f'<html lang="{language}">' in content
    assert not re.findall(
        r"(?:src|href)\s*=|url\((?!#)|@import|<script|<link|http(?!://www\.w3\.org/2000/svg)s?://", content
    )
    assert "<b>Bukit" not in content
    assert "&lt;b&gt;Bukit &amp; Co" in content
    assert content.count("<svg ") == content.count("</svg>")
    # Places on one page are named once.
    names = re.findall(r' id="([^"]+)"', content)
    assert len(names) == len(set(names))
    assert ("tidak diketahui" if language == INDONESIAN else "not known") in content


def test_a_file_is_written_whole_and_over_nothing(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write(path, b"one", replace=False)
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode) & 0o477) == (b"one", 0o444 & 0o477)
    with pytest.raises(ReportExists):
        write(path, b"two", replace=False)
    assert path.read_bytes() == b"one"
    write(path, b"two", replace=True)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"two"]
    with pytest.raises(ReportNotWritten):
        write(tmp_path / "nowhere" / "report.html", b"x", replace=False)


def test_each_reason_that_a_session_ends_for_has_words() -> None:
    assert {ending.code for ending in Ending if ending.code} | {reason.value for reason in HandOff} <= set(REASONS)

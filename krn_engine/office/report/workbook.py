"""A report as a workbook: a sheet for each subject, names as text and numbers as numbers."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook

from krn_engine.office.report import words
from krn_engine.office.report.gather import CampaignReport
from krn_engine.office.report.numbers import Numbers
from krn_engine.office.words.texts import Texts

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int | float | date | None


def workbook(report: CampaignReport, say: Texts) -> bytes:
    """An XLSX file; the same report gives the same bytes."""
    content = BytesIO()
    # What a list calls its units is never taken for a formula or an address.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(content, options) as book:
        book.set_properties(
            {"title": f"{say('Laporan kampanye')} {report.campaign}", "created": report.at.astimezone(UTC)}
        )
        formats = {
            "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
            "text": book.add_format({"num_format": "@"}),
            "number": book.add_format({"num_format": "#,##0"}),
            "mean": book.add_format({"num_format": "#,##0.00"}),
            "day": book.add_format({"num_format": "dd-mm-yyyy", "align": "left"}),
        }
        for name, head, lines in _sheets(report, say):
            _write(book, name, head, lines, formats)
    return content.getvalue()


_Sheet = tuple[str, Sequence[str], Iterable[Sequence[Cell]]]


def _sheets(report: CampaignReport, say: Texts) -> Iterable[_Sheet]:
    part_names = [say(name) for name in words.PARTS.values()]
    yield say("Ringkasan"), [say("Hal"), say("Nilai")], _summary(report, say)
    head = [
        say("Unit"),
        say("Jumlah meter"),
        *part_names,
        say("setengah jalan, klaim pelanggan"),
        say("Bagian terbukti"),
    ]
    units = [(unit or say("tidak diketahui"), numbers) for unit, numbers in report.units.items()]
    yield say("Unit"), head, [_numbers(unit, numbers) for unit, numbers in (*units, (say("Semua"), report.all))]
    reasons = ["refused", "half_done", "visit_asked"]
    head = [say("Kode alasan"), say("Alasan"), *(say(words.PARTS[name]) for name in reasons)]
    lines: list[list[Cell]] = [
        [code, words.reason(code, say), *(of[name] for name in reasons)] for code, of in report.reasons.items()
    ]
    yield say("Alasan"), head, lines
    head = [say("Hari"), say("terbukti"), say("klaim pelanggan")]
    head += [say("terbukti sampai hari itu"), say("diklaim sampai hari itu")]
    days: list[list[Cell]] = [
        [day.day, day.proved, day.claimed, day.proved_by_then, day.claimed_by_then] for day in report.days
    ]
    yield say("Hari"), head, days


def _numbers(name: str, numbers: Numbers) -> list[Cell]:
    parts = words.counts(numbers).values()
    return [name, numbers.meters, *parts, numbers.half_claimed, round(numbers.percent, 2)]


def _summary(report: CampaignReport, say: Texts) -> Iterable[Sequence[Cell]]:
    pace, seed, unknown = report.pace, report.reference, say("tidak diketahui")
    yield say("Kampanye"), report.campaign
    yield say("Hari"), report.at.date()
    yield say("Pukul"), report.at.strftime("%H.%M")
    yield say("Jumlah meter"), report.all.meters
    for part, meters in words.counts(report.all).items():
        yield say(words.PARTS[part]), meters
    yield say("Bagian terbukti"), round(report.all.percent, 2)
    yield say("Sisa"), report.all.left
    yield say("Terbukti menurut daftar atau petugas"), report.proved_otherwise
    told: list[tuple[str, Cell]] = [
        (say("Batas waktu"), pace.deadline),
        (say("Hari tersisa"), pace.days_left),
        (say("Perlu per hari"), pace.needed),
        (say("Per hari, 7 hari terakhir"), pace.week),
        (say("Per hari, 14 hari terakhir"), pace.fortnight),
        (say("Selesai jika terus begini"), pace.done_on),
    ]
    yield from ((name, unknown if value is None else value) for name, value in told)
    yield say("Pembanding: meter"), seed.meters
    yield say("Pembanding: selesai"), seed.done
    yield say("Pembanding: sisa"), seed.left
    yield say("Pembanding: bagian terbukti"), round(seed.percent, 2)


def _write(book: Any, name: str, head: Sequence[str], lines: Iterable[Sequence[Cell]], formats: dict[str, Any]) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, len(head) - 1, 16)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for column, title in enumerate(head):
        sheet.write_string(0, column, title, formats["head"])
    for line, cells in enumerate(lines, 1):
        for column, cell in enumerate(cells):
            match cell:
                case str():
                    sheet.write_string(line, column, cell, formats["text"])
                case date():
                    sheet.write_datetime(line, column, cell, formats["day"])
                case int():
                    sheet.write_number(line, column, cell, formats["number"])
                case float():
                    sheet.write_number(line, column, cell, formats["mean"])

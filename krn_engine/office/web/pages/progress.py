"""How far the campaign is: of all units, or of those of whoever asks; plots, tables, and the same as a file."""

from krn_engine.office.report import page
from krn_engine.office.report.gather import CampaignReport
from krn_engine.office.report.workbook import MEDIA_TYPE, workbook
from krn_engine.office.web.page import REPORT, Page
from krn_engine.office.web.visit import Answer, Drawn, Shown, Visit
from krn_engine.office.words.texts import Sentence


def _report(visit: Visit) -> CampaignReport:
    return visit.service.office.reporter.report(visit.known.units or None)


def _show(visit: Visit) -> Answer:
    report = _report(visit)
    return Shown("progress.html", {"part": page.part(report, visit.say), "report": report})


def _page(visit: Visit) -> Answer:
    return Drawn(page.file(_report(visit), visit.say), "text/html; charset=utf-8", "krn.html")


def _workbook(visit: Visit) -> Answer:
    return Drawn(workbook(_report(visit), visit.say), MEDIA_TYPE, "krn.xlsx")


OF_PROGRESS = (
    Page("progress", REPORT, _show, menu=Sentence("Progres")),
    Page("progress.html", REPORT, _page),
    Page("progress.xlsx", REPORT, _workbook),
)

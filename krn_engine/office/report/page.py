"""A report as HTML: a part that a page of the office shows, and one file that needs nothing else."""

from functools import cache
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from krn_engine.office.report import plots, words
from krn_engine.office.report.gather import CampaignReport
from krn_engine.office.words import formats
from krn_engine.office.words.templates import html_templates
from krn_engine.office.words.texts import Texts

TEMPLATES = Path(__file__).parent / "templates"


@cache
def _environment() -> Environment:
    made = html_templates(TEMPLATES)
    made.globals.update(parts=words.PARTS, reason=words.reason, day=formats.whole_day)
    made.globals.update(thousands=formats.thousands, percentage=formats.percentage, a_day=formats.a_day)
    return made


def part(report: CampaignReport, say: Texts) -> Markup:
    """What a page shows of it: plots and tables, below a heading that the page has."""
    # What comes of `plots` is escaped there.
    drawn = [{"title": say(title), "drawn": Markup(plot(report, say))} for title, plot in plots.PLOTS]  # noqa: S704
    return Markup(_environment().get_template("part.html").render(report=report, say=say, drawn=drawn))  # noqa: S704


def file(report: CampaignReport, say: Texts) -> bytes:
    """One file: it asks no network for anything, and prints on A4."""
    content = _environment().get_template("file.html").render(report=report, say=say, part=part(report, say))
    return content.encode()

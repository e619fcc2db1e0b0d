"""Plots are whole XML, the same each time, and told apart without colours."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest

from krn_engine.office.report.gather import CampaignReport
from krn_engine.office.report.patterns import LOOKS
from krn_engine.office.report.plots import UNITS_SHOWN, bars, daily, lines, most_left
from krn_engine.office.report.words import PARTS
from krn_engine.office.words.formats import a_day
from krn_engine.office.words.texts import ENGLISH, INDONESIAN, Texts
from tests.support.sample_report import TODAY, UNITS, numbers, sample_report

Plot = Callable[[CampaignReport, Texts], str]
PLOTS = {"bars": bars, "lines": lines, "daily": daily}
SVG = "{http://www.w3.org/2000/svg}"
SHORTER = {"nothing yet": 0, "the first day": 1, "a few days": 5, "years": 900}
ACCEPTED = {
    "bars": "fed919a642af",
    "lines": "a43ece719c0d",
    "daily": "aac86569c2ab",
}
"""The beginnings of the SHA-256 of each plot as somebody looked at it, in Indonesian."""


def drawn(plot: Plot, report: CampaignReport, language: str = INDONESIAN) -> ET.Element:
    return ET.fromstring(plot(report, Texts(language)))


def said(plot: ET.Element) -> list[str]:
    return [text.text or "" for text in plot.iter(f"{SVG}text")]


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_is_the_one_that_somebody_looked_at(name: str) -> None:
    """After a change: look at the report in a browser, then accept it here."""
    made = PLOTS[name](sample_report(), Texts())
    assert made == PLOTS[name](sample_report(), Texts())
    assert hashlib.sha256(made.encode()).hexdigest()[:12] == ACCEPTED[name]


@pytest.mark.parametrize("language", [INDONESIAN, ENGLISH])
@pytest.mark.parametrize("days", SHORTER)
@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_says_what_it_is_and_has_no_style(name: str, days: str, language: str) -> None:
    """A strict content policy shows it, and a screen reader tells of it."""
    for deadline in (None, TODAY, TODAY - timedelta(days=3), TODAY + timedelta(days=99)):
        plot = drawn(PLOTS[name], sample_report(days=SHORTER[days], deadline=deadline), language)
        title, desc = plot[0], plot[1]
        assert (title.tag, desc.tag, plot.get("role")) == (f"{SVG}title", f"{SVG}desc", "img")
        assert title.text
        assert desc.text
        assert plot.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
        assert float(plot.get("height") or 0) > 0
        for one in plot.iter():
            assert not {"style", "class", "href", "onclick"} & set(one.attrib)
            assert not any("nan" in value or "inf" in value for value in one.attrib.values())


def test_no_two_parts_look_alike_without_their_colours() -> None:
    assert list(LOOKS) == list(PARTS)
    dark = [part for part, look in LOOKS.items() if not look.lines]
    assert len({look.lines for look in LOOKS.values() if look.lines}) == len(PARTS) - len(dark)
    # Of those without lines one is nearly black, the other nearly white.
    assert dark == ["upgraded", "not_started"]


def test_each_bar_is_as_long_as_its_share_and_has_its_numbers_beside_it() -> None:
    report = sample_report()
    plot = drawn(bars, report)
    parts = [rect for rect in plot.iter(f"{SVG}rect") if rect.find(f"{SVG}title") is not None]
    rows: dict[str, float] = {}
    for rect in parts:
        y, width = rect.get("y") or "", float((rect.get("width") or "").rstrip("%"))
        assert float((rect.get("x") or "").rstrip("%")) == pytest.approx(rows.get(y, 0.0), abs=0.01)
        rows[y] = rows.get(y, 0.0) + width
    assert len(rows) == 1 + len(UNITS)
    assert all(whole == pytest.approx(100.0, abs=0.01) for whole in rows.values())
    words = said(plot)
    assert "68,21 % = 74.007 / 108.496" in words
    assert "terbukti: 74.007" in words
    assert "<b>Bukit & Co" in words


def test_of_many_units_those_with_most_to_do_are_shown() -> None:
    many = {f"{unit:05d}": numbers(1000, 0, 0, 0, 0, unit * 7 % 100, 0, 0) for unit in range(99)}
    shown = most_left(many)
    assert list(shown) == sorted(shown)
    assert len(shown) == UNITS_SHOWN
    assert min(of.left for of in shown.values()) >= max(of.left for unit, of in many.items() if unit not in shown)
    desc = drawn(bars, replace(sample_report(), units=many))[1].text or ""
    assert "Dari 99 unit, ini 40 yang paling banyak sisanya." in desc


def test_the_way_to_the_deadline_leads_from_today_to_all_meters() -> None:
    report = sample_report()
    plot = drawn(lines, report)
    proved, told, needed = [
        [tuple(map(float, point.split(","))) for point in (line.get("points") or "").split()]
        for line in plot.iter(f"{SVG}polyline")
    ]
    assert len(proved) == len(told) == len(report.days)
    assert needed[-1] == (1000.0, 0.0)
    assert needed[0] == pytest.approx(proved[-1], abs=0.01)
    assert all(above[1] <= below[1] for above, below in zip(told, proved, strict=True))
    assert proved == sorted(proved, key=lambda point: (point[0], -point[1]))
    assert "batas waktu 31-12-2026" in said(plot)
    assert "pembanding 59,61 %" in said(plot)
    over = drawn(lines, sample_report(deadline=date(2026, 11, 1)))
    assert len(list(over.iter(f"{SVG}polyline"))) == 2


def test_of_the_first_day_there_are_points_as_a_line_of_one_day_is_not_seen() -> None:
    report = sample_report(days=1)
    plot = drawn(lines, report)
    proved, told = [circle for circle in plot.iter(f"{SVG}circle") if circle.get("cx") == "0"]
    assert float(proved.get("cy") or 0) >= float(told.get("cy") or 0)
    # At one place both are seen.
    assert (proved.get("fill") != "none", told.get("fill")) == (True, "none")
    assert float(told.get("r") or 0) > float(proved.get("r") or 0)
    assert len(list(plot.iter(f"{SVG}circle"))) == 4, "two in the legend"
    assert len(list(plot.iter(f"{SVG}polyline"))) == 1, "where it should be"
    assert not list(drawn(lines, sample_report(days=2)).iter(f"{SVG}circle"))


def test_days_that_have_no_room_share_a_bar_and_say_so() -> None:
    plot = drawn(daily, sample_report(days=900))
    assert "Rata-rata per hari dari 15 hari." in (plot[1].text or "")
    bars_drawn = [rect for rect in plot.iter(f"{SVG}rect") if rect.find(f"{SVG}title") is not None]
    assert len({rect.get("x") for rect in bars_drawn}) == 60


@pytest.mark.parametrize(
    ("number", "indonesian", "english"),
    [(0.0, "0", "0"), (0.14, "0,1", "0.1"), (3.0, "3", "3"), (9.96, "10", "10"), (1384.6, "1.385", "1,385")],
)
def test_a_mean_is_told_as_exactly_as_it_is_of_use(number: float, indonesian: str, english: str) -> None:
    assert (a_day(number), a_day(number, ENGLISH)) == (indonesian, english)

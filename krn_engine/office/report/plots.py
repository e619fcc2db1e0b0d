"""Plots of a report as SVG: how units stand, how far it is over time, and what each day brought.

The same report gives the same bytes. What a plot shows stands in tables beside it too.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

from krn_engine.office.report.gather import CampaignReport, OfDay
from krn_engine.office.report.numbers import Numbers
from krn_engine.office.report.patterns import LOOKS, fill, patterns
from krn_engine.office.report.svg import FAINT, GROUND, SIZE, TEXT, element, letters, picture, share
from krn_engine.office.report.words import PARTS, counts
from krn_engine.office.words.formats import a_day, percentage, thousands, whole_day
from krn_engine.office.words.texts import Sentence, Texts

UNITS_TITLE = Sentence("Meter per unit")
LINES_TITLE = Sentence("Kemajuan dari hari ke hari")
DAILY_TITLE = Sentence("Meter per hari")
UNITS_SHOWN = 40
"""In the plot; tables have all."""
BARS_SHOWN = 60
"""Days at most that have a bar each; of more, several days share one."""
_LINE, _BAR, _ROW = 20, 22, 52
"""Pixels: of a line of letters, of the height of a bar, from one unit to the next."""
_HEIGHT, _FOOT = 240, 52
"""Of a plot over time, and of what stands below it."""
_WIDE = 1000
"""Units across in which lines are drawn, before they are stretched."""


# --- by unit


def bars(report: CampaignReport, say: Texts) -> str:
    """A bar for all, what its parts are, and a bar for each unit, of those with most to do."""
    name, shown, units = "bars", most_left(report.units), len(report.units)
    chosen = say("Dari {units} unit, ini {shown} yang paling banyak sisanya.", units=units, shown=len(shown))
    legend_at = _ROW + _LINE
    units_at = legend_at + _LINE * len(PARTS) + _LINE
    whole = Sentence("Unit Anda") if report.of_some_units else Sentence("Semua unit")
    content = [patterns(name), *_bar(name, say(whole), report.all, 0, say)]
    for number, (part, meters) in enumerate(counts(report.all).items()):
        content += _legend(
            name, part, f"{say(PARTS[part])}: {thousands(meters, say.language)}", legend_at + _LINE * number
        )
    height = units_at
    if len(report.units) > 1:
        for number, (unit, numbers) in enumerate(shown.items()):
            content += _bar(name, unit or say("Unit tidak diketahui"), numbers, units_at + _ROW * number, say)
        height = units_at + _ROW * len(shown)
    told = say("Batang menunjukkan bagian meter. Tabel di halaman ini memuat semua angkanya.")
    return picture(name, say(UNITS_TITLE), told if len(shown) == units else f"{told} {chosen}", height, content)


def most_left(units: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """The units that a plot has room for: the ones with most left to do, in the order of their names."""
    chosen = sorted(units, key=lambda unit: (-units[unit].left, unit))[:UNITS_SHOWN]
    return {unit: units[unit] for unit in sorted(chosen)}


def _bar(name: str, label: str, numbers: Numbers, top: float, say: Texts) -> Iterator[str]:
    done = f"{thousands(numbers.upgraded, say.language)} / {thousands(numbers.meters, say.language)}"
    yield letters(label, "0", top + SIZE, bold=True)
    yield letters(f"{percentage(numbers.percent, say.language)} % = {done}", "100%", top + SIZE, "end")
    before = 0
    for part, meters in counts(numbers).items():
        if meters:
            said = f"{label}: {say(PARTS[part])} {thousands(meters, say.language)}"
            yield element(
                "rect",
                element("title", escape(said, quote=False)),
                x=share(before, numbers.meters),
                y=top + _LINE,
                width=share(meters, numbers.meters),
                height=_BAR,
                fill=fill(name, part),
                stroke=GROUND,
            )
        before += meters
    yield _frame("0", top + _LINE, "100%", _BAR)


def _legend(name: str, part: str, said: str, top: float) -> Iterator[str]:
    yield element("rect", x=0, y=top, width=28, height=SIZE, fill=fill(name, part))
    yield _frame("0", top, "28", SIZE)
    yield letters(said, "36", top + SIZE - 2)


def _frame(x: str, y: float, width: str, height: float) -> str:
    return element("rect", x=x, y=y, width=width, height=height, fill="none", stroke=FAINT)


# --- over time


@dataclass(frozen=True, slots=True)
class _Axes:
    """From the first day to the last, from none to `top`."""

    first: date
    last: date
    top: float

    def across(self, day: date) -> float:
        """0 to 1."""
        return (day - self.first).days / max(1, (self.last - self.first).days)

    def down(self, number: float) -> float:
        """In pixels, from the top of the plot."""
        return _HEIGHT * (1.0 - number / self.top)


def lines(report: CampaignReport, say: Texts) -> str:
    """Proved, and proved or claimed, at the end of each day; where it should be by the deadline."""
    title = say(LINES_TITLE)
    deadline, today = report.pace.deadline, report.at.date()
    if not report.days:
        return _nothing("lines", title, say)
    axes = _Axes(report.days[0].day, max(report.days[-1].day, deadline or date.min), float(max(1, report.all.meters)))
    before = max(0, report.proved_otherwise)
    proved = [(day.day, float(day.proved_by_then + before)) for day in report.days]
    told = [(day.day, float(day.proved_by_then + before + day.claimed_by_then)) for day in report.days]
    legend = [
        (say("terbukti"), None, LOOKS["upgraded"].colour),
        (say("terbukti atau klaim pelanggan"), "2 4", LOOKS["upgraded"].colour),
    ]
    drawn, points = [], []
    for days, (_, dashes, colour) in zip((proved, told), legend, strict=True):
        if len(days) > 1:
            drawn.append(_line(days, axes, dashes, colour))
        else:
            # A line of one day has no length.
            points.append(_point("0", _LINE + axes.down(days[0][1]), dashes, colour))
    if deadline is not None and deadline > today:
        legend.append((say("yang perlu dicapai"), "10 5", LOOKS["refused"].colour))
        drawn.append(_line([(today, float(report.all.upgraded)), (deadline, axes.top)], axes, *legend[2][1:]))
    marks = {say("batas waktu {day}", day=whole_day(deadline)): deadline} if deadline is not None else {}
    content = [*_grid(axes), *_stretched(drawn), *_scale(axes, say)]
    content += (*_compared(report, axes, say), *_feet(axes, marks, say))
    content += (*points, *_keys(legend, _HEIGHT + _FOOT, points=len(points)))
    pace = say("Terbukti {done} dari {meters} meter.", **_done(report, say))
    return picture("lines", title, pace, _HEIGHT + _FOOT + _LINE * len(legend) + 4, content)


def _done(report: CampaignReport, say: Texts) -> dict[str, str]:
    return {
        "done": thousands(report.all.upgraded, say.language),
        "meters": thousands(report.all.meters, say.language),
    }


def _compared(report: CampaignReport, axes: _Axes, say: Texts) -> Iterator[str]:
    """Where the campaign stood that is compared with, at the same share."""
    y = round(_LINE + axes.down(report.reference.done_of(report.all.meters)), 2)
    yield element("line", x1=0, x2="100%", y1=y, y2=y, stroke=TEXT, stroke_width=1, stroke_dasharray="1 3")
    yield letters(
        say("pembanding {percent} %", percent=percentage(report.reference.percent, say.language)), "50%", y - 4
    )


def _line(points: Sequence[tuple[date, float]], axes: _Axes, dashes: str | None, colour: str) -> str:
    path = " ".join(f"{_WIDE * axes.across(day):.2f},{axes.down(number):.2f}" for day, number in points)
    return element(
        "polyline",
        points=path,
        fill="none",
        stroke=colour,
        stroke_width=2.5,
        stroke_dasharray=dashes,
        vector_effect="non-scaling-stroke",
    )


def _point(x: str, y: float, dashes: str | None, colour: str) -> str:
    """What stands for a line of one day: a dot, or a ring where the line has dashes: both are seen at one place."""
    look = {"r": 4, "fill": colour} if dashes is None else {"r": 7, "fill": "none", "stroke": colour, "stroke_width": 2}
    return element("circle", cx=x, cy=round(y, 2), **look)


def _stretched(drawn: Sequence[str]) -> Iterator[str]:
    """Lines over the whole width: their places across are stretched, how thick they are is not."""
    yield element(
        "svg",
        *drawn,
        x=0,
        y=_LINE,
        width="100%",
        height=_HEIGHT,
        viewBox=f"0 0 {_WIDE} {_HEIGHT}",
        preserveAspectRatio="none",
        overflow="visible",
    )


def _grid(axes: _Axes) -> Iterator[str]:
    for number in range(0, int(axes.top) + 1, _step(axes.top)):
        y = round(_LINE + axes.down(number), 2)
        yield element("line", x1=0, x2="100%", y1=y, y2=y, stroke=FAINT, stroke_width=1 if number == 0 else 0.4)


def _scale(axes: _Axes, say: Texts) -> Iterator[str]:
    """Numbers on the lines of the grid, upon all that is drawn."""
    step = _step(axes.top)
    for number in range(step, int(axes.top) + 1, step):
        yield letters(thousands(number, say.language), "0", round(_LINE + axes.down(number) - 3, 2))


def _step(top: float) -> int:
    """A round number, of which five at most go into `top`."""
    size = 1
    while True:
        for times in (1, 2, 5):
            if top / (size * times) <= 5:
                return size * times
        size *= 10


def _feet(axes: _Axes, marks: Mapping[str, date], say: Texts) -> Iterator[str]:
    """The first day and the last, and days that mean something."""
    below = _LINE + _HEIGHT + SIZE + 2
    yield letters(whole_day(axes.first), "0", below)
    if axes.last != axes.first:
        yield letters(whole_day(axes.last), "100%", below, "end")
    for said, day in marks.items():
        x = share(axes.across(day), 1.0)
        yield element("line", x1=x, x2=x, y1=_LINE - 4, y2=_LINE + _HEIGHT, stroke=TEXT, stroke_dasharray="4 3")
        yield letters(said, x, SIZE, "start" if axes.across(day) < 0.5 else "end")


def _keys(legend: Sequence[tuple[str, str | None, str]], top: float, *, points: int = 0) -> Iterator[str]:
    """The first `points` of them are no lines."""
    for number, (said, dashes, colour) in enumerate(legend):
        y = top + _LINE * number + 2
        if number < points:
            yield _point("20", y, dashes, colour)
        else:
            yield element("line", x1=0, x2=40, y1=y, y2=y, stroke=colour, stroke_width=2.5, stroke_dasharray=dashes)
        yield letters(said, "48", y + 5)


def _nothing(name: str, title: str, say: Texts) -> str:
    said = say("Belum ada meter yang terbukti atau diklaim selama kampanye ini.")
    return picture(name, title, said, _LINE * 2, [letters(said, "0", _LINE)])


# --- day by day


def daily(report: CampaignReport, say: Texts) -> str:
    """What each day brought, proved below and claimed above it; how many a day it takes."""
    name, title = "daily", say(DAILY_TITLE)
    if not report.days:
        return _nothing(name, title, say)
    together, groups = _grouped(report.days)
    needed = report.pace.needed
    most = max(*(group.proved + group.claimed for group in groups), needed or 0.0, 1.0)
    axes = _Axes(groups[0].day, report.days[-1].day, float(most))
    content = [patterns(name), *_grid(axes)]
    for number, group in enumerate(groups):
        content += _column(name, number, len(groups), group, axes, say)
    keys = [("upgraded", say("terbukti")), ("claimed", say("klaim pelanggan"))]
    if needed is not None:
        y = round(_LINE + axes.down(needed), 2)
        content.append(
            element("line", x1=0, x2="100%", y1=y, y2=y, stroke=TEXT, stroke_width=2, stroke_dasharray="10 5")
        )
    content += (*_scale(axes, say), *_feet(axes, {}, say))
    top = _HEIGHT + _FOOT
    for number, (part, said) in enumerate(keys):
        content += _legend(name, part, said, top + _LINE * number - 8)
    if needed is not None:
        said = say("yang perlu dicapai per hari: {number}", number=a_day(needed, say.language))
        content += _keys([(said, "10 5", TEXT)], top + _LINE * len(keys))
    told = say("Rata-rata per hari dari {days} hari.", days=together) if together > 1 else say("Satu batang per hari.")
    return picture(name, title, told, top + _LINE * (len(keys) + 1) + 4, content)


@dataclass(frozen=True, slots=True)
class _Group:
    day: date
    days: int
    proved: float
    """A day."""
    claimed: float


def _grouped(days: Sequence[OfDay]) -> tuple[int, list[_Group]]:
    """So many days together that there is room for each bar; and the means of these."""
    size = -(-len(days) // BARS_SHOWN)
    parts = [days[at : at + size] for at in range(0, len(days), size)]
    return size, [
        _Group(
            part[0].day,
            len(part),
            sum(day.proved for day in part) / len(part),
            sum(day.claimed for day in part) / len(part),
        )
        for part in parts
    ]


def _column(name: str, number: int, of: int, group: _Group, axes: _Axes, say: Texts) -> Iterator[str]:
    last = group.day + timedelta(days=group.days - 1)
    days = whole_day(group.day) if group.days == 1 else f"{whole_day(group.day)} - {whole_day(last)}"
    below = 0.0
    for part, meters in (("upgraded", group.proved), ("claimed", group.claimed)):
        if meters:
            said = f"{days}: {say(PARTS[part])} {a_day(meters, say.language)}"
            yield element(
                "rect",
                element("title", escape(said, quote=False)),
                x=share(number + 0.1, of),
                y=round(_LINE + axes.down(below + meters), 2),
                width=share(0.8, of),
                height=round(axes.down(0.0) - axes.down(meters), 2),
                fill=fill(name, part),
            )
        below += meters


PLOTS: Sequence[tuple[Sentence, Callable[[CampaignReport, Texts], str]]] = (
    (UNITS_TITLE, bars),
    (LINES_TITLE, lines),
    (DAILY_TITLE, daily),
)
"""All plots in their order, with what they are called."""

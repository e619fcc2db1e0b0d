"""Kiosks and other callers: how each is, a code for a new one, and letting one in no more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from krn_engine.office.access.callers import CODE_LASTS, TRIES, Revoked
from krn_engine.office.access.heartbeats import Heard
from krn_engine.office.net_errors import CallerMissing, EnrolmentRefused, NotAllowed
from krn_engine.office.service_events import ServiceEvent
from krn_engine.office.web.forms import Field
from krn_engine.office.web.page import ADMIN, Page
from krn_engine.office.web.visit import Answer, Moved, Shown, Visit, path_of
from krn_engine.office.web.words import Mood
from krn_engine.office.wire.asked import CALLER_NAME, PAGE, UNIT, Caller, Scope
from krn_engine.office.wire.heartbeat import Line, LineState
from krn_engine.office.words.texts import Sentence

SHOWN = 200
"""Callers on one page."""
_MOST_UNITS = 1000
_LONGEST_UNITS = 4000
SCOPES = {
    Scope.KIOSK: Sentence("Kios"),
    Scope.REPORT: Sentence("Program laporan"),
    Scope.OFFICER: Sentence("Program petugas"),
    Scope.ADMIN: Sentence("Program administrator"),
}
"""What a caller is."""
_OFFERED = (Scope.KIOSK, Scope.REPORT)
"""For what else there is, a code is made on the office's own machine."""
_TOLD = {
    EnrolmentRefused: Sentence("Nama itu sudah dipakai, oleh orang atau dengan huruf lain."),
    NotAllowed: Sentence("Sebut satu unit Anda atau lebih, dan nama yang bukan milik unit lain."),
}
_NAME = Sentence("Nama: 1 sampai 32 huruf, angka, - dan _.")
_UNITS = Sentence("Unit: 1 sampai 16 karakter, dipisahkan koma; atau pilih semua unit.")
_SCOPE = Sentence("Pilih untuk apa kode itu.")


@dataclass(frozen=True, slots=True)
class Row:
    """One caller as a page shows it."""

    caller: Caller
    scope: Sentence
    state: Sentence
    mood: str
    lines: Sequence[str]
    """What its doctor found, by part and code."""
    heard: Heard | None
    revoke: str
    """The address of the page that asks whether it is to be let in no more; empty: it is not let in."""


def _all(visit: Visit) -> Answer:
    return _from(visit, "", ill=False)


def _next(visit: Visit) -> Answer:
    return _from(visit, visit.told()["after"], ill=False)


def _ill(visit: Visit) -> Answer:
    return _from(visit, "", ill=True)


def _from(visit: Visit, after: str, *, ill: bool) -> Answer:
    callers = visit.service.callers
    heard = callers.heartbeats.heard()
    shown: list[Row] = []
    more = ""
    for caller in _callers(visit, after):
        one = _shown(visit, caller, heard.get(caller.name))
        if ill and not callers.heartbeats.is_ill(caller, one.heard):
            continue
        if len(shown) == SHOWN:
            more = visit.link("kiosks-after", after=shown[-1].caller.name)
            break
        shown.append(one)
    return Shown("kiosks.html", {"callers": shown, "ill": ill, "more": more})


def _callers(visit: Visit, after: str) -> Iterator[Caller]:
    while True:
        page = visit.service.callers.page(after, PAGE, visit.known.units)
        yield from page.callers
        after = page.next
        if not after:
            return


def _shown(visit: Visit, caller: Caller, heard: Heard | None) -> Row:
    state, mood = _state(visit, caller, heard)
    lines = [] if heard is None else [_told(line) for line in heard.said.lines if line.state is not LineState.OK]
    revoke = "" if caller.revoked_at is not None else visit.link("revoke", name=caller.name)
    return Row(caller, SCOPES[caller.scope], state, mood.value, lines, heard, revoke)


def _told(line: Line) -> str:
    return f"{line.part} {line.code}".rstrip()


def _state(visit: Visit, caller: Caller, heard: Heard | None) -> tuple[Sentence, Mood]:
    beats = visit.service.callers.heartbeats
    if caller.revoked_at is not None:
        return Sentence("izin dicabut"), Mood.PLAIN
    if caller.scope is not Scope.KIOSK:
        return Sentence("terdaftar"), Mood.PLAIN
    if heard is not None and heard.said.failing:
        return Sentence("tidak dapat bekerja"), Mood.BAD
    if beats.is_silent(caller, heard):
        return Sentence("diam"), Mood.BAD
    if heard is None:
        return Sentence("belum ada kabar"), Mood.CAREFUL
    if any(line.state is LineState.WARN for line in heard.said.lines):
        return Sentence("perlu dilihat"), Mood.CAREFUL
    return Sentence("baik"), Mood.GOOD


# --- a code for a new one


def _enrol(visit: Visit) -> Answer:
    return _asked(visit, {"name": "", "units": ", ".join(visit.known.units), "scope": Scope.KIOSK.value, "all": ""})


def _asked(visit: Visit, typed: dict[str, str], problem: Sentence | None = None) -> Answer:
    values = {
        "typed": typed,
        "problem": problem,
        "scopes": {scope.value: SCOPES[scope] for scope in _OFFERED},
        "own_units": visit.known.units,
    }
    return Shown("enrol.html", values, 200 if problem is None else 422)


def _make_code(visit: Visit) -> Answer:
    """The code is on this answer and nowhere else: who loads it again makes another one, and this one is void."""
    typed = {name: visit.fields[name].strip() for name in ("name", "units", "scope", "all")}
    units = [unit.strip() for unit in typed["units"].split(",") if unit.strip()]
    name = typed["name"]
    if not CALLER_NAME.fits(name):
        return _asked(visit, typed, _NAME)
    if typed["scope"] not in [scope.value for scope in _OFFERED]:
        return _asked(visit, typed, _SCOPE)
    if bool(units) == bool(typed["all"]) or len(units) > _MOST_UNITS or not all(map(UNIT.fits, units)):
        return _asked(visit, typed, _UNITS)
    try:
        code = visit.service.callers.make_code(name, Scope(typed["scope"]), units, visit.known.name, visit.known.units)
    except (EnrolmentRefused, NotAllowed) as refusal:
        visit.trace.code = refusal.code
        return _asked(visit, typed, _TOLD[type(refusal)])
    visit.service.log.note(ServiceEvent.CODE_MADE, caller=name)
    values = {
        "name": name,
        "code": str(code.code),
        "minutes": int(CODE_LASTS.total_seconds() // 60),
        "tries": TRIES,
        "expires": code.expires_at,
    }
    return Shown("code.html", values)


# --- letting one in no more


def _sure(visit: Visit) -> Answer:
    name = visit.told()["name"]
    caller = next((one for one in _callers(visit, "") if one.name == name), None)
    if caller is None:
        raise CallerMissing("nobody of this name is enrolled: look at the list of all names")
    one = _shown(visit, caller, visit.service.callers.heartbeats.heard().get(name))
    return Shown("revoke.html", {"one": one, "to": f"/web/{visit.page}/{visit.handle}"})


_EVENTS = {Revoked.CALLER: ServiceEvent.CALLER_REVOKED, Revoked.CODE: ServiceEvent.CODE_WITHDRAWN}


def _revoke(visit: Visit) -> Answer:
    name = visit.told()["name"]
    event = _EVENTS.get(visit.service.callers.revoke(name, visit.known.name, visit.known.units))
    if event is not None:
        visit.service.log.note(event, caller=name)
    return Moved(path_of("kiosks"))


OF_KIOSKS = (
    Page("kiosks", ADMIN, _all, menu=Sentence("Keadaan kios")),
    Page("kiosks-after", ADMIN, _next, has_handle=True),
    Page("kiosks-ill", ADMIN, _ill),
    Page(
        "enrol",
        ADMIN,
        _enrol,
        _make_code,
        {
            "name": Field(32, kept=True),
            "units": Field(_LONGEST_UNITS, kept=True),
            "scope": Field(16, kept=True),
            "all": Field(8, kept=True),
        },
        menu=Sentence("Daftarkan kios"),
    ),
    Page("revoke", ADMIN, _sure, _revoke, has_handle=True),
)

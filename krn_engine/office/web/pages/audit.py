"""The audit: who did what, the newest at hand; of one meter, or of one person; and whether it is whole."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import bindparam, select

from krn_engine.office.audit.checkpoints import newest
from krn_engine.office.audit.listing import EVERY, Entry, entries_after
from krn_engine.office.audit.whole import look
from krn_engine.office.contract import Found
from krn_engine.office.web.forms import Field
from krn_engine.office.web.frame import shown_at
from krn_engine.office.web.page import ADMIN, Page
from krn_engine.office.web.visit import Answer, Moved, Shown, Visit
from krn_engine.office.words.texts import Sentence
from krn_engine.register.audit.entries import LONGEST_ACTOR, AuditEvent, head_of
from krn_engine.register.errors import RecordDamaged
from krn_engine.register.tables import meters
from krn_engine.register.takings import masked
from krn_engine.register.watch import sound

SHOWN = 50
"""Entries on one page."""
WORDS = {
    AuditEvent.BEGAN: Sentence("Audit dimulai"),
    AuditEvent.TAKEN_OVER: Sentence("Data dimasukkan sekaligus ke register kosong"),
    AuditEvent.ISSUED: Sentence("Kode diberikan"),
    AuditEvent.GIVEN_AGAIN: Sentence("Kode yang hilang diberikan lagi"),
    AuditEvent.RECORDED: Sentence("Jawaban meter dicatat"),
    AuditEvent.ENDED: Sentence("Akhir sesi"),
    AuditEvent.STATED: Sentence("Pernyataan petugas"),
    AuditEvent.LIST_BEGUN: Sentence("Daftar diterima"),
    AuditEvent.LIST_LINES: Sentence("Baris daftar masuk"),
    AuditEvent.ROWS_SEALED: Sentence("Kode disegel"),
    AuditEvent.RESTORED: Sentence("Salinan register dipasang kembali"),
    AuditEvent.ROWS_FORGOTTEN: Sentence("Kode tersegel dihapus"),
    AuditEvent.CODE_MADE: Sentence("Kode pendaftaran dibuat"),
    AuditEvent.ENROLLED: Sentence("Kios terdaftar"),
    AuditEvent.ROTATED: Sentence("Token kios diganti"),
    AuditEvent.COPY_KEY_MADE: Sentence("Kunci salinan kios dibuat"),
    AuditEvent.REVOKED: Sentence("Izin kios dicabut"),
    AuditEvent.CODE_WITHDRAWN: Sentence("Kode pendaftaran ditarik"),
    AuditEvent.PERSON_ADDED: Sentence("Orang ditambahkan"),
    AuditEvent.PERSON_CHANGED: Sentence("PIN atau kata sandi diganti"),
    AuditEvent.PERSON_REMOVED: Sentence("Orang dihapus"),
    AuditEvent.ORDERS_LISTED: Sentence("Daftar kerja dibuat"),
    AuditEvent.RESULTS_TAKEN: Sentence("Hasil kerja diterima"),
    AuditEvent.ROWS_EXPORTED: Sentence("Kode dikeluarkan sebagai berkas"),
    AuditEvent.HOME_PAGE_MADE: Sentence("Halaman pelanggan dibuat"),
    AuditEvent.HOME_PAGES_ENDED: Sentence("Halaman pelanggan ditutup"),
    AuditEvent.DIFFERENCE_ACCEPTED: Sentence("Perbedaan audit dipertanggungjawabkan"),
}
"""What was done, in words."""
_UNKNOWN = Sentence("Catatan dari program yang lebih baru")
_ODD = Sentence("Catatan ini tidak dapat dibaca")
_NO_METER = Sentence("Nomor itu tidak ada di data: tidak ada catatan yang cocok. Di bawah ini catatan terakhir.")
_NOTHING = Sentence("Isi nomor meter, atau nama.")


_HIGHEST = 2**63 - 1
"""Number of a record that a database may have."""
_NUMBERS = select(meters.c.id, meters.c.number).where(meters.c.id.in_(bindparam("ids", expanding=True)), sound(meters))


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as a page shows it."""

    seq: int
    what: Sentence
    at: str
    """In the zone of the office's machine."""
    moment: str
    """The time as it stands in the entry; empty: what stands there is no time."""
    actor: str
    meter: str
    """The number of the meter, masked; empty: it is about none, or about one that cannot be read."""
    record: str
    """The number of the meter's record; empty: it is about none."""
    of_meter: str
    """The address of all entries about this meter; empty: it has no number."""
    more: str
    """What else it tells, as it stands there."""


def _lines(visit: Visit, entries: Sequence[Entry]) -> list[Line]:
    numbers = _numbers(visit, entries)
    return [_line(visit, entry, numbers) for entry in entries]


def _numbers(visit: Visit, entries: Sequence[Entry]) -> Mapping[int, str]:
    """Of the meters that the entries are about, by their records; none where one of these is damaged."""
    ids = list({record for entry in entries if (record := _record(entry)) is not None})
    with suppress(RecordDamaged), visit.service.register.read() as connection:
        return {row.id: row.number for row in connection.execute(_NUMBERS, {"ids": ids})}
    return {}


def _record(entry: Entry) -> int | None:
    """The meter's record that an entry is about; None also where it is odd."""
    record = None if entry.told is None else entry.told["meter"]
    return record if isinstance(record, int) and 0 < record <= _HIGHEST else None


def _line(visit: Visit, entry: Entry, numbers: Mapping[int, str]) -> Line:
    told = entry.told
    if told is None:
        return Line(entry.seq, _ODD, "", "", "", "", "", "", "")
    known = {event.value: words for event, words in WORDS.items()}
    more = {name: value for name, value in told.items() if name not in EVERY}
    record = _record(entry)
    number = "" if record is None else numbers.get(record, "")
    at, moment = _time(str(told["at"]))
    return Line(
        entry.seq,
        known.get(str(told["event"]), _UNKNOWN),
        at,
        moment,
        str(told["actor"]),
        masked(number) if number else "",
        "" if told["meter"] is None else str(told["meter"]),
        visit.link("audit-of", meter=number, person=None, after=0) if number else "",
        json.dumps(more, sort_keys=True, ensure_ascii=False) if more else "",
    )


def _time(text: str) -> tuple[str, str]:
    """As people have it and as it stands there; what is no time is shown as it stands there."""
    try:
        return shown_at(datetime.fromisoformat(text)), text
    except (ValueError, OverflowError):
        return text, ""


def _show(visit: Visit) -> Answer:
    """The last entries."""
    return _page(visit)


def _earlier(visit: Visit) -> Answer:
    return _page(visit, visit.told()["after"])


def _page(visit: Visit, after: int | None = None, problem: Sentence | None = None, **typed: str) -> Answer:
    """Entries with higher numbers than this one; None: the last ones."""
    with visit.service.register.read() as connection:
        head, digest = head_of(connection)
        after = max(0, head - SHOWN) if after is None else after
        signed = newest(connection)
        found = list(islice(entries_after(connection, after), SHOWN))
    values: dict[str, Any] = {
        "head": head,
        "digest": digest.hex(),
        "signed": signed,
        "lines": _lines(visit, found[::-1]),
        "earlier": visit.link("audit-earlier", after=max(0, after - SHOWN)) if after else "",
        "problem": problem,
        "typed": {"number": "", "person": "", **typed},
    }
    return Shown("audit.html", values, 200 if problem is None else 422)


def _filter(visit: Visit) -> Answer:
    """Of one meter, or of one person; either stands in no address in the clear."""
    number, person = visit.fields["number"].strip(), visit.fields["person"].strip()
    if not number and not person:
        return _page(visit, problem=_NOTHING)
    meter = None
    if number:
        found = visit.service.office.find(number)
        if not isinstance(found, Found):
            return _page(visit, problem=_NO_METER, number=number, person=person)
        meter = visit.about(found.meter_number)
    return Moved(visit.link("audit-of", meter=meter, person=person or None, after=0))


def _of(visit: Visit) -> Answer:
    told = visit.told()
    meter, person = told["meter"], told["person"]
    with visit.service.register.read() as connection:
        found = list(islice(entries_after(connection, told["after"], meter, person), SHOWN + 1))
    shown = found[:SHOWN]
    later = visit.link("audit-of", meter=meter, person=person, after=shown[-1].seq) if len(found) > SHOWN else ""
    values = {"meter": meter, "person": person, "lines": _lines(visit, shown), "later": later}
    return Shown("audit_of.html", values)


def _verify(visit: Visit) -> Answer:
    """It only looks, so nothing is done twice if it is loaded again."""
    remembered, differing = visit.service.callers.remembered()
    with visit.service.register.read() as connection:
        verdict = look(connection, visit.service.audit_keys, remembered, differing)
    return Shown("verdict.html", {"verdict": verdict, "has_key": bool(visit.service.audit_keys)})


OF_AUDIT = (
    Page(
        "audit",
        ADMIN,
        _show,
        _filter,
        {"number": Field(64, kept=True), "person": Field(LONGEST_ACTOR, kept=True)},
        menu=Sentence("Audit"),
        all_units=True,
    ),
    Page("audit-earlier", ADMIN, _earlier, has_handle=True, all_units=True),
    Page("audit-of", ADMIN, _of, has_handle=True, all_units=True),
    Page("audit-verify", ADMIN, act=_verify, all_units=True),
)

"""How the kiosk and its office stand to each other: since when it is offline, how old its data are, what waits."""

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from kiosk.flow.staff.messages import outcome_word
from kiosk.view.formats import day_and_time, thousands
from kiosk.view.lost import lost_records
from kiosk.view.parts import Message, Mood, Option, ReportLine
from krn_engine.office.offline.delivery import Entry
from krn_engine.office.offline.status import OfflineStatus
from krn_engine.office.wire.delivered import Kind
from krn_engine.office.wire.values import ROW_RECORD

OPTION = Option("network", Message("Kantor"))
TITLE = OPTION.label
ONLINE, OFFLINE = Message("Terhubung"), Message("Tidak terhubung")
NO_COPY = Message("Belum ada salinan data: kios hanya melayani jika terhubung.")
NO_LEASE = Message("Tanpa sambungan, kode tidak diberikan.")
REVOKED = Message("Kantor telah mencabut izin kios ini.")
_KINDS = {
    Kind.ISSUE: Message("Kode diberikan"),
    Kind.ENDING: Message("Akhir sesi"),
    Kind.STATEMENT: Message("Pernyataan petugas"),
}


class Told(Protocol):
    """What tells it; `OfflineOffice` does."""

    @property
    def glance(self) -> tuple[bool, int]:
        """Whether the office answers, and how many facts it refused."""
        ...

    @property
    def status(self) -> OfflineStatus:
        """How it stands now."""
        ...

    @property
    def refused(self) -> tuple[Entry, ...]:
        """What the office did not take, the oldest first."""
        ...


def option(office: Told) -> Option:
    """The way to it, with the one thing that staff should know."""
    online, refused = office.glance
    if refused:
        more = Message("Ditolak: {number}", {"number": thousands(refused)})
        return replace(OPTION, more=more, mood=Mood.BAD)
    if not online:
        return replace(OPTION, more=Message("Offline"), mood=Mood.CAREFUL)
    return replace(OPTION, more=ONLINE)


def lines(office: Told) -> tuple[ReportLine, ...]:
    """All of it, and what the office did not take, the newest first."""
    status = office.status
    told = [_connected(status), _data(status), _lease(status), *_waiting(status)]
    if status.revoked:
        told.insert(0, ReportLine(REVOKED, Mood.BAD))
    if status.lost:
        told.append(ReportLine(lost_records(status.lost, more=status.uncounted), Mood.BAD))
    if status.other:
        told.append(ReportLine(Message("Kantor yang menjawab bukan kantor kios ini"), Mood.BAD))
    if status.audit_differs is not None:
        told.append(ReportLine(Message("Audit kantor tidak seperti sebelumnya"), Mood.BAD))
    if status.left_out:
        values = {"number": str(status.left_out)}
        told.append(ReportLine(Message("Meter yang datanya rusak di kantor: {number}", values), Mood.CAREFUL))
    if status.refused:
        told.append(ReportLine(_refused(status.refused), Mood.BAD))
    return (*told, *(_entry(entry) for entry in reversed(office.refused)))


def as_of(status: OfflineStatus) -> Message:
    """How old the data of the copy are."""
    return NO_COPY if status.as_of is None else Message("Data per {time}", {"time": _time(status.as_of)})


def _connected(status: OfflineStatus) -> ReportLine:
    since = Message("sejak {time}", {"time": _time(status.since)})
    if status.online:
        return ReportLine(ONLINE, Mood.GOOD, since)
    if not status.code:
        return ReportLine(OFFLINE, Mood.CAREFUL, since)
    values = {"time": _time(status.since), "code": status.code}
    return ReportLine(OFFLINE, Mood.CAREFUL, Message("sejak {time}  {code}", values))


def _data(status: OfflineStatus) -> ReportLine:
    return ReportLine(as_of(status), Mood.CAREFUL if status.as_of is None else Mood.GOOD)


def _lease(status: OfflineStatus) -> ReportLine:
    if status.lease_until is None or not status.lease_good:
        mood = Mood.CAREFUL if status.online else Mood.BAD
        return ReportLine(NO_LEASE, mood, Message("{code}", {"code": status.lease_code}))
    values = {"time": _time(status.lease_until)}
    return ReportLine(Message("Tanpa sambungan, kode diberikan sampai {time}", values), Mood.GOOD)


def _waiting(status: OfflineStatus) -> tuple[ReportLine, ...]:
    """Nothing waits also where the office refused it, or a card took it: that is no good news."""
    if status.waiting:
        values = {"number": thousands(status.waiting)}
        return (ReportLine(Message("Menunggu dikirim ke kantor: {number}", values), Mood.CAREFUL),)
    if status.refused or status.lost:
        return ()
    return (ReportLine(Message("Semua catatan sudah di kantor"), Mood.GOOD),)


def _refused(number: int) -> Message:
    return Message("Ditolak kantor: {number}", {"number": thousands(number)})


def _entry(entry: Entry) -> ReportLine:
    """What it was, at which meter, when, and why the office did not take it."""
    fact = entry.fact
    if fact.kind is Kind.OUTCOME:
        row = ROW_RECORD.read(fact.body)
        text = Message("Kode {row}: {said}", {"row": str(row.section), "said": outcome_word(row.outcome)})
    else:
        text = _KINDS[fact.kind]
    values = {"number": entry.meter_number, "time": _time(fact.at), "code": entry.code}
    return ReportLine(text, Mood.BAD, Message("{number}  {time}  {code}", values))


def _time(at: datetime) -> str:
    return day_and_time(at.astimezone())

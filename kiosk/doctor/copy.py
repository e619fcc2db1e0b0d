"""Can the kiosk go on without its office, and has the office all that the kiosk put on record?"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from kiosk.doctor.check import Check
from kiosk.view.formats import day_and_time, thousands
from kiosk.view.lost import lost_records
from kiosk.view.parts import Message, Mood
from kiosk.workplace import Workplace
from krn_engine.errors import KrnError
from krn_engine.office.audit.errors import CheckpointForeign
from krn_engine.office.net_errors import CallerRevoked
from krn_engine.office.offline.status import OfflineStatus

OLD = timedelta(hours=24)
"""A copy of the day before: somebody should look at the network."""


def check_copy(here: Workplace) -> Iterator[Check]:
    """How old the copy is, until when rows come from it, and what of the outbox waits, was refused, or is lost."""
    if here.offline is None:
        return
    try:
        status = here.offline.status
    except KrnError as error:
        yield Check("copy", Mood.BAD, Message("Salinan data: {code}", {"code": error.code}), error.message)
        return
    yield from _copy(status)
    yield from _outbox(status)


def _copy(status: OfflineStatus) -> Iterator[Check]:
    if status.revoked:
        says = Message("Salinan data: izin kios dicabut: {code}", {"code": CallerRevoked.code})
        advice = (
            "the office has revoked this kiosk, so its copy was destroyed: enrol it again (krn setup), or take it "
            "away. What waits for the office was kept (krn outbox)"
        )
        yield Check("copy", Mood.BAD, says, advice)
        return
    if status.as_of is None:
        advice = "the kiosk has no whole copy yet: it fetches one while the office can be reached"
        yield Check("copy", Mood.CAREFUL, Message("Salinan data: belum ada"), advice)
        return
    says = Message("Salinan data: per {time}", {"time": day_and_time(status.as_of.astimezone())})
    if datetime.now(UTC) - status.as_of > OLD:
        yield Check("copy", Mood.CAREFUL, says, "the copy is older than a day: see why the office is not reached")
    else:
        yield Check("copy", Mood.GOOD, says)
    if status.lease_good and status.lease_until is not None:
        until = {"time": day_and_time(status.lease_until.astimezone())}
        yield Check("lease", Mood.GOOD, Message("Kode tanpa sambungan: sampai {time}", until))
    else:
        advice = "without the office no rows are given out: connect the kiosk once, and look at its clock"
        says = Message("Kode tanpa sambungan: tidak: {code}", {"code": status.lease_code})
        yield Check("lease", Mood.CAREFUL, says, advice)


def _outbox(status: OfflineStatus) -> Iterator[Check]:
    if status.lost:
        says = lost_records(status.lost, more=status.uncounted)
        advice = "a damaged card took entries for the office: keep copy-damaged-* of the state folder, change the card"
        yield Check("outbox-lost", Mood.BAD, says, advice)
    if status.other:
        says = Message("Kantor yang menjawab bukan kantor kios ini")
        advice = "what waits is for another office: lead the kiosk back to it, or leave it aside (krn setup)"
        yield Check("outbox-other", Mood.BAD, says, advice)
    if status.refused:
        says = Message("Ditolak kantor: {number}", {"number": thousands(status.refused)})
        advice = "the office did not take these facts: see them on the staff screen, and look at their meters"
        yield Check("outbox-refused", Mood.BAD, says, advice)
    if status.audit_differs is not None:
        says = Message("Audit kantor tidak seperti sebelumnya: {code}", {"code": CheckpointForeign.code})
        advice = "the office's audit does not hold what this kiosk saw of it: verify it there (krn office audit verify)"
        yield Check("audit", Mood.BAD, says, advice)
    if status.waiting:
        says = Message("Menunggu dikirim ke kantor: {number}", {"number": thousands(status.waiting)})
        yield Check("outbox", Mood.CAREFUL, says, "they are delivered as soon as the office is reached")
    elif not (status.refused or status.lost):
        yield Check("outbox", Mood.GOOD, Message("Semua catatan sudah di kantor"))

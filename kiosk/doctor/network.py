"""The way to an office on the network: is it there, is it the right one, and does it know this kiosk for long still?"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

from kiosk.doctor.certificates import check_authority, check_own
from kiosk.doctor.check import Check
from kiosk.view.parts import Message, Mood
from kiosk.workplace import Workplace
from krn_engine.errors import KrnError
from krn_engine.office.net_errors import CallerUnknown, ClockDiffers

SLOW = 1.0
"""Seconds within which an office answers a question about nothing; a customer asks it three or four."""
SKEW = 60.0
"""Seconds by which two clocks may differ before somebody should look."""
LATE = 3
"""Days after which a token that was due for the next one should have got it."""


def check_network(here: Workplace) -> Iterator[Check]:
    """Reached or not, and in what time; the certificates of authority and kiosk; the clocks; the token's age."""
    if here.link is None:
        return
    began = time.monotonic()
    refusal: KrnError | None = None
    try:
        here.link.office.ping()
    except KrnError as error:
        refusal = error
    yield from _reached(refusal, time.monotonic() - began)
    yield from check_authority(here.link.ca, refusal)
    yield from check_own(here.link.certificate, refusal)
    yield from _clocks(here.link.way.skew, refusal)
    yield from _token(here.link.token.known.rotate_at, here.link.token.known.expires_at, refusal)


def _reached(refusal: KrnError | None, seconds: float) -> Iterator[Check]:
    if refusal is not None:
        says = Message("Kantor di jaringan: {code}", {"code": refusal.code})
        yield Check("network", Mood.BAD, says, refusal.message)
        return
    told = {"ms": f"{seconds * 1000:.0f}"}
    if seconds < SLOW:
        yield Check("network", Mood.GOOD, Message("Kantor di jaringan: menjawab dalam {ms} ms", told))
    else:
        says = Message("Kantor di jaringan: lambat, {ms} ms", told)
        yield Check("network", Mood.CAREFUL, says, "look at the network: is it shared with something large?")


def _clocks(skew: float | None, refusal: KrnError | None) -> Iterator[Check]:
    if isinstance(refusal, ClockDiffers):
        says = Message("Jam kantor: {code}", {"code": refusal.code})
        yield Check("office-clock", Mood.BAD, says, refusal.message)
    elif skew is not None:
        told = {"seconds": f"{abs(skew):.0f}"}
        if abs(skew) <= SKEW:
            yield Check("office-clock", Mood.GOOD, Message("Jam kantor: selisih {seconds} detik", told))
        else:
            whose = "ahead of" if skew > 0 else "behind"
            advice = f"the office's clock is {whose} this machine's: set the one that is wrong (timedatectl)"
            yield Check("office-clock", Mood.CAREFUL, Message("Jam kantor: selisih {seconds} detik", told), advice)


def _token(rotate_at: datetime, expires_at: datetime, refusal: KrnError | None) -> Iterator[Check]:
    """By its dates, and by what the office says of it."""
    now = datetime.now(UTC)
    days = (expires_at - now).days
    if isinstance(refusal, CallerUnknown) or days < 0:
        code = CallerUnknown.code if refusal is None else refusal.code
        advice = "the office lets this kiosk in no more: enrol it anew with krn setup and a code of the office"
        yield Check("token", Mood.BAD, Message("Izin kantor: {code}", {"code": code}), advice)
    elif (now - rotate_at).days >= LATE:
        says = Message("Izin kantor: berakhir dalam {days} hari", {"days": str(days)})
        advice = "a kiosk that runs and reaches its office fetches the next one by itself: see why this one does not"
        yield Check("token", Mood.CAREFUL, says, advice)
    else:
        yield Check("token", Mood.GOOD, Message("Izin kantor: {days} hari lagi", {"days": str(days)}))

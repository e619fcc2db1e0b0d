"""What a kiosk does with its office beside its sessions: it says how it is, and exchanges its token in time.

Nothing that it looks at is in anybody's way: what belongs to a session, the meter process and the printer, is only
looked at while the home screen is left alone.
"""

import logging
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from hardware.printer.port import PrinterState
from kiosk.doctor import IN_NO_WAY, WHILE_ALONE, examine
from kiosk.doctor.check import Check
from kiosk.event_log import Event
from kiosk.office_link import OfficeLink
from kiosk.version import version
from kiosk.view.parts import Mood
from kiosk.workplace import Workplace
from krn_engine.errors import KrnError, Refusal
from krn_engine.office.net_errors import CallerRevoked, CallerUnknown, CertificateMissing, TokenNotKept
from krn_engine.office.wire.heartbeat import Heartbeat, Line, LineState, Paper

BEAT_SECONDS = 300.0
"""Between two heartbeats that say the same."""
LOOK_SECONDS = 60.0
"""Between two looks at the parts; what changed is told then."""
CLOSED_SECONDS = 10.0
"""Between two questions to an office that does not let this kiosk in."""
ROTATED_SECONDS = 43200.0
"""After the next token came no other one is fetched so soon, whatever the clock of the machine says of its age."""
END_SECONDS = 1.0
"""How long the end of the kiosk waits for a question that is under way."""
THREAD = "kiosk-heartbeat"
_STATES = {Mood.GOOD: LineState.OK, Mood.CAREFUL: LineState.WARN, Mood.BAD: LineState.FAIL}
_PAPER = {
    PrinterState.READY: Paper.READY,
    PrinterState.PAPER_OUT: Paper.OUT,
    PrinterState.COVER_OPEN: Paper.OPEN,
    PrinterState.GONE: Paper.GONE,
}
_CODE = re.compile("[A-Z]+-[0-9]+")

log = logging.getLogger(__name__)


class Heart:
    """`alone` says whether nobody is at the kiosk; `clock` gives seconds from any start, `now` the time of day."""

    def __init__(
        self,
        here: Workplace,
        link: OfficeLink,
        alone: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._here = here
        self._link = link
        self.alone = alone
        self._clock = clock
        self._now = now
        self._began = clock()
        self._said_at: float | None = None
        self._said: tuple[object, ...] = ()
        self._while_alone: tuple[Line, ...] = ()
        self._paper: Paper | None = None
        self._refusal: KrnError | None = None
        self._troubled = ""
        self._rotated_at: float | None = None

    def closed(self) -> KrnError | None:
        """Why nothing may be shown: the office does not let this kiosk in. None: it does, as far as is known.

        A kiosk that was revoked knows it from the beginning, also while its office gives no answer.
        """
        held = self._here.offline
        if held is not None and held.is_revoked and not isinstance(self._refusal, CallerRevoked):
            return CallerRevoked("the office has revoked this kiosk: enrol it again (krn setup), or take it away")
        return self._refusal

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Rounds in a thread of its own, meanwhile; the first one at once."""
        ended = threading.Event()
        thread = threading.Thread(target=self._beat, args=(ended,), name=THREAD, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join(END_SECONDS)

    def _beat(self, ended: threading.Event) -> None:
        while not ended.is_set():
            try:
                rest = self.round()
            except Exception as error:  # noqa: BLE001, RUF100  whatever it is, the next round is tried
                kind = error.code if isinstance(error, Refusal) else type(error).__name__
                log.error("looking after this kiosk failed: %s", kind)
                rest = LOOK_SECONDS
            ended.wait(rest)

    def round(self) -> float:
        """Look, exchange the token and tell the office, each if it is time. Gives the seconds until the next round."""
        try:
            self._rotate()
            self._tell()
        except (CallerUnknown, CertificateMissing) as error:
            if self._refusal is None:
                self._here.events.note(Event.NOT_LET_IN, error.code)
            self._refusal = error
            if isinstance(error, CallerRevoked):
                self._ask_whether(revoked=True)
            return CLOSED_SECONDS
        except KrnError as error:
            # It is tried again, and whoever asks the office for a customer is told by itself.
            log.info("the office was not told how this kiosk is: %s", error.code)
            return LOOK_SECONDS
        self._refusal = None
        self._ask_whether(revoked=False)
        return LOOK_SECONDS

    def _ask_whether(self, *, revoked: bool) -> None:
        """Have what holds the copy hear it now, where it knows otherwise: by itself it asks in minutes only.

        The copy of a kiosk that was revoked goes at once, and one that was enrolled again opens.
        """
        held = self._here.offline
        if held is not None and held.is_revoked is not revoked:
            with suppress(KrnError):
                held.ping()

    def _rotate(self) -> None:
        if self._rotated_at is not None and self._clock() - self._rotated_at < ROTATED_SECONDS:
            return
        try:
            if self._link.token.rotate_if_due(self._link.office, self._now()):
                self._here.events.note(Event.TOKEN_RENEWED)
                self._troubled, self._rotated_at = "", self._clock()
        except TokenNotKept as error:
            # The one at hand is good as before.
            if self._troubled != error.code:
                self._here.events.note(Event.TOKEN_NOT_KEPT, error.code)
            self._troubled = error.code

    def _tell(self) -> None:
        lines = self._look()
        outbox = self._here.outbox()
        last_error = self._last_error()
        said = (lines, self._paper, last_error, outbox is not None and outbox.refused)
        at = self._clock()
        if self._said_at is not None and said == self._said and at - self._said_at < BEAT_SECONDS:
            return
        uptime = int(at - self._began)
        self._link.office.beat(Heartbeat(version(), lines, self._paper, last_error, uptime, outbox))
        self._said_at, self._said = at, said

    def _look(self) -> tuple[Line, ...]:
        if self.alone():
            self._while_alone = tuple(_line(check) for check in examine(self._here, WHILE_ALONE))
            printer = self._here.printer
            self._paper = None if printer is None else _PAPER[printer.state()]
        return (*(_line(check) for check in examine(self._here, IN_NO_WAY)), *self._while_alone)

    def _last_error(self) -> str:
        newest = next(iter(self._here.events.last_errors), None)
        return "" if newest is None or _CODE.fullmatch(newest.code) is None else newest.code


def _line(check: Check) -> Line:
    """A line as it is told: its words may have numbers of customers' meters one day, its code has none."""
    code = check.says.values.get("code", "")
    return Line(check.part, _STATES[check.mood], code if isinstance(code, str) and _CODE.fullmatch(code) else "")

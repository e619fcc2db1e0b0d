"""What happens at a kiosk, by name: for the journal of the machine, and the last errors for staff.

An event has a name and at most a code of docs/errors.md: never a number, a name, a row or a word that was typed.
`docs/events.md` is made of this catalogue.
"""

import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from krn_engine.durable import replace_file
from krn_engine.office.service_events import ServiceEvent

LAST = 50
"""How many errors are kept for staff."""

log = logging.getLogger(__name__)


class Kind(Enum):
    """What staff should make of an event."""

    ORDINARY = "ordinary"
    ERROR = "error"
    """Kept for the list of the last errors."""


class Event(Enum):
    """Every event: its name in the log, its kind, and what it means."""

    SESSION_BEGAN = "session-began", Kind.ORDINARY, "Somebody pressed Mulai."
    SESSION_ENDED = "session-ended", Kind.ORDINARY, "The home screen again: everything of the session is wiped."
    SESSION_LEFT = "session-left", Kind.ORDINARY, "Nobody answered the question whether somebody is still there."
    STAFF_CAME = "staff-came", Kind.ORDINARY, "The staff screens were opened."
    STAFF_ASKED = "staff-asked", Kind.ORDINARY, "Somebody who listens asked for a person of the staff to come."
    ROWS_ISSUED = "rows-issued", Kind.ORDINARY, "The office issued rows: they are on its disk."
    TYPING_BEGAN = "typing-began", Kind.ORDINARY, "Rows are typed into a connected meter, or keyed in by hand."
    METER_UPGRADED = "meter-upgraded", Kind.ORDINARY, "All rows were taken, and the meter shows the new KRN."
    METER_STATED = "meter-stated", Kind.ORDINARY, "Staff said which KRN a meter holds, or took a customer's claim back."
    SLIP_PRINTED = "slip-printed", Kind.ORDINARY, "A slip was printed and cut."
    STARTED = "started", Kind.ORDINARY, "The kiosk shows its home screen."
    RESTART_ASKED = "restart-asked", Kind.ORDINARY, "Staff, or the nightly timer, asked for a restart."
    TOKEN_RENEWED = "token-renewed", Kind.ORDINARY, "The office gave this kiosk its next token, which is kept."
    HANDED_OVER = "handed-over", Kind.ERROR, "An upgrade did not succeed; the code says why."
    ERROR_SHOWN = "error-shown", Kind.ERROR, "An error screen with this code was shown."
    OLDER_FILE = (
        "older-file",
        Kind.ERROR,
        "The register or the vault is older than it was here.",
    )
    REGISTER_DAMAGED = (
        "register-damaged",
        Kind.ERROR,
        "Reading all of the register's file found damage: nothing is shown or kept any more. Restore the last copy.",
    )
    VAULT_UNGUARDED = (
        "vault-unguarded",
        Kind.ERROR,
        "A vault stands on a machine that the settings do not call guarded.",
    )
    COPY_DAMAGED = (
        "copy-damaged",
        Kind.ERROR,
        "The copy of the office's data was damaged and is fetched anew; what waits for the office was kept.",
    )
    FACT_REFUSED = (
        "fact-refused",
        Kind.ERROR,
        "The office did not take what this kiosk put on record; staff look at it.",
    )
    OUT_OF_SERVICE = "out-of-service", Kind.ERROR, "The kiosk can keep no records and shows nothing else."
    NOT_LET_IN = "not-let-in", Kind.ERROR, "The office does not let this kiosk in: by its token, or by its certificate."
    TOKEN_NOT_KEPT = "token-not-kept", Kind.ERROR, "The next token could not be put on the disk; it is tried again."
    STEP_FAILED = "step-failed", Kind.ERROR, "An exception led to an error screen; the log names its kind."
    PRINTER_NOT_READY = "printer-not-ready", Kind.ERROR, "A slip was asked for, and nothing was printed."
    NO_HOME_PAGE = "no-home-page", Kind.ERROR, "The office gave no page at home: the QR code has the rows as text."
    SLIP_BROKEN = "slip-broken", Kind.ERROR, "The printer stopped in the middle of a slip."

    def __init__(self, label: str, kind: Kind, meaning: str) -> None:
        self.label = label
        self.kind = kind
        self.meaning = meaning


@dataclass(frozen=True, slots=True)
class Noted:
    """An event as it was noted. `at` in seconds since 1970."""

    at: float
    event: Event
    code: str


class EventLog:
    """Notes events. Without `path` the last errors are forgotten at a restart."""

    def __init__(self, path: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._errors: list[Noted] = self._load()

    def note(self, event: Event, code: str = "") -> None:
        """Log an event, at the present time; from any thread."""
        log.log(
            logging.INFO if event.kind is Kind.ORDINARY else logging.WARNING,
            "%s%s",
            event.label,
            f" {code}" if code else "",
        )
        if event.kind is Kind.ERROR:
            with self._lock:
                self._errors = [*self._errors, Noted(self._clock(), event, code)][-LAST:]
                self._save()

    @property
    def last_errors(self) -> tuple[Noted, ...]:
        """The newest first."""
        return tuple(reversed(self._errors))

    def _load(self) -> list[Noted]:
        if self._path is None or not self._path.exists():
            return []
        labels = {event.label: event for event in Event}
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            return [Noted(float(at), labels[label], str(code)) for at, label, code in kept][-LAST:]
        except (OSError, ValueError, TypeError, KeyError):
            # It is a convenience: the machine's journal has them all.
            log.warning("the list of the last errors cannot be read and begins anew")
            return []

    def _save(self) -> None:
        if self._path is None:
            return
        kept = [[noted.at, noted.event.label, noted.code] for noted in self._errors]
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self._path, json.dumps(kept).encode())
        except OSError as error:
            log.warning("the list of the last errors cannot be kept: %s", type(error).__name__)


def events_page() -> str:
    """The documentation page of all events, in Markdown."""
    lines = [
        "# Events",
        "",
        "What a kiosk writes to the machine's journal: a name, sometimes a code of `errors.md`, and nothing else. Made",
        "of the catalogue in `kiosk/event_log.py` by `make events`.",
        "",
        "| event | kind | means |",
        "|---|---|---|",
        *(f"| `{event.label}` | {event.kind.value} | {event.meaning} |" for event in Event),
        "",
        "## An office's service",
        "",
        "The catalogue of `krn_engine/office/service_events.py`. A line of the service's log is one JSON object:",
        "event, operation, caller, status, code, milliseconds, and at most a meter, as a hash that only this office's",
        "log has.",
        "",
        "| event | means |",
        "|---|---|",
        *(f"| `{event.label}` | {event.meaning} |" for event in ServiceEvent),
    ]
    return "\n".join(lines) + "\n"

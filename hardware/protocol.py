"""What the kiosk and the meter process say to each other: one JSON object a line, over a Unix socket.

A call is `{"v": 2, "id": 7, "do": "submit", "deadline": 90, …}`. Its answer is `{"v": 2, "id": 7, "ok": {…}}` or
`{"v": 2, "id": 7, "error": {"code": …, "message": …}}`; progress, `{"v": 2, "id": 7, "progress": {…}}`,
may come before. The calls `abort`, `release` and `alive` have the id 0 and no answer. `open`, with the meter's model,
comes first; its answer tells the model, how long it remembers a row, how long a row may take, which tools it has, and
how many lines of the journal could not be read.

Each line bears the version of whoever wrote it, and is refused by whoever has another: kiosk and meter process are
installed together. Version 1 wrote none into its answers.

What goes wrong. A call that is refused is answered under its id, and the connection goes on. A line that is no call is
answered once, under the id 0, and the connection ends: it is not UTF-8 or not JSON, nested too deeply, longer than
`LONGEST_LINE`, has a name twice in one object or a number that is not finite, or its id, name or deadline is none. The
connection ends in the same way, with SessionEnded, for a kiosk from which no whole line has come for `QUIET_SECONDS`
while nothing was done for it: one that only waits says `alive`. One that does not read what it is told is shown out
without a word. A row that is being typed then finishes or is aborted, as the process was set, and what became of it is
in the journal.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from hardware.adapter import EntryProgress, Evidence, MeterAdapter, Outcome, Press, Probe, Source, Submission
from hardware.errors import HardwareError, ProtocolBroken, VersionsDiffer
from hardware.keypad_tools import Calibrated, LoopBack

VERSION = 2
FIRST_VERSION = 1
"""The version that wrote none into its lines."""
KEYPAD = "keypad"
"""The tools of a meter that is reached through its keys (`hardware.keypad_tools`)."""
LONGEST_LINE = 65536
"""Bytes of a line without its end."""
LARGEST_ID = 2**53
LONGEST_DEADLINE = 3600
"""Seconds."""
QUIET_SECONDS = 60.0
"""A kiosk that says nothing for so long, while nothing is done for it, is shown out: another one may be waiting."""
ALIVE_SECONDS = 15.0
"""How often a kiosk that only waits says so."""
CALLS = frozenset(
    {
        "open",
        "probe",
        "submit",
        "read",
        "tampered",
        "result",
        "recall",
        "settled",
        "unsettled",
        "calibrate",
        "loop_back",
        "abort",
        "release",
        "alive",
    }
)


def pack(message: Mapping[str, Any]) -> bytes:
    """A message as one line, with the version."""
    return json.dumps({"v": VERSION, **message}, separators=(",", ":")).encode() + b"\n"


def unpack(line: bytes) -> dict[str, Any]:
    """The object of one line; raises ProtocolBroken, and VersionsDiffer for a line of another version."""
    message = read_object(line)
    version = message.get("v", FIRST_VERSION)
    if not _is_whole(version) or version != VERSION:
        other = version if _is_whole(version) and abs(version) < LARGEST_ID else "that is no number"
        raise VersionsDiffer(
            f"this end of the meter process's socket speaks version {VERSION}, the other end version {other}: "
            "install kiosk and meter process together"
        )
    return message


def read_object(line: bytes) -> dict[str, Any]:
    """One JSON object in UTF-8, each name once and every number finite; raises ProtocolBroken."""
    try:
        message = json.loads(line.decode(), object_pairs_hook=_each_once, parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError) as error:
        raise ProtocolBroken("a line of the meter process's socket is not JSON") from error
    if not isinstance(message, dict):
        raise ProtocolBroken("a line of the meter process's socket is not an object")
    return message


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is not finite")
    return number


def _is_whole(value: object) -> TypeGuard[int]:
    """True for a whole number; JSON's true and false are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def checked_call(message: dict[str, Any]) -> tuple[int, str, float]:
    """Id, name and deadline (seconds) of a call; raises ProtocolBroken for anything that is not a call."""
    number, name, deadline = message.get("id"), message.get("do"), message.get("deadline")
    if not _is_whole(number) or not 0 <= number < LARGEST_ID:
        raise ProtocolBroken("a call has an id, a whole number")
    if not isinstance(name, str) or name not in CALLS:
        raise ProtocolBroken("this is not a call of the meter process")
    if not (_is_whole(deadline) or isinstance(deadline, float)) or not 0 < deadline <= LONGEST_DEADLINE:
        raise ProtocolBroken(f"a call has a deadline, in seconds up to {LONGEST_DEADLINE}")
    return number, name, float(deadline)


def error_of(error: HardwareError) -> dict[str, str]:
    """A refusal as JSON."""
    return {"code": error.code, "message": error.message}


def raise_error(error: Mapping[str, Any]) -> None:
    """Raise the refusal that the other end sent, as the class that owns its code."""
    leaf = HardwareError.of_code(str(error.get("code"))) or ProtocolBroken
    raise leaf(str(error.get("message")))


@dataclass(frozen=True, slots=True)
class Opened:
    """What `open` tells of a meter."""

    model: str
    section_timeout: float
    row_seconds: float
    tools: tuple[str, ...]
    """Names of what can be done beside what every meter can do: KEYPAD, or nothing."""
    set_aside: int
    """Lines of the journal that could not be read."""


def opened_to(adapter: MeterAdapter, set_aside: int) -> dict[str, Any]:
    """What `open` tells of an adapter, and of the journal's lines that were set aside, as JSON."""
    return {
        "model": adapter.model,
        "section_timeout": adapter.section_timeout,
        "row_seconds": adapter.row_seconds,
        "tools": [] if adapter.tools is None else [KEYPAD],
        "set_aside": set_aside,
    }


def opened_from(message: Mapping[str, Any]) -> Opened:
    """What `open` told, from JSON; raises ProtocolBroken."""
    try:
        return Opened(
            str(message["model"]),
            float(message["section_timeout"]),
            float(message["row_seconds"]),
            tuple(str(name) for name in message["tools"]),
            int(message["set_aside"]),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ProtocolBroken("the meter process does not tell what it opened") from error


def submission_to(submission: Submission, *, presses: bool = True) -> dict[str, Any]:
    """A submission as JSON; without its presses it holds nothing of the row."""
    message: dict[str, Any] = {
        "outcome": submission.outcome.value,
        "evidence": evidence_to(submission.evidence),
        "result": submission.result,
        "locked_for": submission.locked_for,
        "tampered": submission.tampered,
    }
    if submission.handed_over:
        message["handed_over"] = True
    if presses:
        message["presses"] = [[press.key, press.at, press.length] for press in submission.presses]
    return message


def submission_from(message: Mapping[str, Any]) -> Submission:
    """A submission from JSON; raises ProtocolBroken."""
    try:
        return Submission(
            Outcome(message["outcome"]),
            evidence_from(message["evidence"]),
            message["result"],
            float(message["locked_for"]),
            tuple(Press(str(key), float(at), float(length)) for key, at, length in message.get("presses", [])),
            bool(message.get("tampered", False)),  # a journal of an earlier release has none
            bool(message.get("handed_over", False)),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ProtocolBroken("this is no submission") from error


def evidence_to(evidence: Evidence | None) -> dict[str, str] | None:
    """An evidence as JSON."""
    if evidence is None:
        return None
    return {"source": evidence.source.value, "seen": evidence.seen, "by": evidence.by}


def evidence_from(message: Mapping[str, str] | None) -> Evidence | None:
    """An evidence from JSON, or None; raises KeyError and ValueError."""
    if message is None:
        return None
    return Evidence(Source(message["source"]), message["seen"], message["by"])


def calibrated_to(calibrated: Calibrated) -> dict[str, float]:
    """A pace as JSON."""
    return {"press": calibrated.press, "gap": calibrated.gap}


def calibrated_from(message: Mapping[str, float]) -> Calibrated:
    """A pace from JSON; raises KeyError and ValueError."""
    return Calibrated(float(message["press"]), float(message["gap"]))


def loop_back_to(found: LoopBack | None) -> dict[str, list[str]] | None:
    """What a test plug showed, as JSON."""
    return None if found is None else {"keys": [*found.keys], "good": [*found.good], "bad": [*found.bad]}


def loop_back_from(message: Mapping[str, list[str]] | None) -> LoopBack | None:
    """What a test plug showed, from JSON, or None; raises KeyError."""
    return None if message is None else LoopBack(*(tuple(message[name]) for name in ("keys", "good", "bad")))


def probe_to(probe: Probe) -> dict[str, Any]:
    """A probe as JSON."""
    return {"model": probe.model, "meter_number": probe.meter_number, "krn": probe.krn}


def progress_to(progress: EntryProgress) -> dict[str, Any]:
    """How far a row has gone in, as JSON."""
    return {"done": progress.done, "of": progress.of, "key": progress.key, "display": progress.display}


def progress_from(message: Mapping[str, Any]) -> EntryProgress:
    """How far a row has gone in, from JSON; raises KeyError and ValueError."""
    return EntryProgress(int(message["done"]), int(message["of"]), message["key"], message["display"])

"""An STS security module as a source of rows: it makes them itself, and every answer is compared with what was asked.

A module counts what it issues, so a key change is issued once. It is asked for under a message id that follows from
the key change, and before that, whether it has a result under this id already: after a crash of the office, on
another of its processes, or after a lost answer it is fetched, and not made again.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from krn_engine.errors import KrnError
from krn_engine.issuing.errors import AnswerLost, SourceAnswerWrong, SourceDown, SourceError, SourceRefused
from krn_engine.issuing.key_state import KeyState
from krn_engine.issuing.plan import require_good
from krn_engine.issuing.sources.port import Asked, Health, KeyChangeAsked, SourceKind
from krn_engine.issuing.sources.tls_line import Lost
from krn_engine.issuing.sources.token_api import TokenApi
from krn_engine.row import Row
from krn_engine.sts.framing import MAX_TOKEN
from krn_engine.sts.identity import Ken, KeyType, Sgc
from krn_engine.sts.keys import Ea

KEYPAD = 2
"""TCT, token carrier type: numbers that are typed in (IEC 62055-41, 6.1.7)."""
CLASS = 2
SUBCLASSES = {Ea.EA07: (3, 4), Ea.EA11: (3, 4, 8, 9)}
"""Of the sections of a key change, in the order in which they are typed."""
SETTLED_AFTER = 30.0
"""Seconds after a lost answer from which on a module that knows of no result never began to make one."""
PAUSE = 5.0
"""Seconds for which a module that was down is not asked again: who waits on it holds a record of the register."""
_REMEMBERED = 1000
WRONG = "no row was kept, and while the module remembers this answer no other one is made. Ask its officer"


class StsModuleSource:
    """`ken` is that of the module's vending keys where a campaign sets none; `clock` gives seconds that only rise."""

    kind = SourceKind.STS_MODULE
    waits = True
    repeats = False

    def __init__(
        self, api: TokenApi, sgcs: tuple[Sgc, ...], ken: Ken, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._api = api
        self._sgcs = sgcs
        self._ken = ken
        self._clock = clock
        self._lock = threading.Lock()
        self._lost: dict[str, float] = {}
        self._down: tuple[float, SourceError] | None = None
        self._health: tuple[float, Health] | None = None

    def rows(self, asked: Asked) -> tuple[Row, ...]:
        """See `RowSource.rows`. Raises AnswerLost, SourceAnswerWrong, and what `refuse` raises."""
        if not isinstance(asked, KeyChangeAsked):
            raise SourceRefused("a security module has no ready-made rows")
        step = asked.step
        if {step.old.kt, step.new.kt} != {KeyType.DUTK}:
            raise SourceRefused("a security module is asked for keys of type 2 (DUTK) only: it is told no other type")
        ken = self._ken if step.ken is None else step.ken
        require_good(ken, step.new, None, asked.at)
        self._require_up()
        try:
            answer = self._asked(_message_id(asked, ken), *_in_its_words(asked, ken))
        except SourceDown as error:
            with self._lock:
                self._down = self._clock() + PAUSE, error
            raise
        return _checked(answer, asked, ken)

    def ken_of(self, _state: KeyState) -> Ken | None:
        """See `RowSource.ken_of`."""
        return self._ken

    def health(self, _at: datetime) -> Health:
        """See `RowSource.health`: the module answers and lets this office in. Asked at most once in `PAUSE`."""
        with self._lock:
            if self._health is not None and self._clock() < self._health[0]:
                return self._health[1]
        found = Health(self.kind, self._sgcs)
        try:
            with self._api.conversation() as talk:
                talk.ping()
                talk.sign_in()
        except KrnError as error:
            found = Health(self.kind, self._sgcs, error.code, error.message)
        with self._lock:
            self._health = self._clock() + PAUSE, found
            if found.ready:
                self._down = None
        return found

    def close(self) -> None:
        """Nothing stays open between two conversations."""

    def _require_up(self) -> None:
        with self._lock:
            if self._down is not None and self._clock() < self._down[0]:
                raise SourceDown(f"{self._down[1].message} (it is asked again in a few seconds)")

    def _asked(self, message_id: str, meter: Mapping[str, Any], to: Mapping[str, Any]) -> Sequence[Any]:
        try:
            with self._api.conversation() as talk:
                made = talk.fetch(message_id)
                if made is None:
                    self._require_settled(message_id)
                    made = talk.issue(message_id, meter, to)
        except Lost:
            self._remember(message_id)
            made = self._fetched(message_id)
        with self._lock:
            self._lost.pop(message_id, None)
            self._down = None
        return made

    def _fetched(self, message_id: str) -> Sequence[Any]:
        """What the lost answer was, on another connection. Raises AnswerLost."""
        try:
            with self._api.conversation() as talk:
                made = talk.fetch(message_id)
        except SourceError:
            made = None
        if made is None:
            raise _not_known()
        return made

    def _require_settled(self, message_id: str) -> None:
        """Raises AnswerLost while the module may still be at work on it."""
        with self._lock:
            since = self._lost.get(message_id)
        if since is not None and self._clock() - since < SETTLED_AFTER:
            raise _not_known()

    def _remember(self, message_id: str) -> None:
        with self._lock:
            now = self._clock()
            if len(self._lost) >= _REMEMBERED:
                self._lost = {key: at for key, at in self._lost.items() if now - at < SETTLED_AFTER}
            self._lost[message_id] = now


def _not_known() -> AnswerLost:
    return AnswerLost(
        "the security module was asked and its answer was lost: nothing was kept. Ask for this meter again in half a "
        "minute; what the module made is fetched then, and not made twice"
    )


def _message_id(asked: KeyChangeAsked, ken: Ken) -> str:
    """An IDENT of 39 characters (1 to 40; the first a letter or digit), the same for the same key change."""
    what = f"{asked.drn}|{asked.step.old}|{asked.step.new}|{int(ken)}"
    return "k" + hashlib.sha256(what.encode()).hexdigest()[:38]


def _in_its_words(asked: KeyChangeAsked, ken: Ken) -> tuple[Mapping[str, str | int | bool], Mapping[str, str | int]]:
    """The meter as it is, and what of it is to change.

    Left to itself a module goes to the newest KRN and KEN that it has, and a chain of two hops becomes one. Three-token
    sets are not asked for: nothing here knows how a meter takes their third row.
    """
    old, new = asked.step.old, asked.step.new
    meter: Mapping[str, str | int | bool] = {
        "drn": str(asked.drn),
        "ea": int(old.ea),
        "tct": KEYPAD,
        "sgc": str(old.sgc),
        "krn": int(old.krn),
        "ti": old.ti.number,
        "ken": int(ken),
        "allowKrnUpdate": False,
        "allowKenUpdate": False,
        "allow3Kct": False,
    }
    return meter, {"toSgc": str(new.sgc), "toKrn": int(new.krn), "toTi": new.ti.number}


def _checked(tokens: Sequence[Any], asked: KeyChangeAsked, ken: Ken) -> tuple[Row, ...]:
    """The rows of an answer. Raises SourceAnswerWrong, which names the field, for anything but what was asked."""
    old, new = asked.step.old, asked.step.new
    wanted = SUBCLASSES[old.ea]
    if len(tokens) != len(wanted):
        raise _wrong("the number of rows")
    advice = getattr(tokens[0], "newConfig", None)
    _require(advice, toSgc=int(new.sgc.digits), toKrn=int(new.krn), toTi=new.ti.number, toKen=int(ken))
    _require(advice, rollover=int(old.base_date != new.base_date))
    for token, subclass in zip(tokens, wanted, strict=True):
        of_old = {"sgc": int(old.sgc.digits), "krn": int(old.krn), "ti": old.ti.number}
        _require(token, tokenClass=CLASS, subclass=subclass, **of_old)
    rows = tuple(_row(getattr(token, "tokenDec", None)) for token in tokens)
    if len(set(rows)) != len(rows):
        raise _wrong("tokenDec")
    return rows


def _require(structure: Any, **fields: int) -> None:
    """Each field must say this number, as one or in digits. Raises SourceAnswerWrong."""
    for name, number in fields.items():
        if _number(getattr(structure, name, None)) != number:
            raise _wrong(name)


def _number(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value)
    return int(value) if isinstance(value, int) else None


def _row(digits: Any) -> Row:
    try:
        row = Row(digits)
    except (TypeError, ValueError):
        raise _wrong("tokenDec") from None
    if int(row) > MAX_TOKEN:
        raise _wrong("tokenDec")
    return row


def _wrong(field: str) -> SourceAnswerWrong:
    return SourceAnswerWrong(f"the security module's answer is not what was asked for ({field}): {WRONG}")

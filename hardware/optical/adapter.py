"""The optical adapter: hands a row to a meter's Token gateway by light, and tells what the meter itself says of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from hardware.adapter import (
    UNKNOWN,
    EntryProgress,
    Evidence,
    MeterAdapter,
    MeterRegister,
    Outcome,
    Probe,
    RowEntry,
    Source,
    Submission,
)
from hardware.errors import AccessRefused, HardwareError, LineLost, MeterAnswersWrong, NoAnswer, WrongMeter
from hardware.optical.axdr import Data
from hardware.optical.client import Association
from hardware.optical.connection import NO_SECRETS, MeterConnection, descriptor_of, text_of
from hardware.optical.gateway import (
    TOKEN,
    TOKEN_STATUS,
    StatusCode,
    TokenGateway,
    TokenStatus,
    octets_of,
    status_of,
)
from hardware.optical.line import Line
from hardware.optical.model import CosemAttribute, OpticalModel
from hardware.optical.secrets import Secrets
from hardware.optical.xdlms import ServiceResult, obis

BY = "optical port"
STEPS = ("connected", "number read", "sent", "answered")
"""What a row's `EntryProgress` counts."""
UNCLEAR = Submission(Outcome.UNKNOWN, handed_over=True)
DENIED = (
    ServiceResult.READ_WRITE_DENIED,
    ServiceResult.OBJECT_UNDEFINED,
    ServiceResult.OBJECT_CLASS_INCONSISTENT,
    ServiceResult.OBJECT_UNAVAILABLE,
    ServiceResult.TYPE_UNMATCHED,
    ServiceResult.SCOPE_OF_ACCESS_VIOLATED,
)
"""Answers to `enter` after which the meter surely does not have the row."""
LOOKS = 3
"""How often a meter that went silent behind a row is connected to again, within the row's time."""
T = TypeVar("T")


class _NotAskedYet:
    """No meter was seen yet, which is not the same as a meter that tells no number."""


@dataclass(frozen=True, slots=True)
class _Before:
    """What a meter had and said right before a row went to it."""

    meter: Association
    alike: bool
    """The token that it had is this very row, or it tells none: what it said of that one may look like an answer."""
    status: Data | ServiceResult
    count: str | None
    """Technical tokens, where the model names that register."""


class OpticalAdapter(MeterAdapter):
    """One meter behind one optical head. For example::

        with OpticalAdapter(lambda: SerialLine(port, model.start), model, secrets) as adapter:
            answer = adapter.submit(row, deadline=60, cancel=threading.Event())

    A row goes to the meter whose number was read first, and to no other one. It is sent once: where no answer came, the
    meter is asked what it has, and never given the row again.
    """

    def __init__(
        self,
        open_line: Callable[[], Line],
        model: OpticalModel,
        secrets: Secrets = NO_SECRETS,
        title: bytes = b"",
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """`title`: the client's system title, where the meter wants keys."""
        super().__init__(model.name)
        self.section_timeout, self.row_seconds = model.section_timeout, model.timing.row
        self._known = model
        self._connection = MeterConnection(open_line, model, secrets, title, clock=clock, wait=wait)
        self._clock, self._wait = clock, wait
        self._number: str | type[_NotAskedYet] | None = _NotAskedYet

    # --- the contract

    def probe(self) -> Probe:
        """Its number and KRN. Raises NoAnswer, AccessRefused, MeterAnswersWrong, LineLost."""
        with self._alone():
            number, krn = self._asked(lambda meter: (self._read_number(meter), self._read(meter, MeterRegister.KRN)))
        self._number = number
        return Probe(self.model, number, int(krn) if krn is not None and krn.isdecimal() else None)

    def _submit(self, entry: RowEntry) -> Submission:
        """Raises AccessRefused, and WrongMeter where another meter is under the head than before: it has no row."""
        try:
            return self._sent(entry)
        finally:
            if self._closed.is_set():
                self._connection.shut()

    def _sent(self, entry: RowEntry) -> Submission:
        end = self._clock() + entry.deadline
        octets = octets_of(entry.row, self._known.token_form)
        try:
            before = self._asked(lambda meter: self._before(self._right_meter(meter), octets))
        except (AccessRefused, WrongMeter):
            # Not tried once more by itself: meters count who was not let in.
            raise
        except HardwareError as error:
            return self._not_sent(f"not reached: {error.code}")
        entry.watch(EntryProgress(1, len(STEPS)))
        entry.watch(EntryProgress(2, len(STEPS)))
        if self._stopped(entry.cancel) or self._clock() > end:
            return self._not_sent("stopped before the row was sent")
        try:
            answer: ServiceResult | None = self._gateway(before.meter).enter(octets)
        except AccessRefused:
            answer = ServiceResult.READ_WRITE_DENIED
        except (LineLost, NoAnswer, MeterAnswersWrong):
            self._connection.give_up()
            answer = None
        entry.watch(EntryProgress(3, len(STEPS)))
        submission = self._became_of(before, octets, answer, end)
        if submission.outcome is Outcome.FAULT and answer in DENIED:
            raise AccessRefused("the meter lets this kiosk enter no code by light: type the rows at the keypad")
        entry.watch(EntryProgress(4, len(STEPS)))
        return submission

    def read(self, register: MeterRegister) -> Evidence | None:
        """See `MeterAdapter.read`. Raises as `probe` does."""
        if self._object_of(register) is None:
            return None
        with self._alone():
            seen = self._asked(lambda meter: self._read(meter, register))
        if register is MeterRegister.METER_NUMBER:
            self._number = seen
        return None if not seen else Evidence(Source.REGISTER, seen, BY)

    def tampered(self) -> bool | None:
        """See `MeterAdapter.tampered`: a register that is 0 or false where nothing was tampered with."""
        shown = self.read(MeterRegister.TAMPER)
        return _is_set(None if shown is None else shown.seen)

    def read_result(self) -> Submission:
        """What the meter says of the token that came last, whichever it was."""
        with self._alone():
            status = self._asked(lambda meter: self._gateway(meter).status())
            return UNKNOWN if status is None else self._judged(status)

    def close(self) -> None:
        """Release the meter, or where it is being spoken to, only give the line back."""
        super().close()
        if self._busy.acquire(blocking=False):
            try:
                self._connection.hang_up()
            finally:
                self._busy.release()
        else:
            self._connection.shut()

    # --- one meter, and the same one

    def _asked(self, question: Callable[[Association], T]) -> T:
        """Ask the meter something that changes nothing: once more where a connection of before had ended meanwhile."""
        again = self._connection.kept
        while True:
            try:
                return question(self._connection.meter())
            except AccessRefused:
                self._connection.hang_up()
                raise
            except (LineLost, NoAnswer, MeterAnswersWrong):
                self._connection.give_up()
                if not again or self._closed.is_set():
                    raise
                again = False

    def _right_meter(self, meter: Association) -> Association:
        """The association, once its meter has told the number of before. Raises WrongMeter."""
        number = self._read_number(meter)
        if self._number is _NotAskedYet:
            self._number = number
        if number != self._number:
            raise WrongMeter("another meter is under the head than before: nothing was sent; put the head back")
        return meter

    def _read_number(self, meter: Association) -> str | None:
        return self._read(meter, MeterRegister.METER_NUMBER)

    def _read(self, meter: Association, register: MeterRegister) -> str | None:
        """A register as text; None for one that the model does not know, or the meter does not tell."""
        attribute = self._object_of(register)
        value = ServiceResult.OBJECT_UNDEFINED if attribute is None else meter.get(descriptor_of(attribute))
        return None if isinstance(value, ServiceResult) else text_of(value)

    def _object_of(self, register: MeterRegister) -> CosemAttribute | None:
        return self._known.objects.get(register)

    def _gateway(self, meter: Association) -> TokenGateway:
        return TokenGateway(meter, obis(self._known.gateway))

    # --- what became of a row

    def _before(self, meter: Association, octets: bytes) -> _Before:
        """Not looked into: what a meter tells of no token at all may be of any type."""
        gateway = self._gateway(meter)
        token = gateway.attribute(TOKEN)
        alike = isinstance(token, ServiceResult) or token.value == octets
        count = self._read(meter, MeterRegister.TECHNICAL_COUNT) if alike else None
        return _Before(meter, alike, gateway.attribute(TOKEN_STATUS) if alike else ServiceResult.SUCCESS, count)

    def _became_of(self, before: _Before, octets: bytes, answer: ServiceResult | None, end: float) -> Submission:
        """`answer`: what the meter said when it got the row; None: nothing that was understood."""
        for look in range(LOOKS):
            if look:
                self._wait(min(self._known.timing.poll, max(0.0, end - self._clock())))
            if self._given_up(end):
                break
            # A connection that has to be opened anew may be another meter's.
            known = self._connection.kept
            try:
                meter = self._connection.meter()
                return self._looked(meter if known else self._right_meter(meter), before, octets, answer, end)
            except (AccessRefused, WrongMeter):
                self._connection.hang_up()
                # A meter that started anew serves nobody until somebody is let in again.
                if not known:
                    break
            except (LineLost, NoAnswer, MeterAnswersWrong):
                self._connection.give_up()
        return UNCLEAR

    def _looked(
        self, meter: Association, before: _Before, octets: bytes, answer: ServiceResult | None, end: float
    ) -> Submission:
        """Ask what the meter has and how far it is with it, until it has done. Raises as `probe` does."""
        gateway = self._gateway(meter)
        while True:
            # The state first: a token that comes by another way in between then shows in the second answer.
            told, token = gateway.attribute(TOKEN_STATUS), gateway.token()
            status = status_of(told)
            if token != octets and not (token is None and answer is ServiceResult.SUCCESS):
                return self._not_there(meter, answer, told=token is not None)
            if status is not None and status.code.ended:
                if not self._is_new(meter, before, told, answer):
                    return self._not_there(meter, answer, told=True)
                return self._explained(meter, self._judged(status))
            if status is None or self._given_up(end):
                return replace(UNCLEAR, evidence=self._evidence(status))
            self._wait(self._known.timing.poll)

    def _is_new(
        self, meter: Association, before: _Before, told: Data | ServiceResult, answer: ServiceResult | None
    ) -> bool:
        """Whether it says this of the row that went, and not of the one before: with the supply a row may be gone."""
        if not before.alike or (meter is before.meter and answer is ServiceResult.SUCCESS) or told != before.status:
            return True
        return self._read(meter, MeterRegister.TECHNICAL_COUNT) != before.count

    def _given_up(self, end: float) -> bool:
        return self._clock() > end or self._closed.is_set() or self._aborted.is_set()

    def _not_there(self, meter: Association, answer: ServiceResult | None, *, told: bool) -> Submission:
        """The meter has another token than the row, or (not `told`) does not say which: it took none, or it is gone."""
        if answer in (None, ServiceResult.SUCCESS) or not (told or answer in DENIED):
            # The row may have come and gone with the supply, and another token may have come since.
            return UNCLEAR
        seen = f"enter: {answer.name.lower().replace('_', ' ')}"
        seconds = self._locked_for(meter)
        if not seconds:
            return self._not_sent(seen)
        return Submission(Outcome.LOCKED_OUT, Evidence(Source.STATUS_CODE, seen, BY), "Lockout", locked_for=seconds)

    def _judged(self, status: TokenStatus) -> Submission:
        """What a status says of the token that came last."""
        result = self._known.results.get(status.bits)
        evidence = self._evidence(status)
        if not status.code.ended:
            return replace(UNCLEAR, evidence=evidence)
        if result is not None and result in self._known.lockout:
            return Submission(Outcome.LOCKED_OUT, evidence, result)
        outcome = Outcome.REJECTED
        if status.code is StatusCode.EXECUTION_OK:
            outcome = Outcome.PARTIAL if result in self._known.waits else Outcome.ACCEPTED
        return Submission(outcome, evidence, result, handed_over=True)

    def _explained(self, meter: Association, submission: Submission) -> Submission:
        """The same, with what other registers say of a refusal: a lock-out, or the tamper state."""
        if submission.outcome not in (Outcome.REJECTED, Outcome.LOCKED_OUT):
            return submission
        tamper = self._read(meter, MeterRegister.TAMPER)
        return replace(submission, locked_for=self._locked_for(meter), tampered=_is_set(tamper) is True)

    def _locked_for(self, meter: Association) -> float:
        """Seconds of lock-out that are left; 0 if the meter is not locked, or does not tell."""
        if self._known.locked_for is None:
            return 0.0
        value = meter.get(descriptor_of(self._known.locked_for))
        if isinstance(value, ServiceResult) or isinstance(value.value, bool) or not isinstance(value.value, int):
            return 0.0
        return float(max(0, value.value))

    def _evidence(self, status: TokenStatus | None) -> Evidence | None:
        if status is None:
            return None
        result = self._known.results.get(status.bits)
        return Evidence(Source.STATUS_CODE, str(status) if result is None else f"{status}: {result}", BY)

    def _not_sent(self, seen: str) -> Submission:
        return Submission(Outcome.FAULT, Evidence(Source.STATUS_CODE, seen, BY))


def _is_set(shown: str | None) -> bool | None:
    """What a register says that is 0 or false in a meter with which nobody tampered; None: nobody can tell."""
    return int(shown) != 0 if shown is not None and shown.isdecimal() else None

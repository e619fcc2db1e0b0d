"""The optical adapter on the virtual meter's port: rows go once, to the right meter, and its own answer is told."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from hardware.adapter import EntryProgress, MeterRegister, Outcome, Source, Submission
from hardware.errors import (
    AccessRefused,
    AdapterBusy,
    AdapterClosed,
    JournalBroken,
    LineLost,
    NoAnswer,
    NotARow,
    WrongMeter,
)
from hardware.optical.adapter import STEPS, OpticalAdapter
from hardware.optical.association import Mechanism
from hardware.optical.axdr import Data, Tag
from hardware.optical.connection import text_of
from hardware.optical.gateway import CLASS_ID, TOKEN, StatusCode
from hardware.optical.line import Line, LineFormat
from hardware.optical.model import Access, OpticalModel, Route, TokenForm
from hardware.optical.models import read_model
from hardware.optical.secrets import Secrets
from hardware.virtual.optical.cosem import Client
from hardware.virtual.optical.faults import LightDice, OpticalFault
from hardware.virtual.optical.style import Closing, Style
from hardware.virtual.optical.token_gateway import Status, Taken
from krn_engine.demo import DemoCase
from krn_engine.sts.results import TokenResult
from tests.support.bench import GO
from tests.support.meter_process import Process
from tests.support.optical import KEYS, PASSWORD, Optical

TITLE = b"KSK\x00\x00\x00\x00\x01"
SECRETS = Secrets(PASSWORD, KEYS.authentication, KEYS.encryption)
MODEL = read_model("virtual-optical")
DIRECT = replace(MODEL, route=Route.HDLC, start=LineFormat(9600))
"""Without a sign-on, so that fewer seconds pass."""
DIRECT_STYLE = Style(sign_on=False)


@dataclass
class OnPort:
    """A virtual meter and the adapter before its port."""

    optical: Optical
    model: OpticalModel = MODEL
    secrets: Secrets = SECRETS
    lines: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        clock = self.optical.hand
        self.adapter = OpticalAdapter(
            self._line,
            self.model,
            self.secrets,
            TITLE,
            clock=clock,
            wait=clock.wait,
        )

    def _line(self) -> Line:
        self.lines.append(self.optical.line())
        return self.lines[-1]

    def submit(self, row: str, deadline: float = 60.0, **more: Any) -> Submission:
        return self.adapter.submit(row, deadline=deadline, cancel=more.pop("cancel", GO), **more)


def direct(**settings: Any) -> OnPort:
    return OnPort(Optical(style=settings.pop("style", DIRECT_STYLE), **settings), DIRECT)


def after_enter(optical: Optical, happens: Callable[[int], bool]) -> None:
    """From the burst with the first token on, what the meter answers is lost while `happens(burst)`."""
    send = optical.light.send
    count = 0

    def lossy(data: bytes, fmt: LineFormat, now: float) -> Any:
        nonlocal count
        answers = send(data, fmt, now)
        if not optical.gateway.entered:
            return answers
        count += 1
        return [] if happens(count) else answers

    optical.light.send = lossy  # type: ignore[method-assign]


# --- what it is for


@pytest.mark.parametrize("model", [MODEL, DIRECT], ids=["mode-e", "direct"])
def test_four_rows_upgrade_a_meter_by_its_own_answers(model: OpticalModel) -> None:
    on_port = OnPort(Optical(style=Style() if model is MODEL else DIRECT_STYLE), model)
    with on_port.adapter as adapter:
        probe = adapter.probe()
        assert probe.meter_number == str(on_port.optical.meter.state.drn)
        assert probe.krn == 1
        answers = [on_port.submit(row) for row in on_port.optical.rows]
        shown = adapter.read(MeterRegister.KRN)
    assert [answer.outcome.name for answer in answers] == ["PARTIAL", "ACCEPTED"] * 2
    assert [answer.result for answer in answers] == ["1stKCT", "Accept"] * 2
    assert all(answer.handed_over for answer in answers)
    evidence = answers[0].evidence
    assert evidence is not None
    assert (evidence.source, evidence.seen) == (Source.STATUS_CODE, "3 execution ok: 1stKCT")
    assert shown is not None
    assert shown.seen == str(int(on_port.optical.meter.state.key.krn)) == "3"
    assert on_port.optical.gateway.entered == 4
    assert len(on_port.lines) == 1


def test_the_exchange_is_told_step_by_step() -> None:
    on_port, told = direct(), []

    def watch(progress: EntryProgress) -> None:
        told.append((progress.done, on_port.optical.gateway.entered))

    on_port.submit(on_port.optical.rows[0], watch=watch)
    assert told == [(1, 0), (2, 0), (3, 1), (4, 1)]
    assert len(STEPS) == 4


@pytest.mark.parametrize("form", TokenForm)
def test_a_row_goes_in_the_form_of_the_model(form: TokenForm) -> None:
    on_port = OnPort(Optical(style=DIRECT_STYLE, form=form), replace(DIRECT, token_form=form))
    assert on_port.submit(on_port.optical.rows[0]).outcome is Outcome.PARTIAL


@pytest.mark.parametrize(("client", "ciphered"), [(2, False), (3, True)], ids=["hls", "ciphered"])
@pytest.mark.parametrize("route", [DIRECT, MODEL], ids=["direct", "mode-e"])
def test_keys_let_in_where_a_meter_wants_them(route: OpticalModel, client: int, ciphered: bool) -> None:
    model = replace(route, client=client, access=Access.HLS_GMAC, ciphered=ciphered)
    optical = Optical(style=DIRECT_STYLE if route is DIRECT else Style())
    for row, outcome in zip(optical.rows[:2], (Outcome.PARTIAL, Outcome.ACCEPTED), strict=True):
        # Each time another process: the meter takes no invocation counter twice.
        on_port = OnPort(optical, model)
        with on_port.adapter:
            assert on_port.submit(row).outcome is outcome
        optical.hand.wait(60.0)


@pytest.mark.parametrize(("access", "ciphered"), [(Access.HLS_GMAC, False), (Access.LLS, True)])
def test_no_counter_of_this_sides_own_is_ever_used_with_a_key(access: Access, ciphered: bool) -> None:
    with pytest.raises(ValueError, match="invocation counter"):
        OnPort(Optical(), replace(DIRECT, access=access, ciphered=ciphered, counter=None))


def test_registers_are_read_as_the_meter_shows_them() -> None:
    on_port = direct()
    on_port.submit(on_port.optical.rows[0])
    with on_port.adapter as adapter:
        assert adapter.tampered() is False
        for register, seen in (
            (MeterRegister.METER_NUMBER, str(on_port.optical.meter.state.drn)),
            (MeterRegister.TECHNICAL_COUNT, "1"),
            (MeterRegister.LAST_TOKEN, on_port.optical.rows[0]),
        ):
            evidence = adapter.read(register)
            assert evidence is not None
            assert (evidence.source, evidence.seen) == (Source.REGISTER, seen)
        again = adapter.read_result()
    assert (again.outcome, again.result) == (Outcome.PARTIAL, "1stKCT")


def test_what_the_model_does_not_name_or_the_meter_does_not_tell_is_none() -> None:
    optical = Optical(style=DIRECT_STYLE)
    blind = OnPort(optical, replace(DIRECT, objects={}))
    assert blind.adapter.read(MeterRegister.KRN) is None
    assert blind.adapter.tampered() is None
    assert not blind.lines
    public = OnPort(optical, replace(DIRECT, client=16, access=Access.PUBLIC))
    assert public.adapter.read(MeterRegister.KRN) is None
    assert public.adapter.tampered() is None
    assert public.adapter.read_result().outcome is Outcome.UNKNOWN
    assert public.adapter.probe().krn is None


# --- which meter


def swap(on_port: OnPort, other: Optical) -> None:
    """The head is put on another meter."""
    on_port.optical.light.face = other.face


def test_another_meter_gets_no_row() -> None:
    on_port = direct()
    assert on_port.submit(on_port.optical.rows[0]).outcome is Outcome.PARTIAL
    other = Optical(case=DemoCase.TWO_ROWS, style=DIRECT_STYLE)
    own = on_port.optical.light.face
    swap(on_port, other)
    with pytest.raises(WrongMeter):
        on_port.submit(on_port.optical.rows[1])
    assert other.gateway.entered == 0
    on_port.optical.light.face = own
    assert on_port.submit(on_port.optical.rows[1]).outcome is Outcome.ACCEPTED


def test_the_number_that_a_session_has_read_binds_its_rows_too() -> None:
    on_port = direct()
    assert on_port.adapter.read(MeterRegister.METER_NUMBER) is not None
    other = Optical(case=DemoCase.TWO_ROWS, style=DIRECT_STYLE)
    swap(on_port, other)
    with pytest.raises(WrongMeter):
        on_port.submit(on_port.optical.rows[0])
    assert other.gateway.entered == 0
    # Another customer comes, and the session asks anew whose meter it is.
    shown = on_port.adapter.read(MeterRegister.METER_NUMBER)
    assert shown is not None
    assert shown.seen == str(other.meter.state.drn)
    assert on_port.submit(other.rows[0]).outcome is Outcome.PARTIAL


def test_a_meter_that_tells_no_number_any_more_gets_no_row() -> None:
    on_port = direct()
    assert on_port.adapter.probe().meter_number is not None
    hidden = replace(DIRECT, objects={})
    on_port.adapter._known = hidden
    with pytest.raises(WrongMeter):
        on_port.submit(on_port.optical.rows[0])
    assert on_port.optical.gateway.entered == 0


def test_a_meter_that_never_told_one_gets_rows_for_a_person_has_looked() -> None:
    on_port = OnPort(Optical(style=DIRECT_STYLE), replace(DIRECT, objects={}))
    assert on_port.adapter.probe().meter_number is None
    assert on_port.submit(on_port.optical.rows[0]).outcome is Outcome.PARTIAL


def test_the_number_is_asked_before_each_row_goes() -> None:
    on_port = direct()
    asked = []
    read = on_port.optical.meter.register

    def register(which: MeterRegister) -> str:
        asked.append((which, on_port.optical.gateway.entered))
        return read(which)

    on_port.optical.meter.register = register  # type: ignore[method-assign, assignment]
    for row in on_port.optical.rows[:2]:
        on_port.submit(row)
    assert [before for which, before in asked if which is MeterRegister.METER_NUMBER] == [0, 1]


# --- who is let in


@pytest.mark.parametrize("secrets", [Secrets(), Secrets(b"another password")], ids=["no password", "another password"])
def test_without_the_right_password_there_is_a_clear_answer_and_nothing_goes(secrets: Secrets) -> None:
    on_port = OnPort(Optical(style=DIRECT_STYLE), DIRECT, secrets)
    with pytest.raises(AccessRefused, match="password"):
        on_port.adapter.probe()
    tries = on_port.optical.server.refused
    with pytest.raises(AccessRefused, match="password"):
        on_port.submit(on_port.optical.rows[0])
    # A meter may count wrong passwords: one call is one try.
    assert on_port.optical.server.refused == (2 * tries if tries else 0)
    assert on_port.optical.gateway.entered == 0


def test_a_meter_that_lets_nobody_in_is_left_disconnected() -> None:
    optical = Optical()
    with pytest.raises(AccessRefused):
        OnPort(optical, secrets=Secrets(b"another password")).adapter.probe()
    start = optical.hand()
    assert OnPort(optical).adapter.probe().krn == 1
    # At once, by its sign-on, and not after a while in which nobody could be heard.
    assert optical.hand() - start < 4.0


def test_a_client_that_may_enter_nothing_is_told_that_nothing_went_in() -> None:
    on_port = OnPort(Optical(style=DIRECT_STYLE), replace(DIRECT, client=4))
    with pytest.raises(AccessRefused, match="no code by light"):
        on_port.submit(on_port.optical.rows[0])
    assert on_port.optical.gateway.entered == 0


def test_a_client_that_may_not_read_what_became_of_a_row_does_not_know_it() -> None:
    optical = Optical(style=DIRECT_STYLE)
    optical.server._clients[5] = Client(5, Mechanism.LLS, PASSWORD, enters=True)
    on_port = OnPort(optical, replace(DIRECT, client=5))
    answer = on_port.submit(on_port.optical.rows[0])
    assert (answer.outcome, answer.handed_over) == (Outcome.UNKNOWN, True)
    assert on_port.optical.gateway.entered == 1


# --- what the meter says


def test_a_slow_meter_is_asked_until_it_has_done() -> None:
    on_port = direct(processing=8.0)
    assert on_port.submit(on_port.optical.rows[0]).outcome is Outcome.PARTIAL


def test_a_connection_on_which_a_meter_was_asked_for_long_is_no_old_one() -> None:
    on_port = direct(processing=40.0)
    assert on_port.submit(on_port.optical.rows[0]).outcome is Outcome.PARTIAL
    assert on_port.adapter.read(MeterRegister.KRN) is not None
    assert len(on_port.lines) == 1


def test_a_meter_that_does_not_get_done_in_time_is_unknown_and_not_refused() -> None:
    on_port = direct(processing=100.0)
    start = on_port.optical.hand()
    answer = on_port.submit(on_port.optical.rows[0], deadline=20.0)
    assert (answer.outcome, answer.handed_over) == (Outcome.UNKNOWN, True)
    assert answer.evidence is not None
    assert "8 received" in answer.evidence.seen
    assert 20.0 <= on_port.optical.hand() - start < 25.0
    # Nor is a row behind it taken: nothing was handed over, and the first one is as it was.
    second = on_port.submit(on_port.optical.rows[1], deadline=20.0)
    assert second.outcome is Outcome.FAULT
    assert on_port.optical.gateway.entered == 1


def test_a_refused_row_is_told_with_its_reason_and_then_the_lock_out() -> None:
    on_port = direct()
    wrong = on_port.optical.rows[0][::-1]
    answers = [on_port.submit(wrong) for _ in range(4)]
    assert [answer.outcome.name for answer in answers] == ["REJECTED"] * 3 + ["LOCKED_OUT"]
    assert answers[0].result in ("CRCError", "FormatError")
    assert answers[0].handed_over
    assert answers[0].locked_for == 0.0
    assert 0 < answers[2].locked_for <= 10.0
    assert 0 < answers[3].locked_for <= 10.0
    assert answers[3].result == "Lockout"


def test_a_meter_that_was_tampered_with_is_told_as_such() -> None:
    on_port = direct()
    on_port.optical.meter.state = replace(on_port.optical.meter.state, tampered=True)
    answer = on_port.submit(on_port.optical.rows[0])
    assert (answer.outcome, answer.tampered) == (Outcome.REJECTED, True)
    assert on_port.adapter.tampered() is True


def test_a_lock_out_that_closes_the_port_is_waited_out_for_the_answer_as_long_as_the_row_has_time() -> None:
    on_port = direct(style=Style(sign_on=False, closing=Closing.CLOSED))
    backwards = on_port.optical.rows[0][::-1]
    seconds, answers = [], []
    for number in range(5):
        start = on_port.optical.hand()
        # Each another one: of the same one again the same refusal proves nothing once the port was dark.
        answers.append(on_port.submit(backwards[number:] + backwards[:number]))
        seconds.append(on_port.optical.hand() - start)
    # The third one darkens the port for 10 s, the fourth for 20, the fifth for longer than the meter is looked for.
    assert [answer.outcome.name for answer in answers] == ["REJECTED"] * 4 + ["UNKNOWN"]
    assert max(seconds[:2]) < 3.0
    assert 10.0 < seconds[2] < seconds[3]
    assert on_port.optical.gateway.entered == 5


# --- what goes wrong on the way


def test_a_row_whose_answer_is_lost_is_asked_for_and_not_sent_again() -> None:
    on_port = direct()
    after_enter(on_port.optical, lambda burst: burst <= 3)
    answer = on_port.submit(on_port.optical.rows[0])
    assert answer.outcome is Outcome.PARTIAL
    assert on_port.optical.gateway.entered == 1
    assert len(on_port.lines) == 2


@pytest.mark.parametrize("model", [MODEL, DIRECT], ids=["mode-e", "direct"])
def test_a_row_behind_which_the_meter_stays_silent_is_unknown(model: OpticalModel) -> None:
    on_port = OnPort(Optical(style=Style() if model is MODEL else DIRECT_STYLE), model)
    after_enter(on_port.optical, lambda _burst: True)
    answer = on_port.submit(on_port.optical.rows[0])
    assert (answer.outcome, answer.handed_over) == (Outcome.UNKNOWN, True)
    assert on_port.submit(on_port.optical.rows[0]).outcome is Outcome.FAULT
    assert on_port.optical.gateway.entered == 1


def test_a_head_that_comes_off_behind_a_row_and_is_put_on_another_meter_tells_nothing() -> None:
    on_port = direct()
    other = Optical(case=DemoCase.TWO_ROWS, style=DIRECT_STYLE)
    # It even says of such a row that it was taken.
    other.gateway.token = on_port.optical.rows[0].encode()
    other.gateway._status = Status(StatusCode.EXECUTION_OK, TokenResult.ACCEPT)
    entered = on_port.optical.gateway.enter

    def enter(octets: bytes) -> Any:
        taken = entered(octets)
        swap(on_port, other)
        return taken

    on_port.optical.gateway.enter = enter  # type: ignore[method-assign]
    # The answer itself still comes from the first meter's light; what follows is the other's.
    answer = on_port.submit(on_port.optical.rows[0])
    assert (answer.outcome, answer.handed_over) == (Outcome.UNKNOWN, True)
    assert other.gateway.entered == 0


def test_a_supply_that_goes_behind_a_row_leaves_it_unknown() -> None:
    optical = Optical(style=DIRECT_STYLE, processing=3.0, dice=LightDice(frozenset({OpticalFault.POWER_CUT})))
    optical.light.dice.cut_at_row = 1
    on_port = OnPort(optical, DIRECT)
    answer = on_port.submit(optical.rows[0])
    assert (answer.outcome, answer.handed_over) == (Outcome.UNKNOWN, True)
    assert optical.gateway.entered == 1
    assert optical.meter.state.sections == ()


@pytest.mark.parametrize("told", ["says which", "says none"])
@pytest.mark.parametrize("index", [0, 1], ids=["half a key change", "a whole one"])
def test_what_a_meter_said_of_the_same_row_before_is_no_answer_once_its_supply_went(index: int, told: str) -> None:
    optical = Optical(style=DIRECT_STYLE)
    on_port = OnPort(optical, DIRECT)
    for row in optical.rows[: index + 1]:
        assert on_port.submit(row).outcome in (Outcome.PARTIAL, Outcome.ACCEPTED)
    if told == "says none":
        refuse_token(optical)
    # By a person's word, the same row again: the meter goes dark before it has looked at it.
    optical.gateway.processing = 3.0
    optical.light.dice = LightDice(frozenset({OpticalFault.POWER_CUT}))
    optical.light.dice.cut_at_row = index + 2
    optical.light.dice.cut_before_answer = told == "says which"
    before = optical.gateway.status
    answer = on_port.submit(optical.rows[index])
    assert optical.gateway.status == before
    assert (answer.outcome, answer.handed_over) == (Outcome.UNKNOWN, True)
    assert optical.gateway.entered == index + 2


def refuse_token(optical: Optical) -> None:
    """The meter lets nobody read which token came last."""
    gateway: Any = next(one for one in optical.server.objects.values() if one.class_id == CLASS_ID)
    del gateway.attributes[TOKEN]


def test_the_same_row_again_is_told_where_the_meter_has_an_answer_to_it() -> None:
    on_port = direct()
    first = on_port.submit(on_port.optical.rows[0])
    after_enter(on_port.optical, lambda burst: 5 < burst <= 12)
    again = on_port.submit(on_port.optical.rows[0])
    assert [answer.outcome for answer in (first, again)] == [Outcome.PARTIAL, Outcome.PARTIAL]
    assert on_port.optical.gateway.entered == 2
    assert len(on_port.lines) > 1


def test_a_meter_that_refuses_to_take_the_same_row_again_does_not_tell_of_it_what_it_told_before() -> None:
    on_port = direct()
    assert on_port.submit(on_port.optical.rows[0]).outcome is Outcome.PARTIAL
    on_port.optical.gateway.enter = lambda octets: Taken.BUSY  # type: ignore[method-assign]
    assert on_port.submit(on_port.optical.rows[0]).outcome is Outcome.FAULT


def test_a_second_section_is_no_end_where_the_meter_waits_for_the_first_again() -> None:
    on_port = direct()
    assert on_port.submit(on_port.optical.rows[0]).outcome is Outcome.PARTIAL
    on_port.optical.face.power_cut()
    on_port.optical.meter.power_on()
    answer = on_port.submit(on_port.optical.rows[1])
    assert (answer.outcome, answer.result) == (Outcome.PARTIAL, "2ndKCT")
    assert int(on_port.optical.meter.state.key.krn) == 1


def test_a_meter_that_started_anew_behind_a_row_is_asked_once_more_who_lets_in() -> None:
    on_port = direct()
    entered = on_port.optical.gateway.enter

    def enter(octets: bytes) -> Any:
        taken = entered(octets)
        on_port.optical.server.release()
        return taken

    on_port.optical.gateway.enter = enter  # type: ignore[method-assign]
    assert on_port.submit(on_port.optical.rows[0]).outcome is Outcome.PARTIAL
    assert on_port.optical.gateway.entered == 1


def test_a_cable_that_is_pulled_is_told_and_the_next_row_opens_the_line_anew() -> None:
    on_port = direct()
    on_port.adapter.probe()
    line: Any = on_port.lines[0]
    line.plugged = False
    # The old line is lost; a new one works.
    assert on_port.submit(on_port.optical.rows[0]).outcome is Outcome.PARTIAL
    assert len(on_port.lines) == 2


def test_a_head_that_cannot_be_opened_is_told() -> None:
    def no_line() -> Line:
        raise LineLost("no head")

    optical = Optical()
    adapter = OpticalAdapter(no_line, DIRECT, SECRETS, clock=optical.hand, wait=optical.hand.wait)
    with pytest.raises(LineLost):
        adapter.probe()
    answer = adapter.submit(optical.rows[0], deadline=60, cancel=GO)
    assert answer.outcome is Outcome.FAULT


def test_a_meter_that_an_earlier_process_left_connected_is_reached_again() -> None:
    optical = Optical()
    first = OnPort(optical)
    first.submit(optical.rows[0])
    # Killed: no release, no disconnect. The meter waits for frames at 9600 baud and hears no sign-on.
    second = OnPort(optical)
    assert second.submit(optical.rows[1]).outcome is Outcome.ACCEPTED


def test_a_connection_is_kept_for_the_next_call_and_renewed_behind_a_pause() -> None:
    on_port = OnPort(Optical())
    on_port.adapter.probe()
    start = on_port.optical.hand()
    on_port.adapter.read(MeterRegister.KRN)
    kept = on_port.optical.hand() - start
    assert len(on_port.lines) == 1
    on_port.optical.hand.wait(60.0)
    start = on_port.optical.hand()
    on_port.adapter.read(MeterRegister.KRN)
    assert len(on_port.lines) == 2
    assert on_port.optical.hand() - start > 3 * kept


def test_a_connection_that_the_meter_has_dropped_meanwhile_is_renewed_for_a_question() -> None:
    on_port = direct(style=Style(sign_on=False, inactivity=10.0))
    on_port.adapter.probe()
    on_port.optical.hand.wait(15.0)
    assert on_port.adapter.read(MeterRegister.KRN) is not None
    assert on_port.submit(on_port.optical.rows[0]).outcome is Outcome.PARTIAL


def test_no_meter_is_told_as_such() -> None:
    on_port = OnPort(Optical())
    on_port.optical.light.on = False
    with pytest.raises(NoAnswer):
        on_port.adapter.probe()


@pytest.mark.parametrize("fault", OpticalFault, ids=lambda fault: fault.value)
def test_no_fault_makes_a_wrong_outcome_or_sends_a_row_twice(fault: OpticalFault) -> None:
    for seed in range(6):
        on_port = direct(dice=LightDice(frozenset({fault}), seed))
        sent = 0
        for row in on_port.optical.rows:
            answer = on_port.submit(row)
            before, sent = sent, on_port.optical.gateway.entered
            assert sent - before <= 1
            if answer.outcome in (Outcome.ACCEPTED, Outcome.PARTIAL):
                assert on_port.optical.meter.entries[-1].digits == row
                assert on_port.optical.meter.entries[-1].result.accepted
            if answer.outcome is Outcome.FAULT:
                assert sent == before
            if answer.outcome is not Outcome.ACCEPTED and answer.outcome is not Outcome.PARTIAL:
                break


# --- the contract


def test_what_is_no_row_is_not_sent() -> None:
    on_port = direct()
    for row in ("1" * 19, "1" * 21, "1" * 19 + "x", "²" * 20):
        with pytest.raises(NotARow):
            on_port.submit(row)
    assert not on_port.lines


def test_a_second_call_is_refused_and_a_closed_adapter_does_nothing() -> None:
    on_port, refused = direct(), []

    def watch(_progress: EntryProgress) -> None:
        for call in (
            lambda: on_port.submit(on_port.optical.rows[1]),
            lambda: on_port.adapter.read(MeterRegister.KRN),
            on_port.adapter.read_result,
            on_port.adapter.probe,
        ):
            with pytest.raises(AdapterBusy):
                call()
            refused.append(True)

    assert on_port.submit(on_port.optical.rows[0], watch=watch).outcome is Outcome.PARTIAL
    assert len(refused) == 16
    on_port.adapter.close()
    on_port.adapter.close()
    for call in (lambda: on_port.submit(on_port.optical.rows[1]), on_port.adapter.probe):
        with pytest.raises(AdapterClosed):
            call()
    assert on_port.optical.gateway.entered == 1


def test_a_row_that_is_stopped_before_it_goes_is_not_sent() -> None:
    on_port, cancel = direct(), threading.Event()
    answer = on_port.submit(on_port.optical.rows[0], cancel=cancel, watch=lambda _progress: cancel.set())
    assert answer.outcome is Outcome.FAULT
    late = on_port.submit(on_port.optical.rows[0], deadline=0.1)
    assert late.outcome is Outcome.FAULT
    assert on_port.optical.gateway.entered == 0


@pytest.mark.parametrize("stop", ["abort", "close"])
def test_a_meter_that_went_silent_is_not_looked_for_once_it_is_stopped(stop: str) -> None:
    on_port = direct()
    after_enter(on_port.optical, lambda _burst: True)

    def watch(progress: EntryProgress) -> None:
        if progress.done == 3:
            getattr(on_port.adapter, stop)()

    assert on_port.submit(on_port.optical.rows[0], watch=watch).outcome is Outcome.UNKNOWN
    assert len(on_port.lines) == 1


@pytest.mark.parametrize("stop", ["abort", "close"])
def test_stopping_behind_a_row_ends_the_waiting_and_leaves_it_unknown(stop: str) -> None:
    on_port = direct(processing=50.0)

    def watch(progress: EntryProgress) -> None:
        if progress.done == 3:
            getattr(on_port.adapter, stop)()

    start = on_port.optical.hand()
    answer = on_port.submit(on_port.optical.rows[0], watch=watch)
    assert (answer.outcome, answer.handed_over) == (Outcome.UNKNOWN, True)
    assert on_port.optical.hand() - start < 10.0


def test_a_closed_adapter_has_left_the_meter_disconnected() -> None:
    on_port = direct()
    on_port.adapter.probe()
    assert on_port.optical.face._link.connected
    on_port.adapter.close()
    assert not on_port.optical.face._link.connected


def test_no_secret_and_no_row_is_printed_logged_or_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    on_port = direct()
    row = on_port.optical.rows[0]
    told = [repr(on_port.submit(row)), repr(on_port.adapter), repr(vars(on_port.adapter)), caplog.text]
    after_enter(on_port.optical, lambda _burst: True)
    told.append(repr(on_port.submit(on_port.optical.rows[1])))
    refused = OnPort(Optical(style=DIRECT_STYLE), DIRECT, Secrets(b"another password"))
    with pytest.raises(AccessRefused) as error:
        refused.adapter.probe()
    told += [str(error.value), repr(error.value), repr(vars(on_port.adapter._connection))]
    for secret in (row, on_port.optical.rows[1], PASSWORD.decode(), "another password", KEYS.encryption.hex()):
        assert not any(secret in text or secret.encode().hex() in text for text in told)


def test_behind_the_meter_process_the_answers_are_the_same_and_kept(tmp_path: Path) -> None:
    on_port = direct()
    process = Process(tmp_path, open=lambda _model: on_port.adapter)
    try:
        with process.connect() as adapter:
            probe = adapter.probe()
            answer = adapter.submit(on_port.optical.rows[0], deadline=60, cancel=GO, attempt="first")
            other = Optical(case=DemoCase.TWO_ROWS, style=DIRECT_STYLE)
            swap(on_port, other)
            with pytest.raises(WrongMeter):
                adapter.submit(on_port.optical.rows[1], deadline=60, cancel=GO, attempt="second")
            assert adapter.recall("first") == answer
            # Refused before anything went to the meter, so nothing is left open.
            assert adapter.recall("second").outcome is Outcome.FAULT
    finally:
        process.stop()
    assert probe.meter_number == str(on_port.optical.meter.state.drn)
    assert (answer.outcome, answer.handed_over) == (Outcome.PARTIAL, True)
    assert other.gateway.entered == 0


def test_a_row_whose_answer_cannot_be_kept_is_one_that_was_handed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a count that has not grown yet would have it sent again by itself."""

    def full(_attempt: str, _submission: Submission) -> None:
        raise JournalBroken("no room")

    on_port = direct()
    process = Process(tmp_path, open=lambda _model: on_port.adapter)
    monkeypatch.setattr(process.journal, "end", full)
    try:
        with process.connect() as adapter:
            for _ in range(2):
                answer = adapter.submit(on_port.optical.rows[0], deadline=60, cancel=GO, attempt="first")
                assert (answer.outcome, answer.handed_over) == (Outcome.UNKNOWN, True)
    finally:
        process.stop()
    assert on_port.optical.gateway.entered == 1


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (Data(Tag.OCTET_STRING, b" 123 "), "123"),
        (Data(Tag.VISIBLE_STRING, "123"), "123"),
        (Data(Tag.UNSIGNED, 3), "3"),
        (Data(Tag.BOOLEAN, True), "1"),
        (Data(Tag.BIT_STRING, "01"), None),
        (Data(Tag.OCTET_STRING, b"\x01\xff"), None),
        (Data(Tag.NULL), None),
    ],
)
def test_a_value_is_shown_as_text_where_it_is_one(data: Data, text: str | None) -> None:
    assert text_of(data) == text

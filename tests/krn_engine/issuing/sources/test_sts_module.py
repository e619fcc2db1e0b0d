"""An STS security module gives rows that a meter takes, is asked once for each key change, and believed in nothing."""

import contextlib
import itertools
import json
import logging
import signal
import ssl
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from krn_engine.demo import DEMO_DAY, SGC_EA07, DemoCase, DemoProvince
from krn_engine.issuing.errors import (
    AnswerLost,
    SourceAnswerWrong,
    SourceDown,
    SourceError,
    SourceKeyMissing,
    SourceLocked,
    SourceRefused,
    SourcesInvalid,
    VendingKeyExpired,
)
from krn_engine.issuing.plan import Step, plan, rows_of
from krn_engine.issuing.secret import Secret
from krn_engine.issuing.sources import sts_module
from krn_engine.issuing.sources.interface import OURS, Interface, Unreadable
from krn_engine.issuing.sources.port import KeyChangeAsked, ReadySet
from krn_engine.issuing.sources.sts_module import PAUSE, SETTLED_AFTER, StsModuleSource
from krn_engine.issuing.sources.tls_line import trusting
from krn_engine.issuing.sources.token_api import ModuleAddress, ModuleUser, TokenApi
from krn_engine.issuing.sources.well_formed import NotWellFormed, require_well_formed
from krn_engine.row import Row
from krn_engine.sts.errors import CheckDigitWrong, InvalidIdentity
from krn_engine.sts.framing import MAX_TOKEN
from krn_engine.sts.identity import Drn, Ken, KeyType, Krn, MeterPan, Ti
from tests.support import certificates
from tests.support.certificates import Certificate, authority, certificate
from tests.support.token_module import PASSWORD, REALM, USER, Fault, Memory, TokenModule

pytestmark = certificates.installed
PROVINCE = DemoProvince()
CUSTOMER = PROVINCE.first(DemoCase.FOUR_ROWS)
DRN = Drn(CUSTOMER.meter_number)
STEPS = plan(CUSTOMER.state, PROVINCE.campaign).steps
STEP = STEPS[0]
ASKED = KeyChangeAsked(DRN, STEP, DEMO_DAY)
ROWS = rows_of(STEP, MeterPan.of(DRN), PROVINCE.vault, DEMO_DAY)
INTERFACE = Interface()
ISSUE, FETCH, SIGN_IN = "issueKeyChangeTokens", "fetchTokenResult", "signInWithPassword"
SECONDS = 1.5
"""Of one conversation: short, since many tests here let it pass."""


@dataclass
class Paper:
    """The certificates of a run."""

    folder: Path
    ours: Certificate
    localhost: Certificate


@pytest.fixture(scope="session")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Paper:
    folder = tmp_path_factory.mktemp("certificates")
    ours = authority(folder, "office")
    return Paper(folder, ours, certificate(folder, ours, "localhost"))


@pytest.fixture
def module(paper: Paper) -> Iterator[TokenModule]:
    with TokenModule(paper.localhost).serving() as serving:
        yield serving


@dataclass
class Clock:
    """Seconds that a test lets pass."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Office:
    """The project's end of a module."""

    source: StsModuleSource
    clock: Clock
    password: list[str] = field(default_factory=lambda: [PASSWORD])

    def rows(self, asked: KeyChangeAsked = ASKED) -> tuple[Row, ...]:
        return self.source.rows(asked)


def office_of(
    module: TokenModule, paper: Paper, *, host: str = "localhost", seconds: float = 5.0, ca: Path | None = None
) -> Office:
    password = [PASSWORD]
    user = ModuleUser(REALM, USER, lambda: Secret(password[0]))
    address = ModuleAddress(host, module.port, trusting(ca or paper.ours.certificate), seconds)
    clock = Clock()
    source = StsModuleSource(TokenApi(INTERFACE, address, user), (SGC_EA07,), Ken(255), clock)
    return Office(source, clock, password)


@pytest.fixture
def office(module: TokenModule, paper: Paper) -> Office:
    return office_of(module, paper)


def in_short(module: TokenModule, paper: Paper) -> Office:
    """One that has little patience."""
    return office_of(module, paper, seconds=SECONDS)


# --- what is asked, and what comes of it


@pytest.mark.parametrize("case", [DemoCase.FOUR_ROWS, DemoCase.TWO_ROWS, DemoCase.EA11])
def test_a_meter_takes_its_rows(office: Office, case: DemoCase) -> None:
    customer = PROVINCE.first(case)
    meter, drn = PROVINCE.meter_state(customer), Drn(customer.meter_number)
    for step in plan(customer.state, PROVINCE.campaign).steps:
        rows = office.rows(KeyChangeAsked(drn, step, DEMO_DAY))
        assert rows == rows_of(step, MeterPan.of(drn), PROVINCE.vault, DEMO_DAY)
        for row in rows:
            meter, answer = meter.enter(row, 0.0)
            assert answer.accepted
    assert meter.key.krn == Krn(3)


def test_it_may_not_take_the_newest_key_instead_of_ours(office: Office, module: TokenModule) -> None:
    office.rows(replace(ASKED, step=replace(STEPS[1], ken=Ken(170))))
    ((_, told),) = [call for call in module.memory.asked if call[0] == ISSUE]
    assert told == {
        "drn": str(DRN),
        "ea": 7,
        "tct": 2,
        "sgc": str(SGC_EA07),
        "krn": 2,
        "ti": 1,
        "ken": 170,
        "allowKrnUpdate": False,
        "allowKenUpdate": False,
        "allow3Kct": False,
        "toSgc": str(SGC_EA07),
        "toKrn": 3,
        "toTi": 1,
    }


def test_the_numbers_of_the_fields_are_those_that_are_public() -> None:
    """By a reader of this test's own: both ends of the other tests read one file, and could be wrong together."""
    meter: dict[str, str | int | bool] = {
        "drn": "1", "ea": 7, "tct": 2, "sgc": "3", "krn": 4, "ti": 5, "ken": 6,
        "allowKrnUpdate": False, "allow3Kct": False, "allowKenUpdate": False,
    }  # fmt: skip
    message = INTERFACE.call(ISSUE, 1, "id", "access", meter, {"toSgc": "8", "toKrn": 9, "toTi": 10})
    (call, (arguments, _)) = message[8:28].decode(), fields_of(message, 32)
    assert call == ISSUE
    text, whole, truth, structure = 11, 6, 2, 12
    assert {number: kind for number, (kind, _) in arguments.items()} == {1: text, 2: text, 3: structure, 4: structure}
    assert arguments[3][1] == {
        1: (text, b"1"), 2: (whole, 7), 3: (whole, 2), 10: (text, b"3"), 11: (whole, 4), 12: (whole, 5),
        21: (truth, 0), 30: (whole, 6), 32: (truth, 0), 33: (truth, 0),
    }  # fmt: skip
    assert arguments[4][1] == {1: (text, b"8"), 2: (whole, 9), 3: (whole, 10)}


def fields_of(message: bytes, at: int) -> tuple[dict[int, tuple[int, Any]], int]:
    """The fields of a structure by their numbers, with their types, and where it ends."""
    found: dict[int, tuple[int, Any]] = {}
    while (kind := message[at]) != 0:
        number = int.from_bytes(message[at + 1 : at + 3], "big")
        at += 3
        value: Any
        if kind == 12:
            value, at = fields_of(message, at)
        elif kind == 11:
            size = int.from_bytes(message[at : at + 4], "big")
            value, at = message[at + 4 : at + 4 + size], at + 4 + size
        else:
            size = {2: 1, 6: 2}[kind]
            value, at = int.from_bytes(message[at : at + size], "big"), at + size
        found[number] = kind, value
    return found, at + 1


def test_only_keys_of_type_2_and_good_ones_are_asked_for(office: Office, module: TokenModule) -> None:
    other = replace(STEP, old=replace(STEP.old, kt=KeyType.DDTK))
    with pytest.raises(SourceRefused, match="type 2"):
        office.rows(replace(ASKED, step=other))
    with pytest.raises(VendingKeyExpired):
        office.rows(replace(ASKED, step=replace(STEP, ken=Ken(10))))
    with pytest.raises(SourceRefused):
        office.source.rows(ReadySet("0123456789abcdef", 0))
    assert module.memory.asked == []


# --- one issue only


@pytest.mark.parametrize(
    "fault", [f for f in Fault if f not in (Fault.CLOSE_BEFORE, Fault.SLEEPS)], ids=lambda fault: fault.name
)
def test_an_answer_that_is_lost_is_fetched_and_not_made_again(module: TokenModule, paper: Paper, fault: Fault) -> None:
    module.faults[ISSUE] = [fault]
    office = in_short(module, paper)
    assert office.rows() == ROWS
    assert office.rows() == ROWS
    assert len(module.memory.issued) == 1
    assert module.count(ISSUE) == 1


def test_an_answer_that_is_lost_twice_is_fetched_when_the_meter_is_asked_for_again(
    module: TokenModule, paper: Paper
) -> None:
    module.faults = {ISSUE: [Fault.CLOSE_AFTER], FETCH: [None, Fault.HALF]}  # type: ignore[list-item]
    office = office_of(module, paper)
    with pytest.raises(AnswerLost):
        office.rows()
    assert office.rows() == ROWS
    assert len(module.memory.issued) == 1


def test_what_another_process_of_the_office_asked_for_is_fetched(module: TokenModule, paper: Paper) -> None:
    """A crash between the module's answer and the office's commit is the same."""
    assert office_of(module, paper).rows() == office_of(module, paper).rows() == ROWS
    assert len(module.memory.issued) == 1
    for ken in (170, 200):
        assert office_of(module, paper).rows(replace(ASKED, step=replace(STEPS[1], ken=Ken(ken))))
    assert len(set(module.memory.issued)) == len(module.memory.issued) == 3, "another change is another issue"


def test_a_module_that_may_still_be_at_work_is_not_asked_a_second_time(module: TokenModule, paper: Paper) -> None:
    module.faults[ISSUE] = [Fault.SLEEPS]
    office = in_short(module, paper)
    for _ in range(3):
        with pytest.raises(AnswerLost, match="half a minute"):
            office.rows()
    assert module.memory.issued == []
    module.late.set()
    deadline = time.monotonic() + 10
    while not module.memory.issued and time.monotonic() < deadline:
        time.sleep(0.01)
    assert office.rows() == ROWS
    assert len(module.memory.issued) == 1


def test_a_module_that_never_began_is_asked_again_after_a_while(module: TokenModule, paper: Paper) -> None:
    module.faults[ISSUE] = [Fault.CLOSE_BEFORE]
    office = office_of(module, paper)
    with pytest.raises(AnswerLost):
        office.rows()
    office.clock.now += SETTLED_AFTER - 1
    with pytest.raises(AnswerLost):
        office.rows()
    office.clock.now += 2
    assert office.rows() == ROWS
    assert len(module.memory.issued) == 1


def test_a_module_that_is_killed_in_the_middle_issued_once(paper: Paper, tmp_path: Path) -> None:
    memory = tmp_path / "memory.json"
    program = [sys.executable, "-m", "tests.programs.token_module", paper.localhost.certificate, paper.localhost.key]

    def start(port: int, *fault: str) -> tuple[subprocess.Popen[str], int]:
        words = [*map(str, program), str(port), str(memory), *fault]
        process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        return process, int(process.stdout.readline())

    process, port = start(0, Fault.SILENT.name)
    here = TokenModule(paper.localhost)
    here.port = port
    office = office_of(here, paper, seconds=10)
    ended: list[Exception] = []

    def ask() -> None:
        try:
            office.rows()
        except SourceError as error:
            ended.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    deadline = time.monotonic() + 20
    while not memory.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    asking.join()
    assert [type(error) for error in ended] == [AnswerLost]
    with pytest.raises(SourceDown):
        office.rows()
    process, _ = start(port)
    try:
        office.clock.now += PAUSE + 1
        assert office.rows() == ROWS
    finally:
        process.kill()
        process.communicate()
    assert len(json.loads(memory.read_text())["issued"]) == 1


def test_many_askers_of_other_meters_sign_in_once(module: TokenModule, paper: Paper) -> None:
    office = office_of(module, paper)
    customers = [c for c in PROVINCE if c.case is DemoCase.FOUR_ROWS]
    got: dict[str, tuple[Row, ...]] = {}

    def ask(number: str) -> None:
        got[number] = office.rows(replace(ASKED, drn=Drn(number)))

    threads = [threading.Thread(target=ask, args=(c.meter_number,)) for c in customers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(got.values())) == len(customers) > 5
    assert module.count(SIGN_IN) == 1
    assert len(module.memory.issued) == len(customers)


# --- nothing of an answer is believed


def changes(value: Any, **of_token: Any) -> Callable[[list[dict[str, Any]]], None]:
    def change(tokens: list[dict[str, Any]]) -> None:
        tokens[value].update(of_token)

    return change


def advises(**of_advice: Any) -> Callable[[list[dict[str, Any]]], None]:
    return lambda tokens: tokens[0]["newConfig"].update(of_advice)


@pytest.mark.parametrize(
    ("field_name", "change"),
    [
        ("toSgc", advises(toSgc="999011")),
        ("toSgc", advises(toSgc=None)),
        ("toSgc", advises(toSgc="99900x")),
        ("toKrn", advises(toKrn=3)),
        ("toKrn", advises(toKrn=None)),
        ("toTi", advises(toTi=2)),
        ("toKen", advises(toKen=170)),
        ("toKen", advises(toKen=None)),
        ("rollover", advises(rollover=True)),
        ("rollover", advises(rollover=None)),
        ("toSgc", lambda tokens: tokens[0].pop("newConfig")),
        ("sgc", changes(0, sgc="999011")),
        ("krn", changes(1, krn=2)),
        ("krn", changes(0, krn=None)),
        ("ti", changes(1, ti=9)),
        ("tokenClass", changes(0, tokenClass=0)),
        ("subclass", changes(0, subclass=4)),
        ("subclass", lambda tokens: tokens.reverse() or tokens[0].update(newConfig=tokens[1].pop("newConfig"))),
        ("tokenDec", changes(0, tokenDec="1234")),
        ("tokenDec", changes(0, tokenDec=None)),
        ("tokenDec", changes(0, tokenDec="")),
        ("tokenDec", changes(1, tokenDec="1234567890123456789x")),
        ("tokenDec", changes(1, tokenDec=str(MAX_TOKEN + 1))),
        ("tokenDec", lambda tokens: tokens[1].update(tokenDec=tokens[0]["tokenDec"])),
        ("number of rows", lambda tokens: tokens.pop()),
        ("number of rows", lambda tokens: tokens.append(tokens[1] | {"subclass": 8})),
        ("number of rows", lambda tokens: tokens.clear()),
    ],
)
def test_each_field_that_is_not_what_was_asked_for_is_refused(
    office: Office, module: TokenModule, field_name: str, change: Callable[[list[dict[str, Any]]], None]
) -> None:
    assert office.rows(replace(ASKED, step=STEPS[1]))
    module.handler.change = change
    for _ in range(2):
        with pytest.raises(SourceAnswerWrong, match=field_name) as refused:
            office.rows()
        assert not any(row[:] in refused.value.message for row in ROWS)
    assert len(module.memory.issued) == 2, "the wrong result is fetched, and none is made beside it"


def test_a_base_date_that_changes_must_roll_over(office: Office, module: TokenModule) -> None:
    module.handler.change = advises(rollover=False)
    with pytest.raises(SourceAnswerWrong, match="rollover"):
        office.rows(replace(ASKED, step=STEPS[1]))


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        ("EKeystore.NotFound", SourceKeyMissing),
        ("ESts.VkExpired", VendingKeyExpired),
        ("ESts.VkBeforeBdt", SourceRefused),
        ("ESts.DrnOrPan", InvalidIdentity),
        ("ESts.DrnOrPan.CheckDigit", CheckDigitWrong),
        ("ESts.Other", SourceRefused),
        ("ESm", SourceDown),
        ("ESm.Tamper", SourceDown),
        ("EParamRange", SourceRefused),
        ("EParamRange.Ti", SourceRefused),
        ("EAuthentication.Permission", SourceLocked),
        ("EAuthentication.Token", SourceLocked),
        ("ECacheMiss", SourceRefused),
        ("EInternal", SourceRefused),
        ("99100000004 is the meter", SourceRefused),
        ("", SourceRefused),
    ],
)
def test_each_code_of_the_module_is_a_refusal_of_ours(
    office: Office, module: TokenModule, code: str, refusal: type[Exception]
) -> None:
    module.handler.refuse[ISSUE] = code
    with pytest.raises(refusal) as refused:
        office.rows()
    assert type(refused.value) is refusal
    assert "99100000004" not in str(refused.value)
    del module.handler.refuse[ISSUE]
    office.clock.now += PAUSE + 1
    assert office.rows() == ROWS


@pytest.mark.parametrize("code", ["EKeystore.NotFound", "ESts.VkExpired", "EParamRange"])
def test_a_refusal_that_the_module_remembers_does_not_stand_in_the_way(
    office: Office, module: TokenModule, code: str
) -> None:
    module.handler.refuse[FETCH] = code
    assert office.rows() == ROWS


def test_a_fetch_that_fails_is_no_reason_to_issue(office: Office, module: TokenModule) -> None:
    module.handler.refuse[FETCH] = "EInternal"
    with pytest.raises(SourceRefused):
        office.rows()
    assert module.count(ISSUE) == 0


# --- signing in


def test_a_sign_in_that_the_module_forgot_is_renewed(office: Office, module: TokenModule) -> None:
    assert office.rows()
    module.handler.expire()
    assert len(office.rows(replace(ASKED, step=STEPS[1]))) == 2
    assert module.count(SIGN_IN) == 2
    assert len(module.memory.issued) == 2


def test_a_sign_in_that_is_forgotten_between_fetch_and_issue_is_renewed(office: Office, module: TokenModule) -> None:
    fetch = module.handler.fetchTokenResult

    def forget(*words: Any) -> Any:
        try:
            return fetch(*words)
        finally:
            module.handler.expire()

    module.handler.fetchTokenResult = forget  # type: ignore[method-assign, assignment]
    assert office.rows() == ROWS
    assert len(module.memory.issued) == 1


def test_a_wrong_password_is_tried_once(office: Office, module: TokenModule, caplog: pytest.LogCaptureFixture) -> None:
    module.handler.password = "another"
    with caplog.at_level(logging.DEBUG):
        for message in ("refuses the sign-in", "refused this password before", "refused this password before"):
            with pytest.raises(SourceLocked, match=message) as refused:
                office.rows()
            assert PASSWORD not in refused.value.message
    assert PASSWORD not in caplog.text
    assert module.count(SIGN_IN) == 1
    assert office.source.health(DEMO_DAY).code == SourceLocked.code
    office.password[0] = "another"
    assert office.rows() == ROWS


# --- the line


def test_a_certificate_of_another_authority_or_another_name_is_refused(paper: Paper) -> None:
    stranger = certificate(paper.folder, authority(paper.folder, "stranger"), "localhost.strange")
    other = certificate(paper.folder, paper.ours, "other.example")
    old = certificate(paper.folder, paper.ours, "127.0.0.1", days=-1)
    for wrong, host in ((stranger, "localhost"), (other, "localhost"), (old, "127.0.0.1")):
        with TokenModule(wrong).serving() as module:
            office = office_of(module, paper, host=host)
            with pytest.raises(SourceDown, match="is not the security module"):
                office.rows()
            assert module.memory.asked == [], "no password was said to it"
            assert not office.source.health(DEMO_DAY).ready


def test_the_authorities_of_the_system_are_not_believed(paper: Paper, tmp_path: Path) -> None:
    assert trusting(paper.ours.certificate).get_ca_certs()[0]["subject"] == ((("commonName", "office"),),)
    assert len(trusting(paper.ours.certificate).get_ca_certs()) == 1
    assert trusting(paper.ours.certificate).verify_mode is ssl.CERT_REQUIRED
    (tmp_path / "none.pem").write_text("nothing")
    for file in (tmp_path / "none.pem", tmp_path / "absent.pem"):
        with pytest.raises(SourcesInvalid):
            trusting(file)


@pytest.mark.parametrize("method", [SIGN_IN, FETCH])
@pytest.mark.parametrize("fault", [f for f in Fault if f is not Fault.SLEEPS], ids=lambda fault: fault.name)
def test_whatever_happens_before_the_issue_nothing_was_issued(
    module: TokenModule, paper: Paper, method: str, fault: Fault
) -> None:
    module.faults[method] = [fault]
    office = in_short(module, paper)
    began = time.monotonic()
    with pytest.raises(SourceDown):
        office.rows()
    assert time.monotonic() - began < 3 * SECONDS
    assert module.memory.issued == []
    office.clock.now += PAUSE + 1
    assert office.rows() == ROWS


def test_a_drip_does_not_outlast_the_time_of_a_conversation(module: TokenModule, paper: Paper) -> None:
    module.faults = {ISSUE: [Fault.DRIP], FETCH: [None, Fault.DRIP]}  # type: ignore[list-item]
    office = in_short(module, paper)
    began = time.monotonic()
    with pytest.raises(AnswerLost):
        office.rows()
    assert time.monotonic() - began < 4 * SECONDS


def test_a_module_that_is_gone_is_told_at_once_until_it_is_asked_again(module: TokenModule, paper: Paper) -> None:
    office = in_short(module, paper)
    module.stop()
    with pytest.raises(SourceDown, match="cannot be reached"):
        office.rows()
    assert office.source.health(DEMO_DAY).code == SourceDown.code
    module.start()
    with pytest.raises(SourceDown, match="again in a few seconds"):
        office.rows()
    assert not office.source.health(DEMO_DAY).ready, "it is not asked more often than that"
    office.clock.now += PAUSE + 1
    assert office.source.health(DEMO_DAY).ready
    assert office.rows() == ROWS
    office.source.close()


def test_a_name_that_nobody_knows_is_told(module: TokenModule, paper: Paper) -> None:
    office = office_of(module, paper, host="module.invalid")
    with pytest.raises(SourceDown, match=r"module\.invalid"):
        office.rows()


# --- messages


def test_a_file_that_lacks_what_is_called_is_refused(tmp_path: Path) -> None:
    text = OURS.read_text()
    for name, (old, new) in {
        "method": ("fetchTokenResult", "fetchResult"),
        "field": ("allowKrnUpdate", "allowKeyUpdate"),
        "service": ("service TokenApi", "service OtherApi"),
        "grammar": ("struct Token {", "struct {"),
        "arguments": ("1: string messageId, 2: string accessToken, 3: string reqMessageId", "1: string messageId"),
    }.items():
        file = tmp_path / f"{name}.thrift"
        file.write_text(text.replace(old, new))
        with pytest.raises(SourcesInvalid, match=f"{name}\\.thrift"):
            Interface(file)
    with pytest.raises(SourcesInvalid):
        Interface(tmp_path / "absent.thrift")


def test_a_makers_file_may_number_and_type_the_fields_otherwise(paper: Paper, tmp_path: Path) -> None:
    text = OURS.read_text()
    for old, new in (
        ("1: string tokenDec", "41: string tokenDec"),
        ("4: string sgc\n", "42: i32 sgc\n"),
        ("1: string toSgc\n", "1: i32 toSgc\n"),
        ("10: string sgc", "10: i32 sgc"),
        ("12: i16 ti", "12: string ti"),
        ("SignInResult signIn", "string signIn"),
    ):
        assert old in text
        text = text.replace(old, new)
    file = tmp_path / "maker.thrift"
    file.write_text(text)
    interface = Interface(file)
    meter: dict[str, str | int | bool] = dict.fromkeys(("allowKrnUpdate", "allow3Kct", "allowKenUpdate"), False)
    meter |= {"drn": "1", "ea": 7, "tct": 2, "sgc": "000003", "krn": 4, "ti": 5, "ken": 6}
    message = interface.call(ISSUE, 1, "id", "access", meter, {"toSgc": "000008", "toKrn": 9, "toTi": 10})
    arguments, _ = fields_of_any(message, 32)
    assert arguments[3][10] == 3
    assert arguments[3][12] == b"5"
    assert arguments[4][1] == 8


def fields_of_any(message: bytes, at: int) -> tuple[dict[int, Any], int]:
    """The same as `fields_of`, with numbers of 32 bits, and without the types."""
    found: dict[int, Any] = {}
    while (kind := message[at]) != 0:
        number = int.from_bytes(message[at + 1 : at + 3], "big")
        at += 3
        if kind == 12:
            found[number], at = fields_of_any(message, at)
            continue
        size = {2: 1, 6: 2, 8: 4}.get(kind, 0)
        if kind == 11:
            size = int.from_bytes(message[at : at + 4], "big")
            at += 4
        part = message[at : at + size]
        found[number], at = part if kind == 11 else int.from_bytes(part, "big"), at + size
    return found, at + 1


def answer_bytes() -> bytes:
    """A real answer: two tokens."""
    api = INTERFACE._api
    token = api.Token("1" * 20, 2, 3, "999007", 1, 1, api.MeterConfigAdvice("999007", 2, 1, 255, False))
    result = api.TokenApi.issueKeyChangeTokens_result([token, token])
    from thriftpy2.protocol.binary import TBinaryProtocol  # noqa: PLC0415
    from thriftpy2.thrift import TMessageType  # noqa: PLC0415
    from thriftpy2.transport.memory import TMemoryBuffer  # noqa: PLC0415

    buffer = TMemoryBuffer()  # type: ignore[no-untyped-call]
    protocol = TBinaryProtocol(buffer)  # type: ignore[no-untyped-call]
    protocol.write_message_begin(ISSUE, TMessageType.REPLY, 7)  # type: ignore[no-untyped-call]
    result.write(protocol)
    made: bytes = buffer.getvalue()  # type: ignore[no-untyped-call]
    return made


ANSWER = answer_bytes()


@settings(max_examples=400, deadline=2000)
@given(st.binary(max_size=200))
def test_any_bytes_are_an_answer_or_unreadable(message: bytes) -> None:
    with pytest.raises(Unreadable):
        INTERFACE.answer(ISSUE, 7, message)


@settings(max_examples=600, deadline=2000)
@given(st.integers(0, len(ANSWER) - 1), st.integers(0, 255), st.integers(0, len(ANSWER)))
def test_a_changed_or_cut_answer_is_an_answer_or_unreadable(place: int, byte: int, cut: int) -> None:
    changed = bytearray(ANSWER)
    changed[place] = byte
    for message in (bytes(changed), ANSWER[:cut], bytes(changed)[:cut], ANSWER + bytes(changed)[:cut]):
        with contextlib.suppress(Unreadable):
            INTERFACE.answer(ISSUE, 7, message)


def test_a_message_is_whole_or_it_is_not_one() -> None:
    require_well_formed(ANSWER)
    for message in (ANSWER[:-1], ANSWER + b"\0", b"", b"\x80\x01\x00"):
        with pytest.raises((NotWellFormed, struct.error)):
            require_well_formed(message)


@pytest.mark.parametrize("item", [0, 1, 2, 77])
def test_a_list_of_two_thousand_million_nothings_is_refused_at_once(item: int) -> None:
    head = ANSWER[: 8 + len(ISSUE) + 4]
    for kind in (b"\x0f", b"\x0e", b"\x0d"):
        listed = bytes([item, item]) if kind == b"\x0d" else bytes([item])
        message = head + kind + b"\x00\x63" + listed + b"\x7f\xff\xff\xff" + b"\0"
        began = time.monotonic()
        with pytest.raises(Unreadable):
            INTERFACE.answer(ISSUE, 7, message)
        assert time.monotonic() - began < 1


def test_a_message_does_not_lead_into_the_deep() -> None:
    deep = ANSWER[: 8 + len(ISSUE) + 4] + b"\x0c\x00\x63" * 20000 + b"\0" * 20001
    with pytest.raises(Unreadable):
        INTERFACE.answer(ISSUE, 7, deep)
    with pytest.raises(NotWellFormed):
        require_well_formed(deep)


def test_a_list_of_less_than_nothing_is_refused() -> None:
    with pytest.raises(NotWellFormed):
        require_well_formed(ANSWER[: 8 + len(ISSUE) + 4] + b"\x0f\x00\x63\x02\xff\xff\xff\xff" + b"\0")


def test_what_is_remembered_of_lost_answers_does_not_grow(
    module: TokenModule, paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sts_module, "_REMEMBERED", 3)
    office = office_of(module, paper)
    for number in range(8):
        office.clock.now += SETTLED_AFTER
        office.source._remember(f"k{number}")
    assert len(office.source._lost) <= 3


def test_message_ids_are_idents_and_differ_by_what_is_asked() -> None:
    asked = [
        replace(ASKED, step=Step(replace(STEP.old, ti=Ti(ti)), replace(STEP.new, krn=Krn(krn))))
        for ti, krn in itertools.product((1, 2), (2, 3))
    ]
    asked.append(replace(ASKED, drn=Drn(PROVINCE.first(DemoCase.EA11).meter_number)))
    ids = {sts_module._message_id(one, Ken(ken)) for one in asked for ken in (170, 255)}
    assert len(ids) == 10
    assert all(len(one) <= 40 and one[0].isalpha() and one.isalnum() for one in ids)


def test_memory_is_on_disk_before_an_answer(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.json")
    for number in range(120):
        memory.keep(f"k{number}", [])
    again = Memory(tmp_path / "memory.json")
    assert (len(again.issued), len(again.results)) == (120, 100)

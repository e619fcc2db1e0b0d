"""A kiosk and a real service: what it says alone is what the office says, before and after it was told."""

import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from krn_engine.demo import DemoCase
from krn_engine.errors import KrnError
from krn_engine.office.client.remote import RemoteOffice
from krn_engine.office.client.way import Way
from krn_engine.office.contract import Due, Found, Grade, Issued, NothingToDo, RowOutcome, Statement, Unclear
from krn_engine.office.net_errors import CallerRevoked, OfficeUnreachable
from krn_engine.office.offline.copy import Copy
from krn_engine.office.offline.office import OfflineOffice
from krn_engine.register.audit.sealer import seal_now
from tests.support.far_office import outcome
from tests.support.office import Demo
from tests.support.service import Served, served


class Cut:
    """A line that can be cut: before a question, or behind it."""

    def __init__(self, remote: RemoteOffice) -> None:
        self._remote = remote
        self.before = self.behind = False

    def __getattr__(self, name: str) -> object:
        asks = getattr(self._remote, name)
        if name in ("office_time", "hurried"):
            return asks

        def asked(*arguments: object) -> object:
            if self.before:
                raise OfficeUnreachable("the cable was pulled")
            answer = asks(*arguments)
            if self.behind:
                raise OfficeUnreachable("the cable was pulled")
            return answer

        return asked


class Kiosk:
    """A kiosk of a service."""

    def __init__(self, service: Served, folder: Path, name: str = "kiosk-1") -> None:
        token = service.token(name=name)
        self.line = Cut(RemoteOffice(Way(service.url), lambda: token))
        folder.mkdir()
        self.copy = Copy(folder)
        self.office = OfflineOffice(self.line, self.copy)  # type: ignore[arg-type]
        self.sync()

    def sync(self) -> None:
        while self.office.sync():
            pass

    @contextmanager
    def alone(self) -> Iterator[OfflineOffice]:
        self.line.before = True
        yield self.office
        self.line.before = False
        self.office.meet()


@pytest.fixture
def service(demo: Demo, tmp_path: Path) -> Iterator[Served]:
    with served(demo, tmp_path) as running:
        yield running


@pytest.fixture
def kiosk(service: Served, tmp_path: Path) -> Kiosk:
    return Kiosk(service, tmp_path / "kiosk")


def answer(office: OfflineOffice, number: str, request: str) -> Issued | tuple[type[KrnError], str]:
    try:
        return office.issue(number, request)
    except KrnError as error:
        return type(error), error.code


@pytest.mark.parametrize("case", DemoCase)
def test_alone_it_answers_as_the_office_does(kiosk: Kiosk, demo: Demo, case: DemoCase) -> None:
    customer = demo.first(case)
    for text in (customer.idpel, f"# {customer.meter_number}"):
        with kiosk.alone() as office:
            alone = office.find(text)
        assert alone == demo.office.find(text)
    request = uuid.uuid4().hex
    with kiosk.alone() as office:
        alone_issued = answer(office, customer.meter_number, request)
    kiosk.office.deliver()
    assert kiosk.office.refused == ()
    # With the network it is asked itself: the same ids, the same rows, under the same request.
    asked = answer(kiosk.office, customer.meter_number, request)
    if case is DemoCase.HALF_DONE and isinstance(asked, Issued):
        # The demo's office has one time for everything: to it this was given out with what was given out before.
        asked = replace(asked, first=1)
    assert asked == alone_issued


def test_a_lost_answer_is_answered_from_the_copy_and_nothing_is_doubled(kiosk: Kiosk, demo: Demo) -> None:
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    kiosk.line.behind = True
    issued = kiosk.office.issue(number, "a" * 32)
    kiosk.office.record(outcome(issued.changes[0].id, 1, "a"))
    before = demo.count("key_changes"), demo.count("outcomes")
    with pytest.raises(OfficeUnreachable):
        kiosk.office.deliver()
    kiosk.line.behind = False
    kiosk.office.meet()
    kiosk.office.deliver()
    assert kiosk.office.refused == ()
    assert kiosk.office.status.waiting == 0
    assert (demo.count("key_changes"), demo.count("outcomes")) == (before[0], before[1] + 1)
    assert demo.office.issue(number, "b" * 32).changes[0].id == issued.changes[0].id


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_alone_the_office_says_the_same_once_it_was_told(kiosk: Kiosk, demo: Demo, seed: int) -> None:
    chance = random.Random(seed)
    cases = (DemoCase.FOUR_ROWS, DemoCase.TWO_ROWS, DemoCase.HALF_DONE, DemoCase.READY_MADE, DemoCase.EA11)
    numbers = [demo.first(case).meter_number for case in cases]
    for number in numbers:
        for _ in range(3):
            with kiosk.alone() as office:
                here = found(office.find(number))
                if isinstance(here.standing, Due):
                    happens(office, office.issue(number, uuid.uuid4().hex), chance)
                elif not isinstance(here.standing, NothingToDo):
                    break
                if chance.random() < 0.3:
                    krn = chance.choice((None, here.krn))
                    office.state(number, Statement(krn, "Hasil tombol 04", "Sari", "kiosk-1"))
                here = found(office.find(number))
            kiosk.office.deliver()
            there = found(demo.office.find(number))
            assert kiosk.office.refused == ()
            if not isinstance(here.standing, Unclear):
                assert (here.standing, here.krn) == (there.standing, there.krn)
                assert set(here.assessment.reasons) <= set(there.assessment.reasons)
            if chance.random() < 0.5 or isinstance(here.standing, Unclear):
                # A list tells of what is sealed in the audit; the service does that each moment.
                seal_now(demo.register)
                kiosk.sync()
                with kiosk.alone() as office:
                    assert found(office.find(number)) == there


def happens(office: OfflineOffice, issued: Issued, chance: random.Random) -> None:
    """What may come of rows: some go in, some do not, by whose word ever."""
    for change in issued.changes:
        for section in range(1, len(change.rows) + 1):
            attempt = uuid.uuid4().hex
            office.record(outcome(change.id, section, attempt, RowOutcome.STARTED, None))
            what = chance.choice((RowOutcome.ACCEPTED, RowOutcome.ACCEPTED, RowOutcome.REJECTED, RowOutcome.UNKNOWN))
            grade = chance.choice((Grade.SENSOR, Grade.CUSTOMER, Grade.TECHNICIAN))
            if chance.random() < 0.9:
                office.record(outcome(change.id, section, attempt, what, grade))
            if what is not RowOutcome.ACCEPTED and chance.random() < 0.5:
                return


def found(result: object) -> Found:
    assert isinstance(result, Found)
    return replace(result, warnings=())


def test_two_kiosks_alone_at_one_meter_are_one_issue(service: Served, demo: Demo, tmp_path: Path) -> None:
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    kiosks = [Kiosk(service, tmp_path / f"k{at}", f"k{at}") for at in range(2)]
    before = demo.count("key_changes")
    rows = []
    for one in kiosks:
        with one.alone() as office:
            issued = office.issue(number, uuid.uuid4().hex)
            rows.append(issued.rows)
            office.record(outcome(issued.changes[0].id, 1, uuid.uuid4().hex))
    for one in kiosks:
        one.office.deliver()
        assert one.office.refused == ()
    assert rows[0] == rows[1]
    assert demo.count("key_changes") == before + 2


def test_a_kiosk_that_is_revoked_while_it_is_alone(kiosk: Kiosk, service: Served, demo: Demo) -> None:
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    with kiosk.alone() as office:
        office.issue(number, "a" * 32)
    service.service.callers.revoke("kiosk-1")
    with pytest.raises(CallerRevoked):
        kiosk.office.deliver()
    assert kiosk.office.status.revoked
    assert len(kiosk.copy.entries()) == 1
    kiosk.line.before = True
    with pytest.raises(CallerRevoked):
        kiosk.office.find(number)

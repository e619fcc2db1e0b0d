"""A kiosk without its office: staff see how it stands, customers what cannot be had now and what to do."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.demo.workplace import demo_workplace
from kiosk.flow import messages
from kiosk.flow.customer.find import FindStep
from kiosk.flow.notices import ErrorStep, step_for_error
from kiosk.flow.refusals import COME_AGAIN, GO_TO_COUNTER, error_view
from kiosk.flow.staff import network
from kiosk.flow.staff.menu import StaffMenuStep
from kiosk.flow.step import Step
from kiosk.view.choices import Entered
from kiosk.view.parts import Mood
from kiosk.view.views import IdPadView, ReportView
from kiosk.workplace import Workplace
from krn_engine.errors import KrnError
from krn_engine.office.errors import OutcomeRefused
from krn_engine.office.net_errors import OfficeUnreachable
from krn_engine.office.wire.asked import outcome_name
from krn_engine.office.wire.delivered import Fate
from tests.support.far_office import NOON, FarOffice, Kiosk, idpel, number, outcome

AWAY = OfficeUnreachable("the cable was pulled")


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    made = Kiosk(FarOffice(), tmp_path)
    made.sync()
    yield made
    made.copy.close()


@pytest.fixture
def here(kiosk: Kiosk) -> Iterator[Workplace]:
    with demo_workplace() as made:
        yield replace(made, office=kiosk.office, offline=kiosk.office)


def after(step: object) -> Step:
    """Where its work leads."""
    assert isinstance(step, Step)
    while (then := step.poll()) is None:
        pass
    assert isinstance(then, Step)
    return then


def test_staff_see_why_no_rows_would_be_given_out_without_the_office(kiosk: Kiosk) -> None:
    def more() -> dict[str, str]:
        (line,) = [line for line in network.lines(kiosk.office) if line.text is network.NO_LEASE]
        assert line.more is not None
        return {name: str(value) for name, value in line.more.values.items()}

    kiosk.clock.now = NOON + timedelta(days=8)
    assert more() == {"code": "OFF-12"}
    kiosk.office.record(outcome("x" * 32, 1, "a"))
    kiosk.clock.now = NOON
    assert more() == {"code": "OFF-13"}


def test_staff_see_how_kiosk_and_office_stand(here: Workplace, kiosk: Kiosk) -> None:
    menu = StaffMenuStep(here)
    assert [option.more for option in menu.view.options if option.word == "network"] == [network.ONLINE]
    kiosk.far.away = AWAY
    change = kiosk.office.issue(number(1), "a" * 32).changes[0].id
    wrong = outcome(change, 1, "a")
    kiosk.office.record(wrong)
    (option,) = [option for option in menu.view.options if option.word == "network"]
    assert option.mood is Mood.CAREFUL
    view = after(menu.choose(Entered("network"))).view
    assert isinstance(view, ReportView)
    texts = [line.text.text for line in view.lines]
    assert texts[0] == network.OFFLINE.text
    assert "Data per {time}" in texts
    assert "Menunggu dikirim ke kantor: {number}" in texts
    kiosk.far.refuses = {str(outcome_name(wrong)): (Fate.REFUSED, OutcomeRefused.code)}
    kiosk.far.away = None
    kiosk.office.meet()
    kiosk.office.deliver()
    view = after(menu.choose(Entered("network"))).view
    assert isinstance(view, ReportView)
    refused = view.lines[-1]
    assert refused.mood is Mood.BAD
    assert refused.more is not None
    assert (refused.more.values["number"], refused.more.values["code"]) == (number(1), "OFF-05")


def test_a_kiosk_with_its_own_register_has_no_such_tile(here: Workplace) -> None:
    menu = StaffMenuStep(replace(here, offline=None))
    assert "network" not in [option.word for option in menu.view.options]
    assert menu.choose(Entered("network")) is menu


def test_a_number_that_only_the_office_could_know_says_so(here: Workplace, kiosk: Kiosk) -> None:
    kiosk.far.away = AWAY
    view = after(FindStep(here, idpel(7), lambda _here, _found: StaffMenuStep(here))).view
    assert isinstance(view, IdPadView)
    assert view.problem == messages.NOT_IN_COPY


def test_a_customer_is_told_to_come_again_where_that_helps(here: Workplace, kiosk: Kiosk) -> None:
    kiosk.far.away = AWAY
    kiosk.ticks += 8 * 86400
    kiosk.clock.now += (kiosk.far.lasts * 8) / 7
    with pytest.raises(KrnError) as refusal:
        kiosk.office.issue(number(1), "a" * 32)
    step = step_for_error(here, refusal.value)
    assert isinstance(step, ErrorStep)
    assert step.view == error_view("OFF-12")
    assert error_view("OFF-12").todo == COME_AGAIN
    assert error_view("OFF-03").todo == GO_TO_COUNTER

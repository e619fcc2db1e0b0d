"""Each code that can reach a person has its words, or somebody decided that the default is enough."""

import pytest

from hardware.person import Question
from kiosk.demo.workplace import DemoWorkplace
from kiosk.flow import messages, notices
from kiosk.flow.meter.person import QUESTIONS
from kiosk.flow.notices import ErrorStep, OutOfServiceStep, closed_view, step_for_error
from kiosk.flow.refusals import (
    DEFAULT,
    NOT_IN_A_SESSION,
    OF_THE_REASON,
    ONLY_STAFF_CAN_HELP,
    OUT_OF_SERVICE,
    SENTENCES,
    UNEXPECTED,
    Leaf,
    code_of,
    error_view,
    reason_of,
)
from kiosk.upgrade.endings import WORDS
from kiosk.upgrade.events import Ending
from kiosk.view.views import ErrorView, OutOfServiceView
from krn_engine.demo import DemoCase
from krn_engine.errors import KrnError, Refusal
from krn_engine.issuing.errors import BeyondTarget, KeyStateOdd, KeyStateUnknown
from krn_engine.office import net_errors as net
from krn_engine.office.contract import FindWarning, Found, Unclear
from krn_engine.office.identify import IdProblem
from tests.support.refusals import leaves

DECIDED = (SENTENCES.keys(), OUT_OF_SERVICE, ONLY_STAFF_CAN_HELP, NOT_IN_A_SESSION)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kiosk out of service tries again without a pause."""
    monkeypatch.setattr(notices, "RETRY_SECONDS", 0.0)


def refusals() -> list[Leaf]:
    """Every refusal but the roots of families, which are never raised, and what a test or a module keeps to itself."""
    return [leaf for leaf in leaves(Refusal) if not leaf.__name__.startswith("_") and not leaf.code.endswith("-00")]


def undecided(known: list[Leaf]) -> list[str]:
    return [refusal.__name__ for refusal in known if sum(refusal in kind for kind in DECIDED) != 1]


def test_somebody_decided_on_every_refusal_once() -> None:
    assert len(refusals()) > 50
    assert undecided(refusals()) == []
    assert {refusal for kind in DECIDED for refusal in kind} == set(refusals())


def test_a_refusal_that_nobody_decided_on_is_found() -> None:
    class NewRefusal(KrnError):
        code = "NEW-01"

    assert undecided([*refusals(), NewRefusal]) == ["NewRefusal"]


@pytest.mark.parametrize("refusal", refusals(), ids=lambda refusal: refusal.code)
def test_a_refusal_leads_to_its_words(here: DemoWorkplace, refusal: Leaf) -> None:
    error = refusal("not for the customer")
    assert code_of(error) == refusal.code
    view = step_for_error(here, error).view
    if refusal in OUT_OF_SERVICE:
        assert view == OutOfServiceView(messages.CLOSED, refusal.code, reason_of(refusal.code))
    else:
        assert isinstance(view, ErrorView)
        assert view.happened == SENTENCES.get(refusal, DEFAULT)
        assert view.code == refusal.code


def test_what_nobody_expected_gets_the_default(here: DemoWorkplace) -> None:
    step = step_for_error(here, ZeroDivisionError())
    assert isinstance(step, ErrorStep)
    assert step.view == error_view(UNEXPECTED)
    assert error_view(UNEXPECTED).happened == DEFAULT


def test_what_makes_a_meter_unclear_has_a_sentence(here: DemoWorkplace) -> None:
    assert SENTENCES.keys() >= {KeyStateUnknown, KeyStateOdd, BeyondTarget}
    found = here.office.find(here.province.first(DemoCase.UNKNOWN_STATE).idpel)
    assert isinstance(found, Found)
    assert isinstance(found.standing, Unclear)
    assert error_view(found.standing.code).happened == SENTENCES[KeyStateUnknown]


def test_every_answer_of_the_office_and_every_ending_has_its_words() -> None:
    assert messages.ID_PROBLEMS.keys() == set(IdProblem)
    assert messages.WARNINGS.keys() == set(FindWarning)
    assert QUESTIONS.keys() == set(Question)
    assert WORDS.keys() == set(Ending)
    assert all(words.reason for ending, words in WORDS.items() if ending is not Ending.UPGRADED)


def test_a_register_that_cannot_be_written_closes_the_kiosk(here: DemoWorkplace) -> None:
    for refusal in OUT_OF_SERVICE:
        assert isinstance(step_for_error(here, refusal("gone")), OutOfServiceStep)


def test_a_closed_kiosk_tells_staff_what_they_can_do_something_about() -> None:
    class LetInNoMore(net.CallerUnknown):
        code = "NEW-02"

    for refusal, words in OF_THE_REASON.items():
        assert reason_of(refusal.code) == closed_view(refusal.code).of_code == words
    assert reason_of(LetInNoMore.code) == OF_THE_REASON[net.CallerUnknown]
    assert reason_of("REG-02") is reason_of("SYS-01") is None

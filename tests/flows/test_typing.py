"""The typing step: what it shows of an adapter that presses no keys, and of each outcome."""

import threading
import time

from hardware.adapter import EntryProgress, Evidence, Outcome, RowEntry, Source, Submission
from kiosk.demo.workplace import DemoWorkplace
from kiosk.flow.meter.typing import _STATES, TypingStep
from kiosk.flow.staff import messages
from kiosk.upgrade.events import TAKEN, RowAnswer
from kiosk.view.choices import Choice
from kiosk.view.parts import RowState
from kiosk.view.views import TypingView
from krn_engine.demo import DemoCase
from krn_engine.office.contract import Grade, RowOutcome
from tests.support.scripted import OK, Scripted, number


def test_an_adapter_without_keys_tells_a_share_of_the_row(here: DemoWorkplace) -> None:
    go_on = threading.Event()

    class WithoutKeys(Scripted):
        def _submit(self, entry: RowEntry) -> Submission:
            entry.watch(EntryProgress(3, 4, display="75 %"))
            go_on.wait(5)
            return super()._submit(entry)

    issued = here.office.issue(number(here, DemoCase.TWO_ROWS), "r1")
    step = TypingStep(here, issued, WithoutKeys([OK] * 2), here.models[0].name, Grade.CUSTOMER)
    view = step.view
    end = time.monotonic() + 5
    while not (isinstance(view, TypingView) and view.pressed) and time.monotonic() < end:
        step.poll()
        if not isinstance(view, TypingView):
            step.choose(Choice.DONT_KNOW)
        time.sleep(0.005)
        view = step.view
    go_on.set()
    assert isinstance(view, TypingView)
    assert (view.pressed, view.meter.display, view.meter.lit_key) == (15, "75 %", None)
    step.leave()


def test_every_outcome_has_its_picture_and_its_word_for_staff() -> None:
    assert set(_STATES) == set(Outcome)
    assert set(messages._OUTCOMES) == set(RowOutcome)
    unknown = [outcome for outcome, state in _STATES.items() if state is RowState.UNKNOWN]
    assert unknown == [Outcome.UNKNOWN]
    assert {outcome for outcome, state in _STATES.items() if state is RowState.ACCEPTED} == set(TAKEN)
    # Only what the meter refused is said to be refused: SALAH is its own word.
    assert [outcome for outcome, state in _STATES.items() if state is RowState.REFUSED] == [Outcome.REJECTED]


def test_an_answer_that_tells_nothing_is_shown_as_unknown_and_not_as_a_refusal(here: DemoWorkplace) -> None:
    """A reserved number of the meter's result register is seen, and says nothing of the row."""
    issued = here.office.issue(number(here, DemoCase.TWO_ROWS), "r1")
    step = TypingStep(here, issued, Scripted([OK] * 2), here.models[0].name, Grade.CUSTOMER)
    step._take(RowAnswer(1, Submission(Outcome.UNKNOWN, Evidence(Source.STATUS_CODE, "99", "camera"))))
    assert step._states[0] is RowState.UNKNOWN
    step.leave()

"""The typing step before an adapter that presses no keys."""

import threading
import time

from hardware.adapter import EntryProgress, RowEntry, Submission
from kiosk.demo.workplace import DemoWorkplace
from kiosk.flow.meter.typing import TypingStep
from kiosk.view.choices import Choice
from kiosk.view.views import TypingView
from krn_engine.demo import DemoCase
from tests.support.scripted import OK, Scripted, number


def test_an_adapter_without_keys_tells_a_share_of_the_row(here: DemoWorkplace) -> None:
    go_on = threading.Event()

    class WithoutKeys(Scripted):
        def _submit(self, entry: RowEntry) -> Submission:
            entry.watch(EntryProgress(3, 4, display="75 %"))
            go_on.wait(5)
            return super()._submit(entry)

    issued = here.office.issue(number(here, DemoCase.TWO_ROWS), "r1")
    step = TypingStep(here, issued, WithoutKeys([OK] * 2), here.models[0].name)
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

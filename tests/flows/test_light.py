"""Codes go in by light: what the screen shows of it, and another way where the meter lets nobody in."""

import threading
import time
from dataclasses import replace

import pytest

from hardware.adapter import AdapterKind, EntryProgress, Evidence, MeterAdapter, MeterRegister, RowEntry, Submission
from hardware.errors import AccessRefused, NoAnswer
from hardware.virtual.optical.bench import PASSWORD
from kiosk.demo.meters import LIGHT_MODEL, DemoMeters, Wire
from kiosk.demo.workplace import DemoWorkplace
from kiosk.event_log import Event, EventLog
from kiosk.flow.meter.typing import TypingStep
from kiosk.flow.staff import messages as says
from kiosk.view.choices import Choice, Entered
from kiosk.view.parts import LightStep
from kiosk.view.views import (
    AdaptersView,
    ErrorView,
    MenuView,
    ModelsView,
    ResultView,
    RowsView,
    TypingView,
)
from kiosk.workplace import all_models, light_model
from krn_engine.demo import DemoCase
from krn_engine.office.contract import Grade, NothingToDo
from tests.support.journeys import to_rows
from tests.support.scripted import OK, Scripted, number
from tests.support.technician import at_meter, chosen, told
from tests.support.walker import At, Walker

LIGHT = light_model(LIGHT_MODEL)


@pytest.fixture
def lit(here: DemoWorkplace) -> DemoWorkplace:
    """The demo with an optical head, whose meters live on a clock moved by hand."""
    meters = DemoMeters(here.province, Wire(real_time=False))
    return replace(here, connect=meters.connect, light=LIGHT, clock=meters.clock, wait=meters.wait)


class NotLetIn(Scripted):
    """A meter that wants a password that nobody here has."""

    def tampered(self) -> bool | None:
        raise AccessRefused("the meter wants a password, and this kiosk has none")


def refuses_light(here: DemoWorkplace) -> DemoWorkplace:
    """By keys as before; by light nobody is let in."""
    connect = here.connect
    assert connect is not None

    def connected(meter_number: str, model: str) -> MeterAdapter:
        return NotLetIn([]) if model == LIGHT_MODEL else connect(meter_number, model)

    return replace(here, connect=connected)


def ended(person: Walker) -> ResultView:
    """The result, once the codes are in."""
    person.walk([At(TypingView, Choice.NEXT), At(ResultView)])
    return person.see(ResultView)


# --- what this kiosk has


def test_each_workplace_has_the_ways_that_are_wired(here: DemoWorkplace) -> None:
    both = replace(here, light=LIGHT)
    assert here.adapters == (AdapterKind.KEYPAD, AdapterKind.HAND)
    assert both.adapters == (AdapterKind.OPTICAL, AdapterKind.KEYPAD, AdapterKind.HAND)
    assert replace(both, by_keys=False).adapters == (AdapterKind.OPTICAL, AdapterKind.HAND)
    assert replace(both, connect=None).adapters == (AdapterKind.HAND,)
    assert (here.usual_model, both.usual_model) == (here.models[0], LIGHT)
    assert (here.by_light(LIGHT_MODEL), both.by_light(LIGHT_MODEL), both.by_light("generic-4x3")) == (
        False,
        True,
        False,
    )
    assert both.model(LIGHT_MODEL) == LIGHT


# --- a technician


def test_a_technician_sends_the_codes_by_light_and_the_meter_proves_them(lit: DemoWorkplace) -> None:
    person = at_meter(lit)
    view = person.see(MenuView)
    assert [tool.word for tool in view.options if tool.enabled] == ["check", "adapter", "record", "other"]
    assert told(view, says.BY) == "Cahaya: Virtual optical"
    assert told(chosen(person, says.CHECK)) == "Terhubung. Meter menampilkan KRN 1."
    chosen(person, says.TYPE)
    result = ended(person)
    assert (result.code, result.version) == ("", (1, 3))
    found = lit.office.find(number(lit, DemoCase.FOUR_ROWS))
    assert isinstance(found.standing, NothingToDo)  # type: ignore[union-attr]


def test_the_way_is_chosen_by_its_picture_and_keeps_its_model(lit: DemoWorkplace) -> None:
    here = replace(lit, models=all_models())
    person = at_meter(here)
    person.walk([At(MenuView, Entered(says.ADAPTER.word)), At(AdaptersView, Entered(AdapterKind.KEYPAD.value))])
    person.walk([At(ModelsView, Entered("enter-key"))])
    assert told(person.see(MenuView), says.BY) != "Cahaya: Virtual optical"
    for kind, link in ((AdapterKind.OPTICAL, "Belum diperiksa."), (AdapterKind.HAND, says.BY_HAND.text)):
        person.walk([At(MenuView, Entered(says.ADAPTER.word)), At(AdaptersView, Entered(kind.value))])
        assert told(person.see(MenuView)) == link
    person.walk([At(MenuView, Entered(says.ADAPTER.word)), At(AdaptersView, Choice.PREVIOUS)])
    assert told(person.see(MenuView)) == says.BY_HAND.text


def test_the_screen_shows_the_exchange_step_by_step(here: DemoWorkplace) -> None:
    told_steps = threading.Semaphore(0)

    class Steps(Scripted):
        def _submit(self, entry: RowEntry) -> Submission:
            for step in LightStep:
                entry.watch(EntryProgress(step.value, len(LightStep)))
                told_steps.acquire(timeout=10)
            return super()._submit(entry)

        def read(self, register: MeterRegister) -> Evidence | None:
            return None

    lit = replace(here, light=LIGHT)
    issued = here.office.issue(number(here, DemoCase.TWO_ROWS), "r1")
    step = TypingStep(lit, issued, Steps([OK] * 2), LIGHT_MODEL, Grade.TECHNICIAN)
    for light in LightStep:
        view = until_light(step, light.value)
        assert view.pressed == (20 if light.value >= LightStep.SENT.value else 0)
        told_steps.release()
    # The next row begins anew.
    assert until_light(step, LightStep.CONNECTED.value).pressed == 0
    told_steps.release(20)
    step.leave()


def until_light(step: TypingStep, done: int) -> TypingView:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        step.poll()
        view = step.view
        if isinstance(view, TypingView) and view.light == done:
            return view
        if not isinstance(view, TypingView):
            step.choose(Choice.DONT_KNOW)
        time.sleep(0.002)
    raise AssertionError(f"never at step {done}")


def test_a_meter_that_lets_nobody_in_by_light_is_told_and_typed_into_instead(here: DemoWorkplace) -> None:
    events = EventLog()
    person = at_meter(refuses_light(replace(here, light=LIGHT, events=events)))
    assert told(chosen(person, says.CHECK)) != ""
    person.walk([At(MenuView, Entered(says.TYPE.word)), At(ErrorView)])
    view = person.see(ErrorView)
    assert (view.code, view.happened.text) == ("HW-23", "Meter tidak mengizinkan kios ini masuk.")
    assert view.other_way is not None
    assert view.other_way.text == "Pakai alat input"
    assert (Event.STEP_FAILED, "HW-23") in [(noted.event, noted.code) for noted in events.last_errors]
    person.walk([At(ErrorView, Choice.YES), At(MenuView)])
    assert told(person.see(MenuView), says.BY) == here.models[0].title
    person.walk([At(MenuView, Entered(says.TYPE.word))])
    assert ended(person).code == ""


def test_without_contacts_a_hand_is_the_other_way(here: DemoWorkplace) -> None:
    person = at_meter(refuses_light(replace(here, light=LIGHT, by_keys=False)))
    person.walk([At(MenuView, Entered(says.TYPE.word)), At(ErrorView)])
    view = person.see(ErrorView)
    assert view.other_way is not None
    assert view.other_way.text == "Masukkan sendiri"
    person.walk([At(ErrorView, Choice.YES), At(MenuView)])
    assert told(person.see(MenuView)) == says.BY_HAND.text


def test_a_head_that_sits_wrong_is_an_error_like_any_other(here: DemoWorkplace) -> None:
    class Mute(Scripted):
        def tampered(self) -> bool | None:
            raise NoAnswer("put the head right")

    person = at_meter(replace(here, light=LIGHT, connect=lambda _number, _model: Mute([])))
    person.walk([At(MenuView, Entered(says.TYPE.word)), At(ErrorView)])
    view = person.see(ErrorView)
    assert (view.code, view.other_way) == ("HW-22", None)


# --- from the codes, behind the staff's door


def test_from_the_codes_the_way_is_asked_where_there_are_two(lit: DemoWorkplace) -> None:
    person = Walker(replace(lit, pin=None))
    person.walk([*to_rows(lit, DemoCase.TWO_ROWS), At(RowsView, Choice.TYPE), At(AdaptersView, Choice.PREVIOUS)])
    person.walk([At(RowsView, Choice.TYPE)])
    assert person.see(AdaptersView).adapters == (AdapterKind.OPTICAL, AdapterKind.KEYPAD)
    person.walk([At(AdaptersView, Entered(AdapterKind.OPTICAL.value))])
    assert ended(person).code == ""


def test_from_the_codes_a_kiosk_with_a_head_alone_asks_nothing(lit: DemoWorkplace) -> None:
    person = Walker(replace(lit, pin=None, by_keys=False))
    person.walk([*to_rows(lit, DemoCase.TWO_ROWS), At(RowsView, Choice.TYPE)])
    assert ended(person).code == ""


def test_from_the_codes_a_meter_that_lets_nobody_in_is_typed_into_or_the_codes_are_there_still(
    here: DemoWorkplace,
) -> None:
    refused = refuses_light(replace(here, light=LIGHT, pin=None, models=all_models()))
    person = Walker(refused)
    person.walk([*to_rows(here, DemoCase.TWO_ROWS), At(RowsView, Choice.TYPE)])
    person.walk([At(AdaptersView, Entered(AdapterKind.OPTICAL.value)), At(ErrorView, Choice.YES), At(ModelsView)])
    alone = Walker(replace(refused, by_keys=False))
    alone.walk([*to_rows(here, DemoCase.FOUR_ROWS), At(RowsView, Choice.TYPE), At(ErrorView, Choice.YES), At(RowsView)])


def test_no_screen_holds_the_password(lit: DemoWorkplace) -> None:
    person = at_meter(lit)
    chosen(person, says.CHECK)
    chosen(person, says.TYPE)
    ended(person)
    assert all(PASSWORD.decode() not in repr(view) for view in person.seen)

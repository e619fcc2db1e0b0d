"""A technician and one meter: is it connected, how fast can it be typed into, what became of its rows; then type."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from hardware.adapter import AdapterKind, MeterAdapter, Probe
from hardware.errors import NotCalibrated
from kiosk.flow.background import Background
from kiosk.flow.customer.find import IdPadStep
from kiosk.flow.issue import issue
from kiosk.flow.meter.by_hand import KeyInStep
from kiosk.flow.meter.typing import ModelStep, typing_step
from kiosk.flow.staff import messages as says
from kiosk.flow.staff.record import RecordStep
from kiosk.flow.step import Next, Step, WorkStep
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.parts import Fact, Message, Whose
from kiosk.view.views import AdaptersView, MenuView
from kiosk.workplace import Workplace
from krn_engine.errors import Refusal
from krn_engine.office.contract import Found, Grade

CALIBRATION_SECONDS = 900.0
TOOLS_SECONDS = 300.0
"""A technician looks at the meter, not at the screen."""


def which_meter(here: Workplace, back: Callable[[], Next]) -> Next:
    """The meter's number, then its tools; `back` leads to the menu."""

    def tools(here: Workplace, found: Found) -> Next:
        return MeterToolsStep(here, _at_hand(here, found, back))

    return IdPadStep(here, tools, back=back)


@dataclass(frozen=True, slots=True)
class MeterAtHand:
    """What is known of the meter that a technician has in hand."""

    found: Found
    model: str
    adapter: AdapterKind
    back: Callable[[], Next]
    """To the menu."""
    link: Fact = says.UNSEEN
    """What the last look at it said."""
    pace: Fact | None = None
    """What calibrating found."""


def _at_hand(here: Workplace, found: Found, back: Callable[[], Next]) -> MeterAtHand:
    return MeterAtHand(found, here.models[0].name, here.adapters[0], back)


class MeterToolsStep(Step):
    """Everything that can be done with one meter."""

    idle_after = TOOLS_SECONDS

    def __init__(self, here: Workplace, meter: MeterAtHand) -> None:
        super().__init__(here)
        self._meter = meter

    @property
    def whose(self) -> Whose:
        found = self._meter.found
        return Whose(found.customer.masked_name, found.meter_number)

    @property
    def view(self) -> MenuView:
        found, by_keys = self._meter.found, self._meter.adapter is AdapterKind.KEYPAD
        tools = (
            (says.CHECK, by_keys),
            (says.ADAPTER, len(self.here.adapters) > 1),
            (says.CALIBRATE, by_keys),
            (says.RECORD, True),
            (says.OTHER_METER_NEXT, True),
        )
        facts = [says.stands(found.standing), says.link(says.BY_HAND)]
        if by_keys:
            facts[1:] = [self._meter.link, says.by_contacts(self.here.model(self._meter.model))]
        if self._meter.pace is not None:
            facts.append(self._meter.pace)
        return MenuView(
            says.meter_title(found.meter_number),
            tuple(replace(tool, enabled=able) for tool, able in tools),
            tuple(facts),
            found.meter_number,
            says.type_in(found.standing),
            goes_back=True,
        )

    def choose(self, answer: Answer) -> Next:
        if answer is Choice.PREVIOUS:
            return self._meter.back()
        tool = _TOOLS.get(answer.text) if isinstance(answer, Entered) and self.view.offers(answer) else None
        return super().choose(answer) if tool is None else tool(self.here, self._meter)


class AdapterStep(Step):
    """What puts the rows into this meter and, for contacts, which meter model it is."""

    idle_after = TOOLS_SECONDS

    def __init__(self, here: Workplace, meter: MeterAtHand) -> None:
        super().__init__(here)
        self._meter = meter

    @property
    def view(self) -> AdaptersView:
        return AdaptersView(self.here.adapters)

    def choose(self, answer: Answer) -> Next:
        if answer is Choice.PREVIOUS:
            return MeterToolsStep(self.here, self._meter)
        chosen = [kind for kind in self.here.adapters if answer == Entered(kind.value)]
        if not chosen:
            return super().choose(answer)
        meter = replace(self._meter, adapter=chosen[0], link=says.UNSEEN, pace=None)

        def with_model(model: str | None) -> Next:
            return MeterToolsStep(self.here, replace(meter, model=model or meter.model))

        by_keys = meter.adapter is AdapterKind.KEYPAD and len(self.here.models) > 1
        return ModelStep(self.here, with_model) if by_keys else with_model(None)


def _check(here: Workplace, meter: MeterAtHand) -> Next:
    def job(adapter: MeterAdapter) -> Fact:
        probe: Probe = adapter.probe()
        return says.probed(probe, meter.found.meter_number)

    return _at_the_wire(here, meter, says.CONNECTING, job)


def _calibrate(here: Workplace, meter: MeterAtHand) -> Next:
    cancel = threading.Event()

    def job(adapter: MeterAdapter) -> Fact:
        if adapter.tools is None:
            return says.failed(NotCalibrated.code)
        found = adapter.tools.calibrate(deadline=CALIBRATION_SECONDS, cancel=cancel)
        return says.calibrated(found.press, found.gap)

    return _at_the_wire(here, meter, says.CALIBRATING, job, cancel.set)


def _at_the_wire(
    here: Workplace,
    meter: MeterAtHand,
    doing: Message,
    job: Callable[[MeterAdapter], Fact],
    cancel: Callable[[], None] | None = None,
) -> Next:
    """Open the meter, do something with it, and come back with what it said."""

    def connected() -> Fact:
        assert here.connect is not None  # noqa: S101  the tools are offered only where a meter can be connected
        try:
            with here.connect(meter.found.meter_number, meter.model) as adapter:
                return job(adapter)
        except Refusal as error:
            return says.failed(error.code)

    def then(told: Fact) -> Next:
        paced = told.name is says.PACE
        known = replace(meter, pace=told) if paced else replace(meter, link=told)
        return MeterToolsStep(here, known)

    return WorkStep(here, doing, Background(connected), then, cancel)


def _type(here: Workplace, meter: MeterAtHand) -> Next:
    """Whoever came to these tools is a technician."""
    enter = KeyInStep if meter.adapter is AdapterKind.HAND else typing_step
    number = meter.found.meter_number
    return issue(here, number, lambda here, issued: enter(here, issued, meter.model, Grade.TECHNICIAN))


def _record(here: Workplace, meter: MeterAtHand) -> Next:
    """What stands on record of the meter; back to the tools with what the office says of it then."""
    return RecordStep(here, meter.found, lambda found: MeterToolsStep(here, replace(meter, found=found)))


_TOOLS: dict[str, Callable[[Workplace, MeterAtHand], Next]] = {
    says.RECORD.word: _record,
    says.ADAPTER.word: AdapterStep,
    says.CHECK.word: _check,
    says.CALIBRATE.word: _calibrate,
    says.TYPE.word: _type,
    says.OTHER_METER_NEXT.word: lambda here, meter: which_meter(here, meter.back),
}

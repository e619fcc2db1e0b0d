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
from kiosk.flow.meter.way import WayStep
from kiosk.flow.staff import messages as says
from kiosk.flow.staff.record import RecordStep
from kiosk.flow.step import Next, Step, WorkStep
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.parts import Fact, Message, Whose
from kiosk.view.views import MenuView
from kiosk.workplace import Workplace
from krn_engine.errors import Refusal
from krn_engine.office.contract import Found, Grade, Issued

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
    kind = here.adapters[0]
    return MeterAtHand(found, _model_for(here, kind), kind, back)


def _model_for(here: Workplace, kind: AdapterKind) -> str:
    """The model of a meter that is reached so, where nobody was asked for it."""
    return here.usual_model.name if kind is AdapterKind.OPTICAL else here.models[0].name


class MeterToolsStep(Step):
    """Everything that can be done with one meter."""

    idle_after = TOOLS_SECONDS

    def __init__(self, here: Workplace, meter: MeterAtHand) -> None:
        super().__init__(here)
        self._meter = meter

    @property
    def whose(self) -> Whose:
        found = self._meter.found
        return Whose(found.customer.masked_name, found.meter_number, found.customer.idpel)

    @property
    def view(self) -> MenuView:
        found, kind = self._meter.found, self._meter.adapter
        by_keys = kind is AdapterKind.KEYPAD
        tools = (
            (says.CHECK, kind is not AdapterKind.HAND),
            (says.ADAPTER, len(self.here.adapters) > 1),
            (says.CALIBRATE, by_keys),
            (says.RECORD, True),
            (says.OTHER_METER_NEXT, True),
        )
        facts = [says.stands(found.standing), says.link(says.BY_HAND)]
        if kind is not AdapterKind.HAND:
            by = says.by_contacts if by_keys else says.by_light
            facts[1:] = [self._meter.link, by(self.here.model(self._meter.model))]
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


def _adapter(here: Workplace, meter: MeterAtHand) -> Next:
    """What puts the rows into this meter and, for contacts, which meter model it is."""

    def by(kind: AdapterKind) -> Next:
        return _reached_by(here, meter, kind)

    return WayStep(here, here.adapters, by, lambda: MeterToolsStep(here, meter))


def _reached_by(here: Workplace, meter: MeterAtHand, kind: AdapterKind) -> Next:
    """The same meter, reached in another way: what was seen of it counts no more."""
    usual = meter.model if kind is meter.adapter else _model_for(here, kind)
    reached = replace(meter, adapter=kind, model=usual, link=says.UNSEEN, pace=None)

    def with_model(model: str | None) -> Next:
        return MeterToolsStep(here, replace(reached, model=model or usual))

    asks = kind is AdapterKind.KEYPAD and len(here.models) > 1
    return ModelStep(here, with_model) if asks else with_model(None)


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
    number, kind, word = meter.found.meter_number, meter.adapter, Grade.TECHNICIAN

    def other() -> Next:
        return _reached_by(here, meter, AdapterKind.KEYPAD if here.by_keys else AdapterKind.HAND)

    def enter(here: Workplace, issued: Issued) -> Next:
        if kind is AdapterKind.HAND:
            return KeyInStep(here, issued, meter.model, word)
        return typing_step(here, issued, meter.model, word, other=other if kind is AdapterKind.OPTICAL else None)

    return issue(here, number, enter)


def _record(here: Workplace, meter: MeterAtHand) -> Next:
    """What stands on record of the meter; back to the tools with what the office says of it then."""
    return RecordStep(here, meter.found, lambda found: MeterToolsStep(here, replace(meter, found=found)))


_TOOLS: dict[str, Callable[[Workplace, MeterAtHand], Next]] = {
    says.RECORD.word: _record,
    says.ADAPTER.word: _adapter,
    says.CHECK.word: _check,
    says.CALIBRATE.word: _calibrate,
    says.TYPE.word: _type,
    says.OTHER_METER_NEXT.word: lambda here, meter: which_meter(here, meter.back),
}

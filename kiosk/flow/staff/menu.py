"""What the office's own people see: how far the campaign is, what went wrong, and whether the kiosk is ready."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from hardware.errors import HardwareError
from hardware.printer.slip import SlipLine
from kiosk.doctor import examine
from kiosk.doctor.check import Check
from kiosk.event_log import Event
from kiosk.flow.background import Background
from kiosk.flow.customer.slip import code_lines
from kiosk.flow.notices import RestartStep
from kiosk.flow.pin import PinStep
from kiosk.flow.staff import messages as says
from kiosk.flow.staff import network
from kiosk.flow.staff.report import READING_SECONDS, ReportStep
from kiosk.flow.staff.technician import which_meter
from kiosk.flow.step import GO_HOME, Next, Step, WorkStep
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.formats import date_and_time
from kiosk.view.parts import Message, Mood, ReportLine
from kiosk.view.views import MenuView, ProgressView, ReportView, View
from kiosk.workplace import Workplace
from krn_engine.office.contract import Progress


def staff(here: Workplace) -> Next:
    """To the menu, by way of the PIN where there is one."""
    return _menu(here) if here.pin is None else PinStep(here, here.pin, lambda: _menu(here), lambda: GO_HOME)


def _menu(here: Workplace) -> Next:
    here.look_ups.begin_session(staff=True)
    here.events.note(Event.STAFF_CAME)
    return StaffMenuStep(here)


class StaffMenuStep(Step):
    """The menu of the staff screens."""

    idle_after = READING_SECONDS
    staff = True
    forgets = True

    @property
    def view(self) -> MenuView:
        printer = says.PRINTER_TEST
        if self.here.printer is None:
            printer = replace(printer, more=says.NO_PRINTER, enabled=False)
        errors = says.latest(next(iter(self.here.events.last_errors), None))
        office = () if self.here.offline is None else (network.option(self.here.offline),)
        return MenuView(says.MENU, (says.METER, says.PROGRESS, says.READINESS, errors, printer, *office, says.RESTART))

    def choose(self, answer: Answer) -> Next:
        chosen = _CHOSEN.get(answer.text) if isinstance(answer, Entered) and self.view.offers(answer) else None
        return super().choose(answer) if chosen is None else chosen(self.here)


class RestartQuestionStep(Step):
    """Is the kiosk to be started anew? Nobody does it with the first tap."""

    idle_after = READING_SECONDS

    @property
    def view(self) -> View:
        return MenuView(says.SURE_TO_RESTART, (), onward=says.RESTART_NOW, goes_back=True)

    def choose(self, answer: Answer) -> Next:
        if answer == Entered(says.RESTART_NOW.word):
            return RestartStep(self.here)
        return StaffMenuStep(self.here) if answer is Choice.PREVIOUS else super().choose(answer)


def _report(here: Workplace, title: Message, lines: tuple[ReportLine, ...]) -> Next:
    return ReportStep(here, ReportView(title, lines), lambda: StaffMenuStep(here))


def _progress(here: Workplace) -> Next:
    def then(progress: Progress) -> Next:
        view = ProgressView(
            upgraded=progress.upgraded,
            meters=progress.meters,
            percent=progress.percent,
            claimed=progress.claimed,
            due=progress.due,
            unclear=progress.unclear + progress.blocked,
            days=tuple((f"{day.day.day}", day.rows_accepted) for day in progress.days),
        )
        return ReportStep(here, view, lambda: StaffMenuStep(here))

    return WorkStep(here, says.COUNTING, Background(here.office.progress), then)


def _errors(here: Workplace) -> Next:
    lines = tuple(says.noted(noted) for noted in here.events.last_errors)
    return _report(here, says.LAST_ERRORS, lines or (ReportLine(says.NO_ERRORS, Mood.GOOD),))


def _network(here: Workplace) -> Next:
    office = here.offline
    if office is None:
        return StaffMenuStep(here)
    job = Background(lambda: network.lines(office))
    return WorkStep(here, says.EXAMINING, job, lambda lines: _report(here, network.TITLE, lines))


def _readiness(here: Workplace) -> Next:
    def then(checks: list[Check]) -> Next:
        worst_first = sorted(checks, key=lambda check: -list(Mood).index(check.mood))
        return _report(here, says.IS_READY, tuple(ReportLine(check.says, check.mood) for check in worst_first))

    return WorkStep(here, says.EXAMINING, Background(lambda: list(examine(here))), then)


TEST_DIGITS = "01234567890123456789"
"""Every digit twice, as a code is printed."""


def _print_test(here: Workplace) -> Next:
    printer = here.printer
    if printer is None:
        return StaffMenuStep(here)

    def job() -> ReportLine:
        now = date_and_time(datetime.now().astimezone())
        slip = (SlipLine(here.office_name, bold=True, centre=True), *code_lines(TEST_DIGITS))
        try:
            printer.print((*slip, SlipLine(now, centre=True)))
        except HardwareError:
            return ReportLine(says.TEST_STATES[printer.state()], Mood.BAD)
        return ReportLine(says.TEST_PRINTED, Mood.GOOD)

    def then(line: ReportLine) -> Next:
        return _report(here, says.PRINTER_TEST.label, (line,))

    return WorkStep(here, says.PRINTING_TEST, Background(job), then)


_CHOSEN: dict[str, Callable[[Workplace], Next]] = {
    says.PROGRESS.word: _progress,
    says.METER.word: lambda here: which_meter(here, lambda: StaffMenuStep(here)),
    says.ERRORS.word: _errors,
    says.READINESS.word: _readiness,
    says.PRINTER_TEST.word: _print_test,
    network.OPTION.word: _network,
    says.RESTART.word: RestartQuestionStep,
}

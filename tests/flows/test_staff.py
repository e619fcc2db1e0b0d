"""The screens of the office's own people, and a technician with a meter on the table."""

import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

from hardware.adapter import AdapterKind, MeterAdapter, Probe
from hardware.errors import MeterProcessGone
from hardware.person import NO, YES
from hardware.printer.port import PrinterState
from hardware.virtual.printer import VirtualPrinter
from kiosk.demo.workplace import DemoWorkplace
from kiosk.event_log import Event, EventLog, Kind, Noted
from kiosk.flow.staff import messages as says
from kiosk.limits.pin import Pin, write_pin
from kiosk.upgrade.events import Ending
from kiosk.view.choices import Choice, Entered
from kiosk.view.parts import Mood
from kiosk.view.views import (
    AdaptersView,
    ConfirmView,
    ErrorView,
    HomeView,
    IdPadView,
    KeyInView,
    MenuView,
    ModelsView,
    ProgressView,
    QuestionView,
    ReportView,
    ResultView,
    TypingView,
    View,
    WaitView,
)
from kiosk.workplace import all_models
from krn_engine.demo import DemoCase
from krn_engine.office.contract import Attempt, Grade, RowOutcome
from krn_engine.row import BENAR, SALAH
from tests.support.scripted import BAD, OK, Scripted, ScriptedTools
from tests.support.technician import at_meter, chosen, to_menu, told
from tests.support.walker import At, Walker

PIN = "271828"


def lines(view: View) -> list[str]:
    assert isinstance(view, ReportView)
    return [line.text.text for line in view.lines]


def test_staff_are_asked_for_the_pin_each_time(here: DemoWorkplace, tmp_path: Path) -> None:
    write_pin(tmp_path / "pin", PIN)
    kiosk = replace(here, pin=Pin(tmp_path / "pin"))
    person = Walker(kiosk)
    person.walk([At(HomeView, Choice.STAFF), At(IdPadView, Entered("314159")), At(IdPadView, Entered(PIN))])
    person.walk([At(MenuView, Choice.HOME), At(HomeView, Choice.STAFF), At(IdPadView)])


def test_without_a_pin_only_the_demo_has_staff_screens(here: DemoWorkplace) -> None:
    person = Walker(replace(here, demo=False))
    assert person.view == HomeView()
    person.flow.choose(Choice.STAFF)
    person.see(HomeView)


def test_staff_screens_close_when_nobody_is_there(here: DemoWorkplace) -> None:
    person = to_menu(here)
    person.wait(121.0)
    person.wait(31.0)
    person.see(HomeView)


def test_staff_see_the_progress_of_the_campaign(here: DemoWorkplace) -> None:
    person = to_menu(here)
    before = chosen(person, says.PROGRESS)
    assert isinstance(before, ProgressView)
    assert before.meters == before.upgraded + before.claimed + before.due + before.unclear
    assert len(before.days) == 14
    person.walk([At(ProgressView, Choice.PREVIOUS)])
    person.see(MenuView)


def test_the_last_errors_are_told_newest_first(here: DemoWorkplace) -> None:
    person = to_menu(here)
    assert lines(chosen(person, says.ERRORS)) == ["Tidak ada kesalahan yang tercatat."]
    person.walk([At(ReportView, Choice.HOME)])
    blocked, unclear = (here.province.first(case).idpel for case in (DemoCase.BLOCKED, DemoCase.UNKNOWN_STATE))
    for number in (blocked, unclear):
        person.walk([At(HomeView, Choice.START), At(IdPadView, Entered(number)), At(ConfirmView, Choice.YES)])
        person.walk([At(ErrorView, Choice.HOME)])
    person.walk([At(HomeView, Choice.STAFF)])
    view = chosen(person, says.ERRORS)
    assert isinstance(view, ReportView)
    assert [line.more.values["code"] for line in view.lines if line.more is not None] == ["ISS-02", "OFF-03"]
    # Words first: nobody has to look a code up to know what it was.
    assert lines(view) == ["Data meter ini belum lengkap.", "Meter ini sedang diblokir oleh kantor."]


def test_readiness_tells_what_is_worst_first(here: DemoWorkplace) -> None:
    printer = VirtualPrinter(condition=PrinterState.PAPER_OUT)
    person = to_menu(replace(here, printer=printer))
    view = chosen(person, says.READINESS)
    assert isinstance(view, ReportView)
    moods = [line.mood for line in view.lines if line.mood is not None]
    assert "Printer: kertas habis" in lines(view)
    assert moods == sorted(moods, key=list(Mood).index, reverse=True)


@pytest.mark.parametrize(("state", "says_"), [(PrinterState.READY, "tercetak"), (PrinterState.GONE, "tidak menjawab")])
def test_staff_print_a_test_slip(here: DemoWorkplace, state: PrinterState, says_: str) -> None:
    printer = VirtualPrinter(condition=state)
    view = chosen(to_menu(replace(here, printer=printer)), says.PRINTER_TEST)
    assert says_ in lines(view)[0]
    assert len(printer.slips) == (1 if state is PrinterState.READY else 0)


def test_without_a_printer_there_is_no_test(here: DemoWorkplace) -> None:
    view = to_menu(replace(here, printer=None)).view
    assert isinstance(view, MenuView)
    # It stays where it is, and cannot be chosen.
    assert [option.word for option in view.options].count(says.PRINTER_TEST.word) == 1
    assert not view.offers(Entered(says.PRINTER_TEST.word))
    person = to_menu(replace(here, printer=None))
    person.flow.choose(Entered(says.PRINTER_TEST.word))
    assert person.view == view


def test_the_menu_tells_the_newest_error(here: DemoWorkplace) -> None:
    events = EventLog(clock=lambda: 1_000_000.0)
    kiosk = replace(here, events=events)
    assert says.latest(None) in to_menu(kiosk).see(MenuView).options
    events.note(Event.ERROR_SHOWN, "OFF-03")
    events.note(Event.SLIP_BROKEN, "HW-17")
    newest = says.latest(Noted(1_000_000.0, Event.SLIP_BROKEN, "HW-17"))
    assert newest in to_menu(kiosk).see(MenuView).options
    assert newest.mood is Mood.CAREFUL


@pytest.mark.parametrize("event", [event for event in Event if event.kind is Kind.ERROR])
def test_every_error_has_words(event: Event) -> None:
    codes = ["", "HW-17", "KIOSK-01", *(ending.code for ending in Ending)]
    for code in codes:
        line = says.noted(Noted(0.0, event, code))
        assert len(line.text.text.split()) > 1
        assert not re.search(r"[A-Z]+-\d\d", line.text.text)
        assert line.more is not None
        assert line.more.values["code"] == (code or event.label)


def test_a_restart_ends_the_run(here: DemoWorkplace) -> None:
    person = to_menu(here)
    assert not person.flow.over
    # Not at the first tap, and there is a way back.
    chosen(person, says.RESTART)
    person.walk([At(MenuView, Choice.PREVIOUS)])
    assert says.RESTART in person.see(MenuView).options
    view = chosen(person, says.RESTART)
    assert isinstance(view, MenuView)
    assert view.title == says.SURE_TO_RESTART
    assert not person.flow.over
    person.flow.choose(Entered(says.RESTART_NOW.word))
    assert person.flow.over
    assert isinstance(person.flow.view, WaitView)


# --- a technician


class Bench(Scripted):
    """A scripted meter that can be asked and calibrated."""

    def __init__(self, number: str | None, krn: int | None = 1) -> None:
        super().__init__([OK] * 4, keypad=ScriptedTools())
        self.told = Probe("generic-4x3", number, krn)

    def probe(self) -> Probe:
        return self.told


def test_a_technician_checks_calibrates_and_types(here: DemoWorkplace) -> None:
    person = at_meter(here)
    assert told(person.view) == "Belum diperiksa."
    assert told(chosen(person, says.CHECK)) == "Terhubung. Meter menampilkan KRN 1."
    assert told(chosen(person, says.CALIBRATE)) == "Tidak ada kecepatan yang dibaca meter tanpa salah. HW-15"
    person.walk([At(MenuView, Entered(says.TYPE.word)), At(TypingView, Choice.NEXT), At(ResultView)])
    result = person.see(ResultView)
    assert result.version == (1, 3)
    person.walk([At(ResultView, Choice.DONE), At(HomeView)])


def test_afterwards_the_history_tells_each_row(here: DemoWorkplace) -> None:
    person = at_meter(here)
    chosen(person, says.RECORD)
    assert lines(chosen(person, says.HISTORY)) == ["Belum ada catatan untuk meter ini."]
    person.walk([At(ReportView, Choice.PREVIOUS), At(MenuView, Choice.PREVIOUS)])
    person.walk([At(MenuView, Entered(says.TYPE.word)), At(TypingView, Choice.NEXT)])
    person.walk([At(ResultView, Choice.DONE)])
    again = at_meter(here)
    chosen(again, says.RECORD)
    view = chosen(again, says.HISTORY)
    assert isinstance(view, ReportView)
    ended, *rows = view.lines
    assert ended.more is not None
    assert (ended.text.text, ended.mood) == ("Upgrade berhasil", Mood.GOOD)
    assert (ended.more.values["code"], ended.more.values["krn"]) == ("OK", "3")
    assert not any(line.claim for line in rows)
    assert [(line.text.values["row"], line.text.values["said"]) for line in rows] == [
        ("2", "BENAR"),
        ("1", "BENAR"),
    ] * 2


def test_a_meter_that_is_up_to_date_is_not_typed_into(here: DemoWorkplace) -> None:
    view = at_meter(here, DemoCase.DONE).view
    assert isinstance(view, MenuView)
    assert not view.offers(Entered(says.TYPE.word))
    assert view.onward == replace(says.TYPE, enabled=False)
    person = at_meter(here, DemoCase.DONE)
    person.flow.choose(Entered(says.TYPE.word))
    person.see(MenuView)


@pytest.mark.parametrize(
    ("number", "krn", "said"),
    [
        ("itself", 2, "Terhubung"),
        ("itself", None, "Nomor meter cocok; KRN tidak terbaca"),
        (None, None, "layarnya tidak terbaca"),
        ("99999999999", 1, "Meter lain"),
    ],
)
def test_a_technician_is_told_which_meter_is_connected(
    here: DemoWorkplace, number: str | None, krn: int | None, said: str
) -> None:
    def connect(meter_number: str, _model: str) -> MeterAdapter:
        return Bench(meter_number if number == "itself" else number, krn)

    assert said in told(chosen(at_meter(replace(here, connect=connect)), says.CHECK))


def test_a_meter_process_that_is_gone_is_a_line_and_no_end(here: DemoWorkplace) -> None:
    def connect(_number: str, _model: str) -> MeterAdapter:
        raise MeterProcessGone("is krn-meter running?")

    assert told(chosen(at_meter(replace(here, connect=connect)), says.CHECK)) == "Alat input tidak menjawab. HW-11"


def test_the_model_is_chosen_by_its_picture_and_calibrated(here: DemoWorkplace) -> None:
    models = []

    def connect(meter_number: str, model: str) -> MeterAdapter:
        models.append(model)
        return Bench(meter_number)

    person = at_meter(replace(here, connect=connect, models=all_models()))
    keypad = At(AdaptersView, Entered(AdapterKind.KEYPAD.value))
    person.walk([At(MenuView, Entered(says.ADAPTER.word)), keypad, At(ModelsView, Entered("enter-key"))])
    view = person.see(MenuView)
    assert told(view, says.BY) == "Itron EM512"
    calibrated = chosen(person, says.CALIBRATE)
    assert told(calibrated, says.PACE) == "Tekan 66 ms, jeda 45 ms."
    # What else was known of the meter is still said.
    assert told(calibrated) == "Belum diperiksa."
    assert told(chosen(person, says.CHECK), says.PACE) == "Tekan 66 ms, jeda 45 ms."
    assert models == ["enter-key"] * 2


def test_a_meter_without_keys_has_no_pace_to_find(here: DemoWorkplace) -> None:
    kiosk = replace(here, connect=lambda _number, _model: Scripted([OK] * 4))
    assert told(chosen(at_meter(kiosk), says.CALIBRATE)) == "Tidak ada kecepatan yang dibaca meter tanpa salah. HW-15"


def test_a_refusal_is_handed_over_with_its_reason(here: DemoWorkplace) -> None:
    events = EventLog()
    kiosk = replace(here, connect=lambda _number, _model: Scripted([BAD, BAD]), events=events)
    person = at_meter(kiosk, DemoCase.TWO_ROWS)
    chosen(person, says.TYPE)
    while not isinstance(person.view, TypingView):
        person.flow.choose(Choice.DONT_KNOW)
    person.walk([At(TypingView, Choice.NEXT), At(ResultView)])
    result = person.see(ResultView)
    assert result.code
    assert [(noted.event, noted.code) for noted in events.last_errors] == [(Event.HANDED_OVER, result.code)]


def test_tools_are_for_the_next_meter_too(here: DemoWorkplace) -> None:
    person = at_meter(here)
    assert isinstance(chosen(person, says.OTHER_METER_NEXT), IdPadView)
    assert not isinstance(person.view, ConfirmView)


def test_from_the_tools_it_goes_back_to_the_menu(here: DemoWorkplace) -> None:
    person = at_meter(here)
    person.walk([At(MenuView, Choice.PREVIOUS), At(MenuView)])
    assert person.see(MenuView).title == says.MENU


# --- by hand


def by_hand(here: DemoWorkplace, case: DemoCase = DemoCase.TWO_ROWS, *, krn: str = "2") -> Walker:
    """A technician before the first row that they are to key in."""
    person = at_meter(here, case)
    chosen(person, says.ADAPTER)
    person.walk([At(AdaptersView, Entered(AdapterKind.HAND.value)), At(MenuView, Entered(says.TYPE.word))])
    person.walk([At(QuestionView, Entered(word)) for word in (NO, YES, krn)])
    return person


def attempts(here: DemoWorkplace) -> list[Attempt]:
    history = here.office.history(here.province.first(DemoCase.TWO_ROWS).meter_number)
    return [entry for entry in history if isinstance(entry, Attempt)]


def keyed(word: str) -> list[At]:
    """The row is in, and the meter answers."""
    return [At(KeyInView, Choice.NEXT), At(QuestionView, Entered(word))]


def test_by_hand_the_wire_is_left_alone(here: DemoWorkplace) -> None:
    def connect(_number: str, _model: str) -> MeterAdapter:
        raise AssertionError("nobody asked for contacts")

    person = by_hand(replace(here, connect=connect))
    shown = person.see(KeyInView)
    assert (shown.number, shown.rows, shown.again) == (1, 2, False)
    person.walk(keyed(BENAR))
    second = person.see(KeyInView)
    assert (second.number, second.again) == (2, False)
    assert second.row != shown.row
    person.walk([*keyed(BENAR), At(QuestionView, Entered("3"))])
    person.walk([At(TypingView, Choice.NEXT), At(ResultView)])
    result = person.see(ResultView)
    assert result.version == (2, 3)


def test_by_hand_the_rows_are_recorded_by_the_persons_word(
    here: DemoWorkplace, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    person = by_hand(here)
    assert caplog.messages.count("typing-began") == 1
    person.walk([*keyed(BENAR), *keyed(BENAR), At(QuestionView, Entered("3"))])
    told_by = [(attempt.outcome, attempt.by, attempt.grade) for attempt in attempts(here)]
    assert told_by == [(RowOutcome.ACCEPTED, "person", Grade.TECHNICIAN)] * 2


def test_by_hand_a_refused_row_is_keyed_once_more_and_not_twice(here: DemoWorkplace) -> None:
    person = by_hand(here)
    person.walk(keyed(SALAH))
    again = person.see(KeyInView)
    assert (again.number, again.again) == (1, True)
    person.walk([*keyed(SALAH), At(TypingView, Choice.NEXT), At(ResultView)])
    result = person.see(ResultView)
    assert result.code == Ending.REFUSED.code


def test_by_hand_who_leaves_in_the_middle_leaves_the_row_unknown(here: DemoWorkplace) -> None:
    person = by_hand(here)
    person.flow.choose(Choice.HOME)
    assert isinstance(person.view, HomeView)
    end = time.monotonic() + 10.0
    while [attempt.outcome for attempt in attempts(here)] != [RowOutcome.UNKNOWN]:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_by_hand_the_code_can_be_looked_at_again_before_the_answer(here: DemoWorkplace) -> None:
    person = by_hand(here)
    shown = person.see(KeyInView)
    for _ in range(2):
        person.walk([At(KeyInView, Choice.NEXT), At(QuestionView, Choice.PREVIOUS)])
        assert person.see(KeyInView) == shown
    assert [(attempt.section, attempt.outcome) for attempt in attempts(here)] == [(1, RowOutcome.UNKNOWN)]
    person.walk([*keyed(BENAR), At(KeyInView)])
    assert person.see(KeyInView).number == 2
    person.flow.choose(Choice.HOME)


@pytest.mark.parametrize("answers", [[], [NO]], ids=["at the first question", "at the second"])
def test_who_is_asked_can_stop_in_place_of_answering(here: DemoWorkplace, answers: list[str]) -> None:
    person = at_meter(replace(here, connect=None), DemoCase.TWO_ROWS)
    person.walk([At(MenuView, Entered(says.TYPE.word)), *[At(QuestionView, Entered(word)) for word in answers]])
    assert person.see(QuestionView).stops
    person.flow.choose(Choice.HOME)
    assert isinstance(person.view, HomeView)
    assert attempts(here) == []


def test_without_contacts_a_technician_keys_in(here: DemoWorkplace) -> None:
    person = at_meter(replace(here, connect=None), DemoCase.TWO_ROWS)
    view = person.view
    assert isinstance(view, MenuView)
    able = [option.word for option in view.options if option.enabled]
    assert able == [says.RECORD.word, says.OTHER_METER_NEXT.word]
    # The others stand where they always do.
    words = [option.word for option in at_meter(here, DemoCase.TWO_ROWS).see(MenuView).options]
    assert [option.word for option in view.options] == words
    assert told(view) == "Anda menekan tombol meter sendiri."
    person.walk([At(MenuView, Entered(says.TYPE.word)), *[At(QuestionView, Entered(w)) for w in (NO, YES, "2")]])
    person.see(KeyInView)
    person.flow.choose(Choice.HOME)


def test_what_one_adapter_told_is_not_said_of_another(here: DemoWorkplace) -> None:
    person = at_meter(here)
    chosen(person, says.CHECK)
    for kind in (AdapterKind.HAND, AdapterKind.KEYPAD):
        person.walk([At(MenuView, Entered(says.ADAPTER.word)), At(AdaptersView, Entered(kind.value))])
    assert told(person.view) == "Belum diperiksa."


def test_whoever_looked_at_the_adapters_may_go_back(here: DemoWorkplace) -> None:
    person = at_meter(here)
    chosen(person, says.ADAPTER)
    person.walk([At(AdaptersView, Choice.PREVIOUS)])
    before = person.see(MenuView)
    assert says.CHECK in before.options

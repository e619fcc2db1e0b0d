"""Blind, from home to four codes that are taken away, by what was spoken and nothing else."""

from dataclasses import replace

import pytest

from kiosk.demo.workplace import DemoWorkplace
from kiosk.flow.customer.thanks import LISTENED_SECONDS
from kiosk.flow.flow import ATTENDANT_SECONDS
from kiosk.view.choices import Choice
from kiosk.view.panels import PANELS, Panel
from kiosk.view.parts import Hearing
from kiosk.view.spoken import phrases
from kiosk.view.views import AttendantView, HomeView, IdleView, RowsView, TakeAwayView
from krn_engine.demo import DemoCase
from krn_engine.row import Row
from tests.support import espeak
from tests.support.blind import Blind, codes_in, number_in
from tests.support.journeys import to_rows
from tests.support.sample_views import VIEWS
from tests.support.screens import SIZES, drawn
from tests.support.walker import Walker


def rows_of(person: Blind) -> tuple[Row, ...]:
    """The truth: what the screen of the codes was made from."""
    view = person.app.screen.view
    assert isinstance(view, RowsView | TakeAwayView)
    return view.rows


def to_codes(person: Blind, here: DemoWorkplace) -> str:
    """By the keypad, from a pad that has been heard to the codes; gives what was said there."""
    customer = here.province.first(DemoCase.FOUR_ROWS)
    number = customer.idpel
    for count, digit in enumerate(number, 1):
        told = person.press(digit)
        assert told.startswith(digit)
        assert (f"{count} digit" in told) == (count in (4, 8, 11, 12))
    # One too many, by mistake: it is heard, and taken back.
    person.press("5")
    assert person.press(".") in ("Angka 5 dihapus, 12 digit.", "5 erased, 12 digits.")
    assert number_in(person.press("/")).startswith(number)
    assert f"Enter: {person.say('Lanjut')}." in person.press("/")
    confirm = person.press("enter")
    assert person.say("Apakah ini meter Anda?") in confirm
    assert number_in(person.press("0")) == customer.meter_number
    assert person.say("Apakah meter Anda menampilkan PERIKSA?") in person.press("enter")
    assert person.press("enter") == person.say("Tekan plus untuk memilih, lalu Enter.")
    person.choose("Tidak")
    return person.choose("Tidak punya")


@pytest.mark.parametrize("language", ["id", "en"])
def test_blind_end_to_end_by_what_was_spoken(here: DemoWorkplace, language: str) -> None:
    person = Blind(replace(here, printer=None), PANELS["10"])
    home = person.press("/")
    assert "Enter: pilih" in home
    assert "Enter: Mulai." in home
    if language == "en":
        assert "Enter: Start." in person.choose("English")
    code = "Kode" if language == "id" else "Code"
    person.press("*")
    assert person.say("Masukkan nomor Anda") in person.choose("Mulai")
    first = to_codes(person, here)
    wanted = list(rows_of(person))
    assert codes_in(first) == wanted[:1]
    # Whole, as often as one likes, and four digits at a time, at one's own pace.
    taken = []
    for number in "1234":
        assert codes_in(person.press(number)) in ([wanted[int(number) - 1]], []), "the first one is in hand already"
        assert number_in(person.press("0")) == wanted[int(number) - 1]
        taken.append("".join(number_in(person.press("9").split(f"{code} {number}. ")[-1]) for _ in range(5)))
    assert taken == wanted
    assert person.press("5").endswith(" 1 dari 4." if language == "id" else " 1 of 4.")
    # Taken away: dictated, each with time to write it down; and the code for a phone is found.
    save = person.press("enter")
    assert person.say("Simpan kode Anda") in save
    assert "Q R" in save
    assert codes_in(person.press("0")) == wanted
    assert max(phrase.pause for phrase in person.heard.said[-1].phrases) > 2
    assert person.heard.said[-1].pace == 1
    # Nothing is thrown away by an Enter too many.
    person.press("enter", "enter", "enter")
    assert isinstance(person.app.screen.view, TakeAwayView)
    assert person.say("Sudah Anda foto atau catat?") in person.choose("Selesai")
    assert person.press("enter") == person.say("Tekan plus untuk memilih, lalu Enter.")
    thanks = person.choose("Sudah")
    assert person.say("Terima kasih. Di rumah:") in thanks
    # It is heard to its end at the slowest pace, before it goes away by itself.
    person.clock.wait(LISTENED_SECONDS - 10)
    person.app.step()
    assert number_in(person.press("/")) == number_in(thanks)
    person.press("enter")
    assert isinstance(person.app.screen.view, HomeView)
    assert person.press("+") == ""


@pytest.mark.slow
@pytest.mark.parametrize("panel", SIZES, ids=lambda panel: panel.name)
def test_blind_end_to_end_by_touch_alone(here: DemoWorkplace, panel: Panel) -> None:
    """The first touch names, the second presses; who finds the sound needs help with that one button."""
    person = Blind(here, panel)
    sound = next(button for button in person.app.screen.buttons if button.name == "listen")
    person.touch(sound.rect.center)
    person.find_and_press("Mulai")
    places = {digit: person.find(digit) for digit in "90"}
    typed = here.province.first(DemoCase.FOUR_ROWS).idpel
    assert set(typed) == set(places)
    for count, digit in enumerate(typed, 1):
        told = person.touch(places[digit])
        if told == f"{digit}.":
            # Only named: another key was touched before.
            told = person.touch(places[digit])
        assert told == f"{digit}, {count} digit."
    assert person.say("Apakah ini meter Anda?") in person.find_and_press("Lanjut")
    person.find_and_press("Ya, ini meter saya")
    person.find_and_press("Tidak")
    heard = list(codes_in(person.find_and_press("Tidak punya")))
    wanted = list(rows_of(person))
    for number in "234":
        name = number if panel.small else f"Kode {number}"
        heard += codes_in(person.find_and_press(name))
    assert heard == wanted
    assert "Kode Q R" in person.find_and_press("Simpan kode")
    aim = person.find("Kode QR")
    assert isinstance(person.app.screen.view, TakeAwayView)
    assert person.touch(aim) == "Kode Q R."
    person.find_and_press("Selesai")
    assert "Terima kasih" in (person.find_and_press("Sudah") + "".join(said.text for said in person.heard.said[-1:]))


@espeak.installed
@pytest.mark.slow
def test_the_thanks_are_heard_twice_at_the_slowest_pace() -> None:
    screen = drawn(VIEWS["thanks"], PANELS["10"], hearing=Hearing(on=True))
    assert 2 * espeak.seconds(phrases(screen.said), pace=1) < LISTENED_SECONDS


@espeak.installed
@pytest.mark.slow
def test_the_codes_are_heard_digit_by_digit(here: DemoWorkplace) -> None:
    """Through the real espeak-ng: what leaves the headphones, and not what was handed to it."""
    person = Blind(here, PANELS["7"])
    person.press("/", "enter")
    to_codes(person, here)
    wanted = rows_of(person)
    for number, row in enumerate(wanted, 1):
        person.press(str(number), "0")
        assert espeak.heard_digits(person.heard.said[-1].phrases) == row
    person.press("enter", "0")
    groups = [phrase for phrase in person.heard.said[-1].phrases if not phrase.text.startswith("Kode")]
    assert espeak.heard_digits(groups) == "".join(wanted)


def test_staff_are_one_step_back_and_the_codes_are_kept(here: DemoWorkplace) -> None:
    person = Blind(here, PANELS["10"])
    person.press("/", "enter")
    to_codes(person, here)
    code = person.press("0")
    assert person.press("-") == "Panggil petugas."
    assert "Angkat tangan" in person.press("enter")
    view = person.app.screen.view
    assert view == AttendantView()
    assert code not in " ".join(said.text for said in person.heard.said[-1:])
    person.press("*")
    assert person.press("0") == code


def test_who_waits_for_staff_is_not_asked_whether_they_are_there(here: DemoWorkplace) -> None:
    person = Walker(here)
    person.walk(to_rows(here, DemoCase.FOUR_ROWS))
    codes = person.see(RowsView)
    person.flow.choose(Choice.ATTENDANT)
    assert person.wait(ATTENDANT_SECONDS - 1) == AttendantView()
    assert isinstance(person.wait(2), IdleView)
    person.flow.choose(Choice.YES)
    person.flow.choose(Choice.PREVIOUS)
    assert person.view == codes


def test_at_home_too_and_then_the_next_person_finds_it_as_the_first_did(here: DemoWorkplace) -> None:
    person = Walker(here)
    for choice in (Choice.LISTEN, Choice.ATTENDANT):
        person.flow.choose(choice)
    assert person.wait(ATTENDANT_SECONDS - 1) == AttendantView(keeps=False)
    assert isinstance(person.wait(2), HomeView)
    assert not person.flow.hearing.on


def test_that_staff_were_asked_for_is_an_event(here: DemoWorkplace, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    Walker(here).flow.choose(Choice.ATTENDANT)
    assert "staff-asked" in caplog.text

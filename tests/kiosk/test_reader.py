"""What is read aloud, when, and to whom: from the keys to a voice that writes down what it is told."""

from dataclasses import replace

import pygame
import pytest

from kiosk.flow.meter.person import YES_NO
from kiosk.reader import Reader
from kiosk.screens import screen_for
from kiosk.screens.base import Ui
from kiosk.screens.take_away import TakeAwayScreen
from kiosk.ui.input import KeyPress
from kiosk.ui.texts import Texts
from kiosk.view.choices import Choice, Entered
from kiosk.view.panels import PANELS
from kiosk.view.parts import Hearing, Message, RowState
from kiosk.view.spoken import GROUP_SECONDS, WRITING_SECONDS
from kiosk.view.views import HomeView, IdleView, IdPadView, QuestionView, RehearsalView, RowsView, TypingView, View
from tests.support.app import Driven
from tests.support.heard import Heard
from tests.support.sample_views import METER, ROWS, VIEWS


class Listener(Driven):
    """Somebody who hears the kiosk; the flow answers to LISTEN and LOUDER as the real one does."""

    def __init__(self, view: View | None = None) -> None:
        self.heard = Heard()
        super().__init__(voice=self.heard)
        if view is not None:
            self.see(view)

    def see(self, view: View) -> None:
        self.flow.view = view
        self.step()

    def key(self, code: int, pause: float = 2.0) -> None:
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=code, mod=0))
        self.step(pause)
        # A digit waits until it is known to be no scan.
        self.step(0.1)

    @property
    def last(self) -> str:
        return self.heard.last

    def touch(self, *at: tuple[int, int]) -> None:
        """A finger that goes down, slides over these places, and goes up."""
        kinds = [pygame.MOUSEBUTTONDOWN, *[pygame.MOUSEMOTION] * (len(at) - 1)]
        for kind, pos in zip(kinds, at, strict=True):
            pygame.event.post(pygame.event.Event(kind, button=1, buttons=(1, 0, 0), pos=pos, touch=False))
        pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONUP, button=1, pos=at[-1], touch=False))
        self.step()

    def place(self, name: str) -> tuple[int, int]:
        """The middle of a button."""
        return next(button.rect.center for button in self.app.screen.buttons if button.name == name)


def listening(view: View) -> Listener:
    person = Listener(view)
    person.key(pygame.K_KP_DIVIDE)
    return person


def test_nothing_is_said_until_somebody_asks() -> None:
    person = Listener(VIEWS["confirm"])
    assert person.heard.said == []
    person.key(pygame.K_KP_DIVIDE)
    assert "garis miring: ulangi" in person.last
    assert "Ya, ini meter saya" in person.last


def test_each_new_screen_is_read_once() -> None:
    person = listening(HomeView())
    before = len(person.heard.said)
    person.step()
    person.see(IdPadView())
    person.step()
    assert len(person.heard.said) == before + 1
    assert person.last.startswith("Masukkan nomor Anda.")
    assert person.last.endswith("Tombol: Kembali, Di mana nomornya?")


def test_a_row_is_read_digit_by_digit_in_fours() -> None:
    person = listening(VIEWS["rows-first-alone"])
    assert "7 3 7 8, 6 9 7 6, 2 9 4 8, 3 8 2 0, 6 4 6 3." in person.last


def test_the_key_repeats_and_twice_at_once_is_louder() -> None:
    person = listening(VIEWS["confirm"])
    person.key(pygame.K_KP_DIVIDE)
    assert person.flow.hearing.volume == 2
    person.key(pygame.K_KP_DIVIDE, pause=0.3)
    assert person.flow.hearing.volume == 3
    assert person.heard.said[-1].volume == 3
    assert "Ya, ini meter saya" in person.last


def test_a_touch_beside_every_button_repeats() -> None:
    person = listening(VIEWS["confirm"])
    before = len(person.heard.said)
    for kind in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP):
        pygame.event.post(pygame.event.Event(kind, button=1, pos=(2, 2), touch=False))
    person.step()
    assert len(person.heard.said) == before + 1
    assert "Ya, ini meter saya" in person.last


def test_digits_are_echoed_with_their_count_after_each_four() -> None:
    person = listening(IdPadView())
    told = []
    for digit in "990000000000":
        person.key(getattr(pygame, f"K_{digit}"))
        told.append(person.last)
    assert told[:4] == ["9.", "9.", "0.", "0, 4 digit."]
    assert told[7] == "0, 8 digit."
    assert told[10:] == ["0, 11 digit.", "0, 12 digit."], "a meter's number, and a customer's, are long enough"


def test_what_is_erased_is_told_with_what_is_left() -> None:
    person = listening(IdPadView("1239"))
    person.key(pygame.K_KP_PERIOD)
    assert person.last == "Angka 9 dihapus, 3 digit."
    for _ in range(3):
        person.key(pygame.K_KP_PERIOD)
    assert person.last == "Angka 1 dihapus, 0 digit."
    person.key(pygame.K_KP_PERIOD)
    assert person.last == "Belum ada angka."


def test_a_pin_is_counted_and_never_said() -> None:
    person = listening(IdPadView(secret=True))
    for key in (pygame.K_8, pygame.K_8, pygame.K_KP_PERIOD, pygame.K_8, pygame.K_KP_DIVIDE):
        person.key(key)
        assert "8" not in person.last
    assert [one.text for one in person.heard.said[-5:-1]] == ["1 digit.", "2 digit.", "1 digit.", "2 digit."]


def test_no_number_is_as_long_as_it_can_be_misread() -> None:
    """However few digits were typed, each is read alone."""
    for typed in ("1", "100", "1000", "99100000001"):
        person = listening(IdPadView(typed))
        said = [phrase.text for phrase in person.heard.said[-1].phrases]
        digits = [text.rstrip(".,").split(" ") for text in said if text.replace(" ", "").rstrip(".,").isdigit()]
        assert "".join("".join(four) for four in digits) == typed
        assert all(len(digit) == 1 for four in digits for digit in four)


def test_an_enter_that_does_nothing_is_explained() -> None:
    person = listening(VIEWS["question-periksa"])
    person.key(pygame.K_KP_ENTER)
    assert person.last == "Tekan plus untuk memilih, lalu Enter."
    person.key(pygame.K_7)
    assert person.last == "Tombol ini tidak dipakai di sini."
    assert person.flow.chosen == [Choice.LISTEN]


def test_what_enter_does_is_told_with_the_screen() -> None:
    assert "Enter: Ya, ini meter saya." in listening(VIEWS["confirm"]).last
    assert "Enter: Kode 2." in listening(VIEWS["rows-first"]).last
    assert "Enter: Simpan kode." in listening(VIEWS["rows-last"]).last
    assert "Enter:" not in listening(VIEWS["question-token"]).last.split("Petugas: minus, Enter.")[1]


def test_the_focus_is_told() -> None:
    person = listening(VIEWS["confirm"])
    person.key(pygame.K_KP_PLUS)
    assert person.last.rstrip(".") in {button.label for button in person.app.screen.buttons}


def continued_from(row: str) -> QuestionView:
    """A view with a value that cannot be hashed."""
    return QuestionView(Message("Lanjutkan dari kode {row}", {"row": row}), YES_NO)


def test_the_same_screen_made_anew_is_not_told_again() -> None:
    person = listening(continued_from("3"))
    before = len(person.heard.said)
    person.see(continued_from("3"))
    assert len(person.heard.said) == before
    person.see(continued_from("4"))
    assert len(person.heard.said) == before + 1


def test_another_row_in_the_same_place_is_told() -> None:
    person = listening(RowsView((ROWS[0], ROWS[1]), 0, ((1, 2),), 10))
    person.see(RowsView((ROWS[2], ROWS[3]), 0, ((1, 2),), 10))
    assert "2 8 8 8, 8 8 8 8" in person.last
    assert "Tombol:" in person.last, "it is another meter's, and all of it is new"


def test_the_next_code_is_told_without_all_that_was_heard_before() -> None:
    rows = VIEWS["rows-first"]
    assert isinstance(rows, RowsView)
    person = listening(rows)
    person.see(replace(rows, index=2))
    assert person.last == "Kode 3. 2 8 8 8, 8 8 8 8, 8 8 8 8, 8 8 8 8, 8 8 8 8."


def test_zero_repeats_the_digits_alone() -> None:
    for name, digits in (
        ("rows-first", "7 3 7 8, 6 9 7 6, 2 9 4 8, 3 8 2 0, 6 4 6 3."),
        ("key-in", "7 3 7 8, 6 9 7 6, 2 9 4 8, 3 8 2 0, 6 4 6 3."),
        ("confirm", "8 8 8 8, 8 8 8 8, 8 8 8."),
    ):
        person = listening(VIEWS[name])
        person.key(pygame.K_KP0)
        assert person.last == digits
        assert [phrase.pause for phrase in person.heard.said[-1].phrases] == [GROUP_SECONDS] * len(digits.split(","))


def test_the_fours_are_heard_one_by_one() -> None:
    person = listening(VIEWS["rows-first"])
    told = []
    for key in (*[pygame.K_KP9] * 2, pygame.K_KP8, pygame.K_KP7, pygame.K_KP7, *[pygame.K_KP9] * 5):
        person.key(key)
        told.append(person.last)
    first = "Kode 1. 7 3 7 8."
    assert told[:5] == [first, "6 9 7 6.", "6 9 7 6.", first, first]
    assert told[5:] == ["6 9 7 6.", "2 9 4 8.", "3 8 2 0.", "6 4 6 3.", "Sudah angka terakhir. Nol: dari awal."]
    person.key(pygame.K_KP0)
    person.key(pygame.K_KP9)
    assert person.last == first
    assert person.flow.chosen == [Choice.LISTEN]


def test_with_more_codes_than_four_the_keys_choose_codes() -> None:
    view = RowsView(ROWS * 2, 0, ((1, 4), (5, 8)), 10)
    screen = screen_for(view, Ui(PANELS["10"], Texts(), hearing=Hearing(on=True), can_listen=True))
    screen.draw(pygame.Surface((1280, 800)))
    reader = Reader(Heard())
    reader.shown(view, screen, Hearing(on=True))
    for key in "5678":
        assert not reader.takes(KeyPress(key), screen)
        assert screen.handle(KeyPress(key)) == Entered(key)
    assert reader.takes(KeyPress("0"), screen)


def test_all_codes_are_dictated_with_time_to_write() -> None:
    person = listening(VIEWS["take-away-NONE"])
    person.key(pygame.K_KP0)
    phrases = person.heard.said[-1].phrases
    assert [phrase.text for phrase in phrases if phrase.text.startswith("Kode")] == [f"Kode {n}." for n in range(1, 5)]
    groups = [phrase for phrase in phrases if not phrase.text.startswith("Kode")]
    assert [group.pause for group in groups] == [WRITING_SECONDS] * 20
    assert "".join(group.text for group in groups).translate({ord(sign): None for sign in " ,."}) == "".join(ROWS)


def test_where_the_code_for_a_phone_is_is_told() -> None:
    person = listening(VIEWS["take-away-NONE"])
    assert "Kode Q R di sebelah kanan layar berisi teks biasa" in person.last
    assert isinstance(person.app.screen, TakeAwayScreen)
    person.touch(person.app.screen.code.center)
    assert person.last == "Kode Q R."


@pytest.mark.parametrize("name", ["take-away-NONE", "take-away-DONE", "take-away-BROKEN"])
def test_enter_alone_throws_no_codes_away(name: str) -> None:
    person = listening(VIEWS[name])
    person.key(pygame.K_KP_ENTER)
    assert person.flow.chosen == [Choice.LISTEN]
    assert person.last == "Tekan plus untuk memilih, lalu Enter."


@pytest.mark.parametrize(
    ("key", "said"), [(pygame.K_KP5, "Lebih lambat: 1 dari 4."), (pygame.K_KP6, "Lebih cepat: 3 dari 4.")]
)
def test_it_is_slower_or_faster_from_the_next_word_on(key: int, said: str) -> None:
    person = listening(VIEWS["rows-first"])
    person.key(key)
    assert (person.last, person.heard.said[-1].pace) == (said, person.flow.hearing.pace)
    person.key(pygame.K_KP0)
    assert person.heard.said[-1].pace == person.flow.hearing.pace


def test_the_pace_ends_at_the_slowest_and_says_so() -> None:
    person = listening(VIEWS["rows-first"])
    for _ in range(5):
        person.key(pygame.K_KP5)
    assert person.last == "Lebih lambat: 1 dari 4."


def test_the_help_says_the_keys_again_and_has_what_can_be_changed() -> None:
    person = listening(VIEWS["help"])
    introduction = person.last[: person.last.index("Bantuan.")]
    assert person.last.count(introduction) == 2, "when it begins, and in the help"
    for name, choice in (("slower", Choice.SLOWER), ("faster", Choice.FASTER), ("louder", Choice.LOUDER)):
        for _ in range(2):
            person.touch(person.place(name))
        assert person.flow.chosen[-1] is choice
    assert person.last == "Suara 3 dari 3."


def test_one_step_back_from_anywhere_is_staff() -> None:
    for name in ("home", "pad", "confirm", "question-periksa", "rows-first", "take-away-NONE", "error-OFF-03"):
        person = listening(VIEWS[name])
        person.key(pygame.K_KP_MINUS)
        assert person.last == "Panggil petugas."
        person.key(pygame.K_KP_ENTER)
        assert person.flow.chosen[-1] is Choice.ATTENDANT


def test_who_does_not_listen_has_no_such_stop() -> None:
    person = Listener(VIEWS["confirm"])
    assert "attendant" not in [button.name for button in person.app.screen.stops()]


def test_the_first_touch_names_and_the_second_presses() -> None:
    person = listening(VIEWS["confirm"])
    person.touch(person.place("yes"))
    assert person.last == "Ya, ini meter saya."
    assert person.flow.chosen == [Choice.LISTEN]
    person.touch(person.place("no"))
    person.touch(person.place("yes"))
    assert person.flow.chosen == [Choice.LISTEN], "another one was named in between"
    person.touch(person.place("yes"))
    assert person.flow.chosen == [Choice.LISTEN, Choice.YES]


def test_a_button_that_was_named_on_one_screen_is_named_anew_on_the_next() -> None:
    person = listening(VIEWS["advice-token"])
    person.touch(person.place("next"))
    person.see(VIEWS["advice-go-on"])
    person.touch(person.place("next"))
    assert person.flow.chosen == [Choice.LISTEN]


def test_a_sliding_finger_hears_what_it_comes_to_and_presses_nothing() -> None:
    person = listening(VIEWS["confirm"])
    person.touch(person.place("no"))
    before = len(person.heard.said)
    person.touch(person.place("no"), (2, 2), person.place("yes"))
    assert [one.text for one in person.heard.said[before:]] == ["Ya, ini meter saya."]
    assert person.flow.chosen == [Choice.LISTEN]
    assert not any(button.down for button in person.app.screen.buttons)
    person.touch(person.place("yes"))
    assert person.flow.chosen[-1] is Choice.YES


def test_a_touch_reads_the_line_under_it() -> None:
    person = listening(VIEWS["confirm"])
    line = next(rect for text, rect in person.app.screen.lines if text == "8888")
    person.touch(line.center)
    assert person.last == "8 8 8 8."


def test_what_cannot_be_pressed_now_says_so() -> None:
    person = listening(IdPadView("123"))
    for _ in range(3):
        person.touch(person.place("next"))
    assert person.last == "Lanjut, belum bisa dipilih."
    assert person.flow.chosen == [Choice.LISTEN]


def test_who_does_not_listen_presses_with_the_first_touch_and_may_slide() -> None:
    person = Listener(VIEWS["confirm"])
    person.touch(person.place("yes"), (person.place("yes")[0] + 3, person.place("yes")[1]))
    assert person.flow.chosen == [Choice.YES]


def test_a_rehearsal_says_the_next_key_alone() -> None:
    rehearsal = VIEWS["rehearsal"]
    assert isinstance(rehearsal, RehearsalView)
    person = listening(rehearsal)
    person.see(replace(rehearsal, done=14))
    assert person.last == f"Sekarang tekan {ROWS[0][14]}."
    person.see(replace(rehearsal, done=14, wrong=True))
    assert person.last == "Digit terakhir salah. Tekan Hapus."
    over = VIEWS["rehearsal-over"]
    assert isinstance(over, RehearsalView)
    person.see(over)
    assert "Benar!" in person.last
    assert "Tombol: Kembali, Selesai latihan" in person.last


def test_typing_is_told_row_by_row_and_not_key_by_key() -> None:
    states = (RowState.TYPING, RowState.WAITING)
    person = listening(TypingView(states, ROWS[0], 3, METER))
    before = len(person.heard.said)
    for pressed in range(4, 20):
        person.see(TypingView(states, ROWS[0], pressed, METER))
    assert len(person.heard.said) == before
    assert "7 3 7 8. 6 9 7 6" not in person.last
    person.see(TypingView((RowState.ACCEPTED, RowState.TYPING), ROWS[1], 0, METER))
    assert len(person.heard.said) == before + 1
    assert "Kode 1: BENAR" in person.last


def test_the_countdown_is_told_once() -> None:
    person = listening(VIEWS["confirm"])
    before = len(person.heard.said)
    for seconds in range(30, 20, -1):
        person.see(IdleView(seconds))
    assert len(person.heard.said) == before + 1


def test_it_speaks_the_language_of_the_screen() -> None:
    person = listening(VIEWS["confirm"])
    person.flow.language = "en"
    person.step()
    person.see(IdPadView())
    assert person.heard.said[-1].language == "en"


def test_another_language_is_heard_at_once() -> None:
    person = listening(VIEWS["rows-first"])
    person.flow.language = "en"
    person.step()
    assert "Zero: the digits alone." in person.last


def test_a_finger_interrupts_and_home_is_silent() -> None:
    person = listening(VIEWS["confirm"])
    for event in (
        pygame.event.Event(pygame.MOUSEBUTTONDOWN, button=1, pos=(2, 2), touch=False),
        pygame.event.Event(pygame.KEYDOWN, key=pygame.K_7, mod=0),
    ):
        stops = person.heard.stops
        pygame.event.post(event)
        person.step()
        assert person.heard.stops == stops + 1
    stops = person.heard.stops
    person.flow.choose(Choice.LISTEN)
    person.see(HomeView())
    assert person.heard.stops > stops
    said = len(person.heard.said)
    person.see(IdPadView())
    assert len(person.heard.said) == said


def test_without_a_voice_the_key_does_nothing() -> None:
    driven = Driven()
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_KP_DIVIDE, mod=0))
    driven.step()
    assert driven.flow.chosen == []


def test_a_choice_that_changes_nothing_is_not_met_with_silence() -> None:
    person = listening(VIEWS["take-away-BUSY"])
    person.touch(person.place("done"))
    person.touch(person.place("done"))
    assert person.flow.chosen[-1] is Choice.DONE
    assert "Mencetak slip" in person.last, "it cannot be left now, and says why"
    person.touch(person.place("larger"))
    person.touch(person.place("larger"))
    assert person.last == "Tampilan berubah."


ALL_KEYS = [getattr(pygame, f"K_KP{digit}") for digit in range(10)] + [
    pygame.K_KP_PLUS,
    pygame.K_KP_MINUS,
    pygame.K_KP_MULTIPLY,
    pygame.K_KP_DIVIDE,
    pygame.K_KP_PERIOD,
    pygame.K_KP_ENTER,
]


@pytest.mark.slow
@pytest.mark.parametrize("name", VIEWS)
def test_no_key_and_no_touch_is_met_with_silence_or_an_error(name: str) -> None:
    """On every screen, whatever somebody does who listens: they hear of it, or the flow does."""
    person = listening(VIEWS[name])
    for key in ALL_KEYS:
        said, chosen = len(person.heard.said), len(person.flow.chosen)
        person.key(key)
        new = [one.text for one in person.heard.said[said:]]
        assert any(new) or len(person.flow.chosen) > chosen, pygame.key.name(key)
    for button in person.app.screen.buttons:
        said, chosen = len(person.heard.said), len(person.flow.chosen)
        person.touch(button.rect.center)
        assert any(one.text for one in person.heard.said[said:]) or len(person.flow.chosen) > chosen, button.name
    assert person.flow.errors == []

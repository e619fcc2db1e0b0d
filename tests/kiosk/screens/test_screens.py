"""Every screen, on every panel, in every language: what fits, what can be hit, what it returns."""

import re
from dataclasses import replace
from itertools import combinations
from typing import Any, get_args

import pygame
import pytest

from kiosk.flow import messages
from kiosk.screens import SCREENS, screen_for
from kiosk.screens.base import Screen, Ui
from kiosk.screens.pages import Paged
from kiosk.ui.input import KeyPress, PointerDown, PointerUp
from kiosk.ui.text import FONTS, Painter
from kiosk.ui.texts import Texts
from kiosk.ui.theme import COLOURS, GAP, INSIDE, LEAST_LARGE, STRONG, TARGET, Role, Type, contrast, key_size
from kiosk.ui.widgets import KEYS, NEAR, Button, Look, digit_row
from kiosk.view import changes
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.panels import PANELS, Panel
from kiosk.view.parts import INDONESIAN, Hearing, Message, Sight
from kiosk.view.views import ConfirmView, IdPadView, MenuView, ModelsView, ReportView, ThanksView, TypingView, View
from tests.support.sample_views import VIEWS, head_of
from tests.support.screens import SIZES, drawn, pixels, tap

pytestmark = pytest.mark.slow

pygame.font.init()


LOWEST = 0.5
"""Millimetres above the lower edge in which nothing is pressed; a turned panel has its frame there."""
QUICK = "7"
"""The panel with the fewest pixels is the one that `make check` looks at, in Indonesian."""
LISTENED = ("help", "attendant", "rows-first", "take-away-NONE")
"""Screens that are also looked at while they are read aloud."""
EVERYWHERE = [
    pytest.param(
        (name, panel, language, large, listened),
        id=f"{name}-{panel.name}-{language}-{'large' if large else ''}{'listened' if listened else ''}",
        marks=() if panel.name == QUICK and language == INDONESIAN else pytest.mark.slow,
    )
    for name in VIEWS
    for listened in ((False, True) if name in LISTENED else (False,))
    for panel in SIZES
    for language in ("id", "en")
    for large in (False, True)
]

PANEL_BY_PANEL = [
    pytest.param(panel, id=panel.name, marks=() if panel.name == QUICK else pytest.mark.slow) for panel in SIZES
]


@pytest.fixture(scope="module", params=EVERYWHERE)
def everywhere(request: pytest.FixtureRequest) -> tuple[Panel, Screen[Any]]:
    """A panel, and one view on it: drawn once for all tests that only look at it."""
    name, panel, language, large, listened = request.param
    return panel, drawn(VIEWS[name], panel, language, Sight(large), head_of(name), Hearing(listened))


def test_everything_fits_and_can_be_hit(everywhere: tuple[Panel, Screen[Any]]) -> None:
    panel, screen = everywhere
    assert screen.overflows == []
    area = pygame.Rect(0, 0, panel.width, panel.height)
    for button in screen.buttons:
        smallest = key_size(panel) if button.look is Look.KEY else TARGET
        assert min(button.rect.size) >= panel.px(smallest) - 1, button.name
        assert area.contains(button.rect), button.name
        assert area.bottom - button.rect.bottom >= panel.px(LOWEST), (button.name, "is pressed by the case")
        near = panel.px(NEAR if button.look in (Look.TOOL, *KEYS) or not button.word else INSIDE) - 1
        for text, rect in button.words:
            # A line is higher than what is seen of it.
            seen = rect.inflate(0, -round(rect.height * 0.3))
            assert button.rect.left + near <= seen.left, (button.name, text, "touches its frame")
            assert seen.right <= button.rect.right - near, (button.name, text, "touches its frame")
            assert button.rect.top <= seen.top <= seen.bottom <= button.rect.bottom, (button.name, text)
    for one, other in combinations(screen.buttons, 2):
        apart = one.rect.inflate(2 * (panel.px(GAP) - 1), 2 * (panel.px(GAP) - 1))
        assert not apart.colliderect(other.rect), (one.name, other.name)


def test_no_words_lie_on_others_or_under_a_button(everywhere: tuple[Panel, Screen[Any]]) -> None:
    panel, screen = everywhere
    for (one, first), (other, second) in combinations(screen.lines, 2):
        assert not first.inflate(-4, -4).colliderect(second.inflate(-4, -4)), (one, other)
    for text, rect in screen.lines:
        for button in screen.buttons:
            assert not rect.inflate(-4, -4).colliderect(button.rect), (text, button.name)
    for card in screen.cards:
        assert card.collidelist([button.rect for button in screen.buttons]) < 0
        assert pygame.Rect(0, 0, panel.width, panel.height).contains(card)
        for text, rect in screen.lines:
            inside = card.left <= rect.left and rect.right <= card.right
            assert inside or not rect.inflate(-4, -4).colliderect(card), (text, "hangs out of what it lies on")


@pytest.mark.parametrize("panel", PANEL_BY_PANEL)
def test_large_letters_are_larger(panel: Panel) -> None:
    """Digits first: on each screen that has codes they are larger, or there are as many and all of them seen."""
    for name in ("rows-first", "rows-last", "rows-two", "key-in"):
        plain, large = (drawn(VIEWS[name], panel, sight=Sight(large)) for large in (False, True))
        assert tallest_digits(large) > tallest_digits(plain), name
    smallest = panel.px(LEAST_LARGE)
    assert drawn(VIEWS["rows-middle"], panel).scale == 1.0
    for name, view in VIEWS.items():
        painter = Painter(
            pygame.Surface((10, 10)), panel, scale=drawn(view, panel, sight=Sight(large=True)).scale, large=True
        )
        assert painter.capital(Type.BODY) >= smallest, name
        assert painter.capital(Type.SUPPORT) >= smallest, name


@pytest.mark.parametrize("name", ["rows-first", "rows-middle", "rows-last", "rows-two"])
@pytest.mark.parametrize("panel", SIZES, ids=lambda panel: panel.name)
def test_the_code_in_hand_has_its_full_size(panel: Panel, name: str) -> None:
    painter = Painter(pygame.Surface((10, 10)), panel)
    assert tallest_digits(drawn(VIEWS[name], panel, head=head_of(name))) == painter.digit_step(Type.ROWS)


def tallest_digits(screen: Screen[Any]) -> int:
    """Pixels of the highest line of four digits."""
    lines = [*screen.lines, *(line for button in screen.buttons for line in button.words)]
    return max(rect.height for text, rect in lines if len(text) == 4 and text.isdigit())


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("large", [False, True], ids=["", "large"])
@pytest.mark.parametrize("panel", PANEL_BY_PANEL)
def test_a_time_limit_says_which_codes_it_is_for(panel: Panel, large: bool, language: str) -> None:
    """Seen and spoken, with the code in hand."""
    for name, codes in (("rows-first", (1, 2)), ("rows-last", (3, 4)), ("rows-one-change", (1, 4))):
        screen = drawn(VIEWS[name], panel, language, Sight(large), head_of(name))
        said = " ".join(screen.said)
        assert any(words in said for words in named_all_ways(codes, language)), said
        painter = Painter(pygame.Surface((panel.width, panel.height)), panel, scale=screen.scale, large=large)
        for button in screen.buttons:
            button.draw(painter)
        # What wraps is joined again: a column has the words below each other.
        seen = " ".join(text for text, _ in (*screen.lines, *painter.lines))
        named = [words for words in named_all_ways(codes, language) if words in seen]
        assert named, seen
        minutes = r"(dalam 10 menit|within 10 minutes)"
        assert re.search(re.escape(named[0]) + r" (di rumah, |at home, |sesudah itu, |after that, )?" + minutes, seen)


def named_all_ways(codes: tuple[int, int], language: str) -> list[str]:
    say = Texts(language)
    return [say(changes.named(*codes)), say(changes.named_briefly(*codes))]


@pytest.mark.parametrize("panel", [PANELS["td2"]], ids=lambda panel: panel.name)
def test_a_large_code_on_an_upright_panel_takes_its_card(panel: Panel) -> None:
    """As wide as the card has room, and from its head to its end."""
    for name in ("rows-first", "rows-one-change"):
        screen = drawn(VIEWS[name], panel, sight=Sight(large=True), head=head_of(name))
        card = next(button for button in screen.buttons if button.name == "tick")
        painter = Painter(pygame.Surface((panel.width, panel.height)), panel, scale=screen.scale, large=True)
        card.draw(painter)
        fours = [rect for text, rect in painter.lines if len(text) == 4 and text.isdigit()]
        digits = fours[0].unionall(fours[1:])
        assert digits.width >= card.rect.width - panel.px(10)
        assert digits.height >= 0.6 * card.rect.height


def pages_of(screen: Screen[Any], panel: Panel) -> list[str]:
    """What each page of a screen shows, after it was looked at whether all of that fits and can be hit."""
    assert isinstance(screen, Paged)
    pages: list[str] = []
    while True:
        test_everything_fits_and_can_be_hit((panel, screen))
        test_no_words_lie_on_others_or_under_a_button((panel, screen))
        pages.append(" ".join(text for text, _ in screen.lines))
        if screen.on_last:
            return pages
        assert tap(screen, "more") is None
        screen.draw(pygame.Surface((panel.width, panel.height)))


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("large", [False, True], ids=["", "large"])
@pytest.mark.parametrize("panel", PANEL_BY_PANEL)
def test_the_last_screen_says_all_that_is_needed_at_home(panel: Panel, large: bool, language: str) -> None:
    say = Texts(language)
    for name in ("thanks", "thanks-two", "thanks-one-change", "thanks-second-pair", "thanks-unknown"):
        view = VIEWS[name]
        assert isinstance(view, ThanksView)
        screen = drawn(view, panel, language, Sight(large), head_of(name))
        shows = (
            "Catat angka yang tampil." if view.krn is None else Message("Meter harus menampilkan {krn}.", {"krn": "3"})
        )
        wanted = [
            say("Masukkan dulu token yang belum dipakai."),
            say(changes.time_limit(view.pairs, view.minutes)),
            say("Tekan 04 lalu Enter"),
            say(shows),
        ]
        # Whoever listens hears all of it before a page is turned.
        assert set(wanted) <= set(screen.said), name
        pages = pages_of(screen, panel)
        assert all(text in " ".join(pages) for text in wanted), (name, pages)
        assert len(pages) <= (2 if large and not panel.roomy else 1)
        # How long it stays is told on each.
        for page in pages:
            assert re.search(r"20 (detik|s)\b", page), (name, page)
        assert tap(screen, "done") is Choice.DONE


def test_a_page_is_turned_by_keys_by_itself_and_back() -> None:
    panel, view = PANELS["7"], VIEWS["thanks"]
    assert isinstance(view, ThanksView)
    surface = pygame.Surface((panel.width, panel.height))
    screen = drawn(view, panel, sight=Sight(large=True), head=head_of("thanks"))
    assert screen.enter_says() == "Lanjut"
    first = list(screen.lines)
    for seconds, same in ((12, True), (9, False)):
        screen.update(replace(view, seconds_left=seconds))
        screen.draw(surface)
        assert (screen.lines[0] == first[0], "Token lama dulu" in [text for text, _ in screen.lines]) == (True, same)
    assert tap(screen, "less") is None
    screen.draw(surface)
    # Whoever turned a page keeps it.
    screen.update(replace(view, seconds_left=1))
    screen.draw(surface)
    assert "Token lama dulu" in [text for text, _ in screen.lines]
    assert screen.handle(KeyPress("enter")) is None
    screen.draw(surface)
    assert screen.enter_says() == "Selesai"
    assert screen.handle(KeyPress("enter")) is Choice.DONE


@pytest.mark.parametrize("counter", ["", "Loket WWWWWW"], ids=["", "counter"])
@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("large", [False, True], ids=["", "large"])
@pytest.mark.parametrize("panel", PANEL_BY_PANEL)
def test_help_tells_the_keys_whatever_the_workplace_calls_things(
    panel: Panel, large: bool, language: str, counter: str
) -> None:
    """`counter` and `help_line` as long as the settings let them be, of wide letters."""
    say = Texts(language, "0800 1234" if counter else "123", counter)
    screen = screen_for(VIEWS["help"], Ui(panel, say, Sight(large), head=head_of("help"), can_listen=True))
    screen.draw(pygame.Surface((panel.width, panel.height)))
    pages = pages_of(screen, panel)
    assert len(pages) <= 2
    for text in (
        say(messages.HELP_START),
        say("Panggil petugas di {counter}, atau hubungi PLN {help_line}."),
        say("Tombol angka: + dan - pindah, Enter pilih, titik hapus, * keluar, / dengarkan."),
    ):
        assert text in " ".join(pages)
    assert tap(screen, "previous") is Choice.PREVIOUS


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("panel", PANEL_BY_PANEL)
def test_large_letters_leave_nothing_out_of_the_confirmation(panel: Panel, language: str) -> None:
    view, say = VIEWS["confirm"], Texts(language)
    assert isinstance(view, ConfirmView)
    screen = drawn(view, panel, language, Sight(large=True), head_of("confirm"))
    seen = [text for text, _ in screen.lines]
    for text in (say("Nama"), view.masked_name, say("Tarif/Daya"), view.service, say("Jumlah kode"), str(view.rows)):
        assert text in seen
    # With a warning it may be left out of what is seen, never of what is said.
    warned = drawn(VIEWS["confirm-CHECK_DIGIT"], panel, language, Sight(large=True), head_of("confirm"))
    assert {view.service, str(view.rows), say("Cocokkan dengan angka di meter Anda.")} <= set(warned.said)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("panel", [panel for panel in SIZES if not panel.roomy], ids=lambda panel: panel.name)
def test_no_empty_card_stands_beside_the_button_that_prints(panel: Panel, language: str) -> None:
    for name in ("take-away-OFFERED", "take-away-DONE", "take-away-NOT_READY"):
        screen = drawn(VIEWS[name], panel, language, Sight(large=True), head_of(name))
        button = next(button for button in screen.buttons if button.name == "print")
        # The card above it: what it says takes most of it.
        card = next(card for card in screen.cards if card.bottom <= button.rect.top and card.x == button.rect.x)
        written = [rect for _, rect in screen.lines if card.contains(rect)]
        assert card.bottom - max(rect.bottom for rect in written) <= panel.px(6), name


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("panel", SIZES, ids=lambda panel: panel.name)
def test_practising_has_its_word_in_large_letters(panel: Panel, language: str) -> None:
    for name in ("rows-first", "rows-last"):
        screen = drawn(VIEWS[name], panel, language, Sight(large=True), head_of(name))
        practise = next(button for button in screen.buttons if button.name == "rehearse")
        assert Texts(language)("Latihan") in [text for text, _ in practise.words], (name, practise.words)


@pytest.mark.parametrize("large", [False, True], ids=["", "large"])
@pytest.mark.parametrize("panel", PANEL_BY_PANEL)
def test_black_on_white_changes_colours_and_nothing_else(panel: Panel, large: bool) -> None:
    """What fits and can be hit in the usual colours does in these."""
    for name, view in VIEWS.items():
        plain, strong = drawn(view, panel, sight=Sight(large)), drawn(view, panel, sight=Sight(large, strong=True))
        assert strong.lines == plain.lines, name
        assert [button.rect for button in strong.buttons] == [button.rect for button in plain.buttons], name


@pytest.mark.parametrize("large", [False, True], ids=["", "large"])
@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("panel", PANEL_BY_PANEL)
def test_a_model_is_told_by_its_maker_and_by_its_own_keys(panel: Panel, language: str, large: bool) -> None:
    view = VIEWS["models"]
    assert isinstance(view, ModelsView)
    screen = drawn(view, panel, language, Sight(large), head_of("models"))
    unknown = "Merek lain" if language == "id" else "Others"
    for model in view.models:
        (button,) = (button for button in screen.buttons if button.name == f"model-{model.name}")
        painter = Painter(pygame.Surface((panel.width, panel.height)), panel, scale=screen.scale, large=large)
        button.draw(painter)
        words = [text for text, _ in painter.lines]
        written = " ".join(text for text in words if len(text) > 1)
        assert written.startswith(f"{model.maker or unknown} {model.series}")
        # Arrows are signs, everything else on a key is written.
        keys = [{"star": "*", "hash": "#"}.get(key, key) for row in model.keys for key in row if key]
        assert [text for text in words if len(text) == 1] == [key for key in keys if len(key) == 1]
        inside = button.rect.inflate(-2 * panel.px(INSIDE), -2 * panel.px(INSIDE))
        assert all(inside.left <= rect.left and rect.right <= inside.right for _, rect in painter.lines)
        assert button.label.startswith(f"{model.maker or unknown}, ")


ROWS_BUTTONS: dict[str, Answer] = {
    "previous": Choice.PREVIOUS,
    "tick": Choice.NEXT,
    "rehearse": Choice.REHEARSE,
    "done": Choice.DONE,
}
TOOLS = {
    "language": Choice.LANGUAGE,
    "larger": Choice.LARGER,
    "stronger": Choice.STRONGER,
    "help": Choice.HELP,
}


@pytest.mark.parametrize("panel", SIZES, ids=lambda panel: panel.name)
def test_the_tools_are_on_every_screen_at_the_same_places(panel: Panel) -> None:
    places = set()
    for view in VIEWS.values():
        screen = drawn(view, panel)
        tools = {button.name: button for button in screen.buttons if button.name in TOOLS}
        assert {name: tap(screen, name) for name in tools} == TOOLS
        places.add(tuple(tuple(button.rect) for button in tools.values()))
    assert len(places) == 1


def test_every_view_has_a_screen_and_a_sample() -> None:
    assert {type(view) for view in VIEWS.values()} == set(SCREENS) == set(get_args(View))


@pytest.mark.parametrize(
    ("view", "choices"),
    [
        ("home", {"start": Choice.START}),
        ("confirm", {"yes": Choice.YES, "no": Choice.NO}),
        ("rows-first", ROWS_BUTTONS | {f"code-{n}": Entered(f"{n}") for n in (2, 3, 4)} | {"type": Choice.TYPE}),
        ("rows-last", ROWS_BUTTONS | {f"code-{n}": Entered(f"{n}") for n in (1, 2, 3)}),
        ("rows-two", ROWS_BUTTONS | {"code-2": Entered("2")}),
        ("advice-periksa", {"previous": Choice.PREVIOUS, "next": Choice.NEXT}),
        ("help", {"previous": Choice.PREVIOUS}),
        ("leave", {"previous": Choice.PREVIOUS, "home": Choice.HOME}),
        ("error-goes-back", {"previous": Choice.PREVIOUS, "home": Choice.HOME}),
        ("error-other-way", {"home": Choice.HOME, "other-way": Choice.YES}),
        (
            "adapters",
            {
                "adapter-keypad": Entered("keypad"),
                "adapter-optical": Entered("optical"),
                "adapter-hand": Entered("hand"),
                "previous": Choice.PREVIOUS,
            },
        ),
        ("key-in", {"keyed": Choice.NEXT, "home": Choice.HOME}),
        ("typing", {}),
        ("typing-done", {"next": Choice.NEXT}),
        (
            "question-ANSWER_TO_ROW",
            {
                "answer-BENAR": Entered("BENAR"),
                "answer-SALAH": Entered("SALAH"),
                "answer-nothing": Entered("nothing"),
                "dont-know": Choice.DONT_KNOW,
            },
        ),
        ("result-nothing", {"done": Choice.DONE}),
        ("error-KIOSK-01", {"home": Choice.HOME}),
        ("idle", {"yes": Choice.YES, "home": Choice.HOME}),
        ("wait", {}),
        ("closed", {}),
    ],
)
def test_buttons_return_what_they_say(view: str, choices: dict[str, Answer]) -> None:
    screen = drawn(VIEWS[view])
    assert {button.name for button in screen.buttons if button.look is not Look.TOOL} == set(choices)
    for name, choice in choices.items():
        assert tap(screen, name) == choice


def test_the_pad_types_erases_and_returns() -> None:
    screen = drawn(IdPadView())
    for digit in "9910":
        assert tap(screen, f"digit-{digit}") is None
    tap(screen, "erase")
    screen.draw(pygame.Surface((1280, 800)))
    # Too short to be looked up: the button that goes on is not awake.
    assert tap(screen, "next") is None
    for key in "5":
        screen.handle(KeyPress(key))
    screen.handle(KeyPress("backspace"))
    screen.handle(KeyPress("7"))
    assert screen.handle(KeyPress("enter")) == Entered("9917")
    assert screen.handle(KeyPress("escape")) is Choice.PREVIOUS
    for _ in range(30):
        tap(screen, "digit-1")
    screen.draw(pygame.Surface((1280, 800)))
    assert tap(screen, "next") == Entered("9917" + "1" * 16)


def test_the_pad_opens_with_what_was_typed_and_its_problem_goes_with_the_next_key() -> None:
    screen = drawn(IdPadView("123", Message("Nomor ini tidak ditemukan.")))
    with_problem = pixels(screen)
    assert tap(screen, "erase") is None
    assert tap(screen, "digit-3") is None
    assert pixels(screen) != with_problem
    assert screen.handle(KeyPress("enter")) == Entered("123")


def test_the_first_digit_after_a_problem_begins_another_number() -> None:
    screen = drawn(IdPadView("123456789012", Message("Nomor ini tidak ditemukan.")))
    for digit in "99100000001":
        screen.handle(KeyPress(digit))
    assert screen.handle(KeyPress("enter")) == Entered("99100000001")


def test_all_of_a_number_is_cleared_at_once() -> None:
    screen = drawn(IdPadView("123456789012"))
    assert tap(screen, "clear") is None
    assert screen.handle(KeyPress("enter")) == Entered("")


def test_keys_choose_what_the_buttons_do() -> None:
    assert drawn(VIEWS["home"]).handle(KeyPress("enter")) is Choice.START
    assert drawn(VIEWS["confirm"]).handle(KeyPress("enter")) is Choice.YES
    assert drawn(VIEWS["rows-first"]).handle(KeyPress("enter")) is Choice.NEXT
    assert drawn(VIEWS["rows-last"]).handle(KeyPress("enter")) is Choice.DONE
    assert drawn(VIEWS["typing"]).handle(KeyPress("enter")) is None
    assert drawn(VIEWS["typing-done"]).handle(KeyPress("enter")) is Choice.NEXT
    assert drawn(VIEWS["closed"]).handle(KeyPress("escape")) is None


def test_a_button_fires_only_when_down_and_up_are_inside() -> None:
    screen = drawn(VIEWS["home"])
    start = next(button for button in screen.buttons if button.name == "start").rect
    other = next(button for button in screen.buttons if button.name == "language").rect
    screen.handle(PointerDown(*start.center))
    assert screen.handle(PointerUp(*other.center)) is None
    screen.handle(PointerDown(1, 1))
    assert screen.handle(PointerUp(*start.center)) is None
    screen.handle(PointerDown(start.left, start.top))
    assert screen.handle(PointerUp(start.right - 1, start.bottom - 1)) is Choice.START


def test_a_held_button_looks_held() -> None:
    screen = drawn(VIEWS["home"])
    before = pixels(screen)
    screen.handle(PointerDown(*next(b for b in screen.buttons if b.name == "start").rect.center))
    assert pixels(screen) != before


@pytest.mark.parametrize("panel", SIZES, ids=lambda panel: panel.name)
def test_a_report_turns_its_pages_and_begins_again(panel: Panel) -> None:
    view = VIEWS["report-errors"]
    assert isinstance(view, ReportView)
    say = Texts("id")
    wanted = [say(line.more) for line in view.lines if line.more is not None]
    screen = drawn(view, panel)
    surface = pygame.Surface((panel.width, panel.height))
    seen: list[str] = []
    pages: list[str] = []
    while not pages or screen.said[1] != pages[0]:
        # The title, which page it is, then the lines.
        pages.append(screen.said[1])
        seen += [text for text in screen.said if text in wanted]
        tap(screen, "more")
        screen.draw(surface)
    assert seen == wanted
    assert pages == [f"Halaman {number}/{len(pages)}" for number in range(1, len(pages) + 1)]


def test_a_page_that_is_read_stays_when_letters_grow() -> None:
    screen = drawn(VIEWS["report-errors"], PANELS["7"])
    first = screen.said[2]
    tap(screen, "more")
    screen.draw(pygame.Surface((800, 480)))
    top = screen.said[2]
    assert top != first
    screen.shown_with(Ui(PANELS["7"], Texts("id"), Sight(large=True)))
    screen.draw(pygame.Surface((800, 480)))
    assert top in screen.said


@pytest.mark.parametrize("large", [False, True], ids=["", "large"])
@pytest.mark.parametrize("panel", PANEL_BY_PANEL)
def test_a_tool_never_moves_and_one_that_is_not_for_now_is_dimmed(panel: Panel, large: bool) -> None:
    places = []
    for name in ("menu-meter", "menu-meter-claimed", "menu-meter-unclear", "menu-meter-done"):
        screen = drawn(VIEWS[name], panel, sight=Sight(large), head=head_of(name))
        view = VIEWS[name]
        assert isinstance(view, MenuView)
        assert view.onward is not None
        tools = {button.name: button for button in screen.buttons if button.name.startswith("menu-")}
        places.append({word: tuple(tools[f"menu-{word}"].rect) for word in ("check", "adapter", "calibrate", "record")})
        for option in (*view.options, view.onward):
            assert tools[f"menu-{option.word}"].enabled == option.enabled
            assert tap(screen, f"menu-{option.word}") == (Entered(option.word) if option.enabled else None)
        assert tap(screen, "previous") is Choice.PREVIOUS
        # How many codes it needs is always said, and what the last look at it said.
        assert {Texts("id")(fact.says) for fact in view.facts[:2]} <= set(screen.said)
    assert all(place == places[0] for place in places)


@pytest.mark.parametrize(("language", "said"), [("id", "394.746"), ("en", "394,746")])
@pytest.mark.parametrize("panel", PANEL_BY_PANEL)
def test_progress_is_told_in_figures_of_the_language(panel: Panel, language: str, said: str) -> None:
    view = VIEWS["progress"]
    for large in (False, True):
        screen = drawn(view, panel, language, Sight(large), head_of("progress"))
        assert said in screen.said
        assert {"59,61 % selesai", "59.61 % done"} & set(screen.said)


@pytest.mark.parametrize("strong", [False, True], ids=["", "strong"])
def test_today_is_marked_among_the_days(strong: bool) -> None:
    panel = PANELS["10"]
    screen = drawn(VIEWS["progress"], panel, sight=Sight(strong=strong), head=head_of("progress"))
    surface = pygame.Surface((panel.width, panel.height))
    screen.draw(surface)
    floor = min(rect.y for text, rect in screen.lines if text == "23")
    middles = {text: rect.centerx for text, rect in screen.lines if text in ("22", "23")}
    colours = {day: surface.get_at((x, floor - panel.px(3))) for day, x in middles.items()}
    assert colours["22"] != colours["23"]


def test_the_menu_of_staff_says_of_each_tile_how_it_stands() -> None:
    screen = drawn(VIEWS["menu-staff"], head=head_of("menu-staff"))
    painter = Painter(pygame.Surface((1280, 800)), PANELS["10"])
    for button in screen.buttons:
        button.draw(painter)
    written = " ".join(text for text, _ in painter.lines)
    for words in ("Periksa, kode, riwayat", "Terakhir 23-11", "Ditanya dulu", "Cetak slip uji"):
        assert words in written
    # Without a printer its tile stays where it is, and does nothing.
    without = drawn(VIEWS["menu-staff-no-printer"], head=head_of("menu-staff"))
    assert [tuple(button.rect) for button in without.buttons] == [tuple(button.rect) for button in screen.buttons]
    assert tap(without, "menu-printer") is None
    assert tap(screen, "menu-printer") == Entered("printer")


def test_typing_goes_on_with_the_same_screen() -> None:
    screen = drawn(VIEWS["typing"])
    before = pixels(screen)
    done = VIEWS["typing-done"]
    assert isinstance(done, TypingView)
    screen.update(done)
    assert pixels(screen) != before


def test_a_button_that_is_too_small_is_refused() -> None:
    painter = Painter(pygame.Surface((1280, 800)), PANELS["10"])
    with pytest.raises(ValueError, match="smallest side"):
        Button("small", "x", pygame.Rect(0, 0, 40, 40), Choice.HOME).draw(painter)


def test_what_does_not_fit_is_told() -> None:
    painter = Painter(pygame.Surface((100, 100)), PANELS["10"])
    painter.text("Pneumonoultramicroscopic", pygame.Rect(0, 0, 20, 20))
    assert painter.overflows[0].text == "Pneumonoultramicroscopic"


def test_a_row_that_is_too_wide_on_three_lines_is_told() -> None:
    painter = Painter(pygame.Surface((1000, 200)), PANELS["10"])
    needed = painter.digits_width("0" * 8, Type.BODY)
    digit_row(painter, pygame.Rect(0, 0, needed, 200), "0" * 20, Type.BODY)
    assert not painter.overflows
    digit_row(painter, pygame.Rect(0, 0, needed - 1, 200), "0" * 20, Type.BODY)
    assert painter.overflows


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        (Role.TEXT, Role.BACKGROUND),
        (Role.TEXT, Role.SURFACE),
        (Role.SUPPORT, Role.BACKGROUND),
        (Role.SUPPORT, Role.SURFACE),
        (Role.TEXT, Role.PRESSED),
        (Role.ON_HERE, Role.HERE),
        (Role.TEXT, Role.CASE),
        (Role.TEXT, Role.INFORMATION),
        (Role.ON_PRIMARY, Role.PRIMARY),
        (Role.ON_BAR, Role.BAR),
        (Role.BAR_SUPPORT, Role.BAR),
        (Role.ON_BAR, Role.TILE),
        (Role.DISPLAY_TEXT, Role.DISPLAY),
        (Role.GOOD, Role.GOOD_SOFT),
        (Role.GOOD, Role.SURFACE),
        (Role.BAD, Role.BAD_SOFT),
        (Role.BAD, Role.SURFACE),
        (Role.CAREFUL, Role.CAREFUL_SOFT),
        (Role.ON_SIGN, Role.GOOD),
        (Role.ON_SIGN, Role.CAREFUL),
        (Role.ON_SIGN, Role.BAD),
    ],
)
def test_contrast(ink: Role, ground: Role) -> None:
    """7 to 1 is WCAG's AAA."""
    assert contrast(COLOURS[ink], COLOURS[ground]) >= 7
    assert contrast(STRONG[ink], STRONG[ground]) >= 20


def test_every_character_has_a_glyph() -> None:
    """The typeface draws a box for what it lacks: no character of any text may look like that box."""
    said = "".join(Texts("en")._catalogue) + "".join(Texts("en")._catalogue.values()) + "0123456789,.*/← "
    for name in ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"):
        font = pygame.font.Font(FONTS / name, 40)

        def picture(char: str, font: pygame.font.Font = font) -> bytes:
            return pygame.image.tobytes(font.render(char, True, (0, 0, 0), (255, 255, 255)), "RGB")

        box = picture("\uffff")
        missing = {char for char in said if char != " " and picture(char) == box}
        assert missing == {"←"}, "the arrow is there to show that a missing glyph is found"


def test_rows_are_at_least_6_4_mm_and_large_letters_4_8_mm() -> None:
    for panel in SIZES:
        assert Type.ROWS.millimetres(panel) >= 6.4
        painter = Painter(pygame.Surface((10, 10)), panel, large=True)
        height = painter.font(Type.ROWS).render("H", True, (0, 0, 0)).get_bounding_rect().height
        assert height >= panel.px(6.4) - 1
        height = painter.font(Type.SUPPORT).render("H", True, (0, 0, 0)).get_bounding_rect().height
        assert height >= panel.px(4.8) - 1

"""Keys alone: a keypad of digits, a keyboard, a barcode scanner; and the touch that wakes a dark screen."""

import pygame
import pytest

from kiosk.app import App
from kiosk.ui.curtain import DARK_AFTER
from kiosk.ui.input import KeyPress
from kiosk.ui.scan import ENTER_SECONDS
from kiosk.ui.widgets import Look
from kiosk.view.choices import Answer, Choice, Entered, Scanned
from kiosk.view.panels import PANELS, Panel
from kiosk.view.parts import NO_HEAD, PLAIN, SILENT, Sight
from kiosk.view.views import ConfirmView, HomeView, IdPadView, View
from tests.support.sample_views import VIEWS
from tests.support.screens import SIZES, drawn, pixels

pytestmark = pytest.mark.slow

CONFIRM = ConfirmView("S***", "12345678901", "R1", 4)


@pytest.mark.parametrize(
    "panel",
    [pytest.param(panel, id=panel.name, marks=() if panel.small else pytest.mark.slow) for panel in SIZES],
)
@pytest.mark.parametrize("name", VIEWS)
def test_every_button_is_reached_and_pressed_by_keys(name: str, panel: Panel) -> None:
    screen = drawn(VIEWS[name], panel)
    surface = pygame.Surface((panel.width, panel.height))
    typed = (Look.KEY, Look.METER_KEY)
    able = [button for button in screen.buttons if button.enabled]
    stops = [button for button in able if button.look not in typed]
    reached = {}
    for _ in stops:
        assert screen.handle(KeyPress("forward")) is None
        screen.draw(surface)
        assert screen.focus is not None
        reached[screen.focus] = screen.handle(KeyPress("enter"))
    expected = {button.name: Entered("") if button.value == "next" else button.value for button in stops}
    if name.startswith(("pad", "pin", "rehearsal", "report")):
        assert set(reached) == set(expected)
    else:
        assert reached == expected


@pytest.mark.slow
def test_the_ring_is_seen_and_touches_no_words() -> None:
    for view in VIEWS.values():
        screen = drawn(view)
        before = pixels(screen)
        for _ in screen.buttons:
            screen.handle(KeyPress("forward"))
            if screen.focus is None:
                continue
            assert pixels(screen) != before
            focused = next(button for button in screen.buttons if button.name == screen.focus)
            ring = focused.rect.inflate(2 * PANELS["10"].px(2.0), 2 * PANELS["10"].px(2.0))
            assert not any(ring.colliderect(rect.inflate(-4, -4)) for _, rect in screen.lines), screen.focus


def test_forward_and_back_go_round() -> None:
    screen = drawn(VIEWS["confirm"])
    walked = []
    for key in ("forward", "forward", "forward", "forward", "back", "back"):
        screen.handle(KeyPress(key))
        walked.append(screen.focus)
    assert walked == ["no", "yes", "leave", "language", "leave", "yes"]


class Told:
    """A flow that shows a home, then a pad, then a question, and remembers what was chosen."""

    language = "id"
    hearing = SILENT
    head = NO_HEAD
    over = False

    def __init__(self) -> None:
        self.view: View = HomeView()
        self.sight: Sight = PLAIN
        self.chosen: list[Answer] = []

    def choose(self, answer: Answer) -> None:
        self.chosen.append(answer)
        if answer is Choice.START:
            self.view = IdPadView()
        elif isinstance(answer, Entered | Scanned):
            self.view = CONFIRM

    def tick(self, now: float) -> None:
        pass

    def touched(self, now: float) -> None:
        pass

    def failed(self, error: Exception) -> None:
        raise error


class Kiosk:
    """An app on a surface in memory, and its clock."""

    def __init__(self) -> None:
        panel = PANELS["10"]
        self.now = 100.0
        self.flow = Told()
        self.surface = pygame.Surface((panel.width, panel.height))
        self.app = App(self.flow, (panel, self.surface), lambda: self.now)
        self.app.step()
        self.now += 1.0

    def key(self, code: int, after: float = 0.01, mod: int = 0) -> None:
        self.now += after
        self.app.step(pygame.event.Event(pygame.KEYDOWN, key=code, mod=mod))

    def finger(self, kind: int, x: float = 0.5, y: float = 0.5) -> None:
        self.app.step(pygame.event.Event(kind, touch_id=1, finger_id=1, x=x, y=y))


@pytest.fixture(autouse=True)
def _video() -> None:
    pygame.display.init()
    pygame.font.init()
    pygame.event.clear()


@pytest.mark.parametrize("digits", ["990000000000", "99100000001"])
def test_a_scanned_number_goes_from_home_to_the_answer(digits: str) -> None:
    kiosk = Kiosk()
    for digit in digits:
        kiosk.key(getattr(pygame, f"K_{digit}"), 0.004)
    kiosk.key(pygame.K_RETURN, 0.004)
    assert kiosk.flow.chosen == [Choice.START, Scanned(digits)]
    # A scanner that sends two ends does not say yes to the question that it brought up.
    kiosk.key(pygame.K_RETURN, 0.1)
    assert kiosk.flow.view == CONFIRM
    assert len(kiosk.flow.chosen) == 2
    kiosk.key(pygame.K_RETURN, ENTER_SECONDS)
    assert kiosk.flow.chosen[-1] is Choice.YES


def test_a_keypad_of_digits_does_everything() -> None:
    kiosk = Kiosk()
    kiosk.key(pygame.K_KP_ENTER)
    assert kiosk.flow.chosen == [Choice.START]
    for code in (pygame.K_KP1, pygame.K_KP2, pygame.K_KP_PERIOD, pygame.K_KP3):
        kiosk.key(code)
    kiosk.key(pygame.K_KP_ENTER, 1.0)
    assert kiosk.flow.chosen[-1] == Entered("13")
    # Whoever uses keys sees what Enter would press.
    assert kiosk.app.screen.focus == "yes"
    kiosk.key(pygame.K_KP_MINUS, 1.0)
    kiosk.key(pygame.K_KP_ENTER, 1.0)
    assert kiosk.flow.chosen[-1:] == [Choice.NO]
    kiosk.key(pygame.K_KP_MULTIPLY, 1.0)
    assert kiosk.flow.chosen[-1:] == [Choice.LEAVE]


def test_shift_and_tab_go_back() -> None:
    kiosk = Kiosk()
    kiosk.key(pygame.K_TAB)
    first = kiosk.app.screen.focus
    kiosk.key(pygame.K_TAB)
    kiosk.key(pygame.K_TAB, mod=pygame.KMOD_LSHIFT)
    assert kiosk.app.screen.focus == first
    kiosk.finger(pygame.FINGERDOWN, 0.01, 0.01)
    assert kiosk.app.screen.focus is None


class TestDark:
    def dark(self) -> Kiosk:
        kiosk = Kiosk()
        kiosk.now += DARK_AFTER
        kiosk.app.step()
        assert kiosk.surface.get_bounding_rect().size
        assert set(pygame.image.tobytes(kiosk.surface, "RGB")) == {0}
        return kiosk

    def test_the_touch_that_wakes_does_nothing_else(self) -> None:
        kiosk = self.dark()
        start = next(button for button in kiosk.app.screen.buttons if button.name == "start").rect
        x, y = start.centerx / PANELS["10"].width, start.centery / PANELS["10"].height
        kiosk.finger(pygame.FINGERDOWN, x, y)
        assert set(pygame.image.tobytes(kiosk.surface, "RGB")) != {0}
        kiosk.finger(pygame.FINGERUP, x, y)
        assert kiosk.flow.chosen == []
        kiosk.finger(pygame.FINGERDOWN, x, y)
        kiosk.finger(pygame.FINGERUP, x, y)
        assert kiosk.flow.chosen == [Choice.START]

    def test_so_does_the_key(self) -> None:
        kiosk = self.dark()
        kiosk.key(pygame.K_RETURN)
        assert kiosk.flow.chosen == []
        kiosk.key(pygame.K_RETURN)
        assert kiosk.flow.chosen == [Choice.START]

    def test_only_home_goes_dark(self) -> None:
        kiosk = Kiosk()
        kiosk.flow.view = CONFIRM
        kiosk.app.step()
        kiosk.now += 10 * DARK_AFTER
        kiosk.app.step()
        kiosk.flow.view = HomeView()
        kiosk.app.step()
        assert set(pygame.image.tobytes(kiosk.surface, "RGB")) != {0}

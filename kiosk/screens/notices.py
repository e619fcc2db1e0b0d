"""The screens that ask nothing, or one thing: wait, are you still there, out of service."""

import math

from pygame import Rect

from kiosk.screens.base import Screen, headline, onward, paragraphs
from kiosk.ui.foot import Foot
from kiosk.ui.icons import Icon
from kiosk.ui.shapes import arc, disc, ring
from kiosk.ui.text import Painter
from kiosk.ui.theme import Role, Type
from kiosk.ui.widgets import mood_mark
from kiosk.view.choices import Answer, Choice
from kiosk.view.parts import Mood
from kiosk.view.views import IdleView, OutOfServiceView, WaitView

DOTS = 12
IDLE_SECONDS = 30
"""What the whole ring of the idle question stands for."""


class WaitScreen(Screen[WaitView]):
    """Returns nothing, or HOME where it may be left."""

    can_leave = False
    can_call = False

    def paint(self, painter: Painter) -> None:
        self.escape = Choice.HOME if self.view.may_leave else None
        px = painter.panel.px
        stop = Foot("home", self.say("Batal"), Choice.HOME, icon=Icon.NO) if self.view.may_leave else None
        self.foot(painter, back=stop)
        main = self.main(painter)
        middle = (main.centerx, main.y + main.height // 3)
        disc(painter.surface, middle, px(13), painter.rgb(Role.GLOW))
        painter.icon(Icon.WAIT, middle, 15.0, Role.PRIMARY)
        if self.view.beat:
            self._dots(painter, middle)
        box = Rect(main.x, middle[1] + px(19), main.width, main.bottom - middle[1] - px(19))
        painter.text(self.say(self.view.doing), box, Type.TITLE, bold=True, centre=True)

    def _dots(self, painter: Painter, middle: tuple[int, int]) -> None:
        """Twelve dots around the sign; the one that goes round says that the kiosk is at work."""
        px = painter.panel.px
        for dot in range(DOTS):
            angle = 2 * math.pi * dot / DOTS - math.pi / 2
            place = (middle[0] + round(px(16.5) * math.cos(angle)), middle[1] + round(px(16.5) * math.sin(angle)))
            here = dot == self.view.beat % DOTS
            disc(painter.surface, place, px(1.6 if here else 0.9), painter.rgb(Role.PRIMARY if here else Role.OUTLINE))


class IdleScreen(Screen[IdleView]):
    """Returns YES (still here) or HOME."""

    enter: Answer | None = Choice.YES
    can_leave = False
    can_call = False

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        self.foot(
            painter,
            back=Foot("home", self.say("Tidak, akhiri"), Choice.HOME, icon=Icon.NO),
            onward=onward("yes", self.say("Ya, saya di sini"), Choice.YES, Icon.YES),
        )
        main = self.main(painter)
        radius = min(px(24), main.height // 5 if painter.panel.portrait else main.height // 3)
        if painter.panel.portrait:
            middle = (main.centerx, main.y + radius + px(6))
            words = Rect(main.x, middle[1] + radius + px(8), main.width, main.bottom - middle[1] - radius - px(8))
        else:
            middle = (main.x + radius + px(6), main.centery)
            left = middle[0] + radius + px(8)
            words = Rect(left, main.y, main.right - left, main.height)
        self._ring(painter, middle, radius)
        title, rest = (
            self.say("Apakah Anda masih di sini?"),
            self.say("Layar kembali ke awal, dan kode tidak terlihat lagi."),
        )
        height = painter.line_height(Type.TITLE) * len(painter.wrap(title, words.width, Type.TITLE, bold=True))
        height += px(3) + painter.line_height(Type.BODY) * len(painter.wrap(rest, words.width))
        y = words.y + (0 if painter.panel.portrait else max(0, (words.height - height) // 2))
        y = painter.text(title, Rect(words.x, y, words.width, words.bottom - y), Type.TITLE, bold=True) + px(3)
        painter.text(rest, Rect(words.x, y, words.width, words.bottom - y), role=Role.SUPPORT)

    def _ring(self, painter: Painter, middle: tuple[int, int], radius: int) -> None:
        """The seconds that are left, and how much of the ring they are."""
        px = painter.panel.px
        width = px(3.5)
        ring(painter.surface, middle, radius, painter.rgb(Role.HAIR), width)
        share = min(1.0, self.view.seconds_left / IDLE_SECONDS)
        arc(painter.surface, middle, radius, painter.rgb(Role.PRIMARY), width, share)
        number = Rect(0, 0, 2 * radius, painter.line_height(Type.HERO))
        number.center = (middle[0], middle[1] - px(3))
        seconds = str(self.view.seconds_left)
        painter.text(seconds, number, Type.HERO, bold=True, centre=True, middle=True)
        unit = Rect(number.x, number.bottom, number.width, painter.line_height(Type.SUPPORT))
        painter.text(self.say("detik"), unit, Type.SUPPORT, role=Role.SUPPORT, centre=True)


class OutOfServiceScreen(Screen[OutOfServiceView]):
    """Returns nothing."""

    escape: Answer | None = None
    can_leave = False
    can_call = False

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        self.foot(painter)
        main = self.main(painter)
        radius = px(12)
        mood_mark(painter, (main.x + radius, main.y + radius), radius, Mood.CAREFUL)
        y = headline(painter, main, self.say(self.view.reason), radius) + px(4)
        lines = [self.say("Silakan ke {counter} atau hubungi {help_line}.")]
        y = paragraphs(painter, Rect(main.x, y, main.width, main.bottom - y), lines, Type.HEADING)
        code = self.say("Untuk petugas: {code}", code=self.view.code)
        y = painter.text(code, Rect(main.x, y, main.width, main.bottom - y), Type.SUPPORT, role=Role.SUPPORT)
        if self.view.of_code is not None:
            means = self.say(self.view.of_code)
            painter.text(means, Rect(main.x, y, main.width, main.bottom - y), Type.SUPPORT, role=Role.SUPPORT)

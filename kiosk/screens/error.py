"""What happened, what was not lost, what to do now and where, and a code for staff."""

from pygame import Rect

from kiosk.screens.base import Screen, columns, headline, onward, paragraphs
from kiosk.ui.foot import Foot
from kiosk.ui.icons import Icon
from kiosk.ui.meter_drawing import draw_meter
from kiosk.ui.shapes import plate
from kiosk.ui.text import Painter
from kiosk.ui.theme import Role, Type
from kiosk.ui.widgets import mood_mark
from kiosk.view.choices import Answer, Choice
from kiosk.view.parts import MeterPicture, Mood
from kiosk.view.views import ErrorView


class ErrorScreen(Screen[ErrorView]):
    """Returns HOME, NOT_MINE where a look-up led here, PREVIOUS where the codes are there still, YES: another way."""

    escape: Answer | None = Choice.HOME
    can_leave = False

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        whose = self.ui.head.whose
        self.enter = Choice.PREVIOUS if self.view.goes_back else Choice.HOME
        back = self.back(self.say("Kembali ke kode")) if self.view.goes_back else self.not_mine()
        forward = onward("home", self.say("Selesai"), Choice.HOME, Icon.YES)
        if self.view.other_way is not None:
            self.enter = Choice.YES
            back = Foot("home", self.say("Selesai"), Choice.HOME, icon=Icon.YES)
            forward = onward("other-way", self.say(self.view.other_way), Choice.YES)
        self.foot(painter, back=back, onward=forward)
        main = self.main(painter)
        if whose is not None and painter.panel.roomy and not self.ui.sight.large:
            main, picture = columns(painter, main, 0.3)
            draw_meter(painter, picture, MeterPicture("", "", whose.meter_number))
        radius = px(6 if painter.panel.small else 9 if painter.panel.portrait else 12.5)
        mood_mark(painter, (main.x + radius, main.y + radius), radius, Mood.CAREFUL)
        title = self.say(self.view.happened)
        y = headline(painter, main, title, radius) + px(2)
        todo, kept = self.say(self.view.todo), self.say(self.view.kept)
        code = self.say("Untuk petugas: {code}", code=self.view.code)
        where = self._where_height(painter, main.width, todo)
        rest = where + px(1.5) + painter.line_height(Type.SUPPORT)
        # What to do comes before what was not lost.
        if y + len(painter.wrap(kept, main.width)) * painter.line_height(Type.BODY) + px(2) + rest <= main.bottom:
            y = paragraphs(painter, Rect(main.x, y, main.width, main.bottom - y), [kept])
        self._where(painter, Rect(main.x, y, main.width, where), todo)
        y += where + px(1.5)
        painter.text(code, Rect(main.x, y, main.width, main.bottom - y), Type.SUPPORT, role=Role.SUPPORT)

    def _where_height(self, painter: Painter, width: int, text: str) -> int:
        px = painter.panel.px
        kind = self._where_type(painter, width, text)
        lines = len(painter.wrap(text, width - px(17), kind, bold=True))
        return max(px(10.5), lines * painter.line_height(kind) + px(3 if not painter.panel.roomy else 7))

    def _where_type(self, painter: Painter, width: int, text: str) -> Type:
        """As large as it is on one line, if it is; else as all else."""
        fits = painter.width(text, Type.HEADING, bold=True) <= width - painter.panel.px(17)
        return Type.HEADING if fits else Type.BODY

    def _where(self, painter: Painter, box: Rect, text: str) -> None:
        """Where to go and whom to call, or another way. It looks like no button: it cannot be pressed."""
        px = painter.panel.px
        painter.cards.append(box)
        line = painter.rgb(Role.INFORMATION_LINE)
        plate(painter.surface, box, px(3.2), painter.rgb(Role.INFORMATION), line, max(1, px(0.4)))
        painter.icon(
            Icon.PLACE if self.view.other_way is None else Icon.TYPE, (box.x + px(7.5), box.centery), 8.0, Role.PRIMARY
        )
        words = Rect(box.x + px(14), box.y, box.width - px(17), box.height)
        kind = self._where_type(painter, box.width, text)
        painter.text(text, words, kind, bold=True, middle=True)

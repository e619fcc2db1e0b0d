"""What happened, what was not lost, what to do now and where, and a code for staff."""

from pygame import Rect

from kiosk.screens.base import Screen, columns, headline, onward, paragraphs
from kiosk.ui.icons import Icon
from kiosk.ui.meter_drawing import draw_meter
from kiosk.ui.text import Painter
from kiosk.ui.theme import Role, Type
from kiosk.ui.widgets import mood_mark
from kiosk.view.choices import Answer, Choice
from kiosk.view.parts import MeterPicture, Mood
from kiosk.view.views import ErrorView


class ErrorScreen(Screen[ErrorView]):
    """Returns HOME, NOT_MINE where a look-up led here, or PREVIOUS where the codes are still there."""

    escape: Answer | None = Choice.HOME
    can_leave = False

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        whose = self.ui.head.whose
        self.enter = Choice.PREVIOUS if self.view.goes_back else Choice.HOME
        back = self.back(self.say("Kembali ke kode")) if self.view.goes_back else self.not_mine()
        self.foot(painter, back=back, onward=onward("home", self.say("Selesai"), Choice.HOME, Icon.YES))
        main = self.main(painter)
        if whose is not None and painter.panel.roomy and not self.ui.sight.large:
            main, picture = columns(painter, main, 0.3)
            draw_meter(painter, picture, MeterPicture("", "", whose.meter_number))
        radius = px(7.5 if painter.panel.small else 9 if painter.panel.portrait else 12.5)
        mood_mark(painter, (main.x + radius, main.y + radius), radius, Mood.CAREFUL)
        title = self.say(self.view.happened)
        y = headline(painter, main, title, radius) + px(2)
        texts = [self.say(self.view.kept), self.say(self.view.todo)]
        lines = sum(len(painter.wrap(text, main.width)) for text in texts) * painter.line_height(Type.BODY)
        if y + lines + painter.line_height(Type.SUPPORT) + px(2) > main.bottom:
            # What to do comes before what was not lost.
            del texts[0]
        y = paragraphs(painter, Rect(main.x, y, main.width, main.bottom - y), texts, air=1.2)
        code = self.say("Untuk petugas: {code}", code=self.view.code)
        painter.text(code, Rect(main.x, y, main.width, main.bottom - y), Type.SUPPORT, role=Role.SUPPORT)

"""The screens that ask nothing, or one thing: wait, are you still there, out of service."""

from kiosk.screens.base import Foot, Screen, paragraphs
from kiosk.ui.text import Painter
from kiosk.ui.theme import MARGIN, Type
from kiosk.ui.widgets import Look, card
from kiosk.view.choices import Answer, Choice
from kiosk.view.views import IdleView, OutOfServiceView, WaitView


class WaitScreen(Screen[WaitView]):
    """Returns nothing, or HOME where it may be left."""

    def paint(self, painter: Painter) -> None:
        self.escape = Choice.HOME if self.view.may_leave else None
        px = painter.panel.px
        box = painter.surface.get_rect().inflate(-px(16), -px(16))
        if self.view.may_leave:
            area = painter.surface.get_rect().inflate(-2 * px(MARGIN), -2 * px(MARGIN))
            box.height = self.foot(painter, area, [Foot("home", self.say("Batal"), Choice.HOME)]) - box.y
        painter.text(self.say(self.view.doing), box, Type.HEADING, bold=True, centre=True, middle=True)


class IdleScreen(Screen[IdleView]):
    """Returns YES (still here) or HOME."""

    enter: Answer | None = Choice.YES

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        foot = (
            Foot("home", self.say("Selesai"), Choice.HOME),
            Foot("yes", self.say("Ya, lanjutkan"), Choice.YES, Look.PRIMARY),
        )
        box = self.frame(painter, self.say("Anda masih di sini?"), foot)
        card(painter, box)
        seconds = self.say("Layar akan dihapus dalam {seconds} detik.", seconds=self.view.seconds_left)
        painter.text(seconds, box.inflate(-px(6), -px(6)), Type.HEADING, centre=True, middle=True)


class OutOfServiceScreen(Screen[OutOfServiceView]):
    """Returns nothing."""

    escape: Answer | None = None

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        box = self.frame(painter, self.say(self.view.reason), ())
        card(painter, box)
        lines = [self.say("Silakan ke loket atau hubungi {help_line}."), self.say("Kode: {code}", code=self.view.code)]
        paragraphs(painter, box.inflate(-px(6), -px(6)), lines, Type.HEADING)

"""How it ended, as a sign, a sentence, and the meter's versions before and after."""

from pygame import Rect

from kiosk.screens.base import Screen, columns, headline, onward, paragraphs
from kiosk.ui.icons import Icon
from kiosk.ui.meter_drawing import draw_meter
from kiosk.ui.shapes import plate
from kiosk.ui.text import Painter
from kiosk.ui.theme import Role, Type
from kiosk.ui.widgets import mood_mark
from kiosk.view.choices import Answer, Choice
from kiosk.view.parts import MeterPicture
from kiosk.view.views import ResultView


class ResultScreen(Screen[ResultView]):
    """Returns DONE, or NOT_MINE where a look-up led here."""

    enter: Answer | None = Choice.DONE
    escape: Answer | None = Choice.DONE

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        whose = self.ui.head.whose
        self.foot(painter, back=self.not_mine(), onward=onward("done", self.say("Selesai"), Choice.DONE, Icon.YES))
        main = self.main(painter)
        meter = self.view.meter
        if meter is None and whose is not None:
            meter = MeterPicture("", "", whose.meter_number)
        # On the smaller panels the words need all of the room.
        if meter is not None and painter.panel.roomy:
            main, picture = columns(painter, main, 0.34)
            draw_meter(painter, picture, meter, glow=True)
        radius = px(10 if not painter.panel.roomy else 13)
        mood_mark(painter, (main.x + radius, main.y + radius), radius, self.view.mood)
        y = headline(painter, main, self.say(self.view.title), radius) + px(3)
        if self.view.version is not None:
            y = self._version(painter, Rect(main.x, y, main.width, main.bottom - y)) + px(2.5)
        texts = [self.say(line) for line in self.view.lines]
        y = paragraphs(painter, Rect(main.x, y, main.width, main.bottom - y), texts)
        if self.view.code:
            code = self.say("Untuk petugas: {code}", code=self.view.code)
            painter.text(code, Rect(main.x, y, main.width, main.bottom - y), Type.SUPPORT, role=Role.SUPPORT)

    def _version(self, painter: Painter, box: Rect) -> int:
        """The meter's version before and after; gives the y below."""
        assert self.view.version is not None  # noqa: S101  its caller has looked
        px = painter.panel.px
        old, new = self.view.version
        side = px(11)
        shown = [old, new] if old != new else [new]
        x = box.x
        for index, krn in enumerate(shown):
            square = Rect(x, box.y, side, side)
            last = index == len(shown) - 1
            fill = painter.rgb(Role.DISPLAY if last else Role.QUIET)
            plate(painter.surface, square, px(2), fill, painter.rgb(Role.OUTLINE), max(2, px(0.4)))
            painter.text(str(krn), square, Type.HEADING, bold=True, centre=True, middle=True, said=False)
            x = square.right + px(2)
            if not last:
                painter.icon(Icon.ONWARD, (x + px(3), square.centery), 6.0, Role.SUPPORT)
                x += px(8)
        says = self.say("Versi meter: KRN {krn}", krn=new)
        words = Rect(x + px(2), box.y, box.right - x - px(2), side)
        if painter.width(says, Type.BODY, bold=True) > words.width:
            says = f"KRN {new}"
        painter.text(says, words, Type.BODY, bold=True, middle=True)
        return box.y + side

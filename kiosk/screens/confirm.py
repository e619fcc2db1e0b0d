"""The question "is this your meter?" with the masked name, and the number in fours."""

from collections.abc import Sequence

from pygame import Rect

from kiosk.screens.base import Screen, columns, onward, pair_table
from kiosk.ui.foot import Foot
from kiosk.ui.icons import Icon
from kiosk.ui.meter_drawing import draw_meter
from kiosk.ui.text import CAPITAL, INK, Overflow, Painter
from kiosk.ui.theme import Role, Type
from kiosk.ui.widgets import card, note, note_height
from kiosk.view.choices import Answer, Choice
from kiosk.view.parts import MeterPicture, Mood
from kiosk.view.spoken import Spelled
from kiosk.view.views import ConfirmView


class ConfirmScreen(Screen[ConfirmView]):
    """Returns YES or NO."""

    enter: Answer | None = Choice.YES

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        box = self.frame(
            painter,
            self.say("Apakah ini meter Anda?"),
            back=Foot("no", self.say("Bukan meter saya"), Choice.NO, icon=Icon.NO, short=self.say("Bukan")),
            onward=onward("yes", self.say("Ya, ini meter saya"), Choice.YES, Icon.YES, short=self.say("Ya")),
        )
        roomy = not painter.panel.small and not self.ui.sight.large and not painter.panel.portrait
        if roomy:
            box, picture = columns(painter, box, 0.3)
            draw_meter(painter, picture, MeterPicture("", "", self.view.meter_number), ringed=True, glow=True)
        if self.view.warning is not None:
            warning = self.say(self.view.warning)
            height = note_height(painter, box.width, warning, Type.SUPPORT)
            note(painter, Rect(box.x, box.bottom - height, box.width, height), warning, Mood.CAREFUL, Type.SUPPORT)
            box = Rect(box.x, box.y, box.width, box.height - height - px(2))
        card(painter, box)
        inner = box.inflate(-px(9), -px(4 if roomy else 2))
        kinds = (Type.ROWS, Type.OTHER_ROWS, Type.TITLE)
        kind = next((k for k in kinds if painter.digits_width(self.view.meter_number, k) <= inner.width), kinds[-1])
        pairs = self._facts()
        label = self.say("Nomor meter")
        digits = inner.y + painter.line_height(Type.SUPPORT)
        if self._crowded(painter, inner, digits + painter.digit_step(kind), pairs):
            # What number it is, the title says too.
            digits = inner.y
            painter.said.append(label)
        else:
            painter.text(label, inner, Type.SUPPORT, role=Role.SUPPORT)
        painter.said.append(Spelled(self.view.meter_number))
        painter.digits(self.view.meter_number, (inner.x, digits), kind)
        y = digits + painter.digit_step(kind)
        hint = self.say("Cocokkan dengan angka di meter Anda.")
        left_out: list[str] = []
        # The name is what matters most; then the hint, the number of codes, the service.
        below = len(painter.wrap(hint, inner.width, Type.SUPPORT)) * painter.line_height(Type.SUPPORT)
        while len(pairs) > 1 and (height := self._height(painter, inner, y, pairs)) > inner.bottom:
            if painter.scale > 1.0:
                # Letters are rather a little smaller than that something is left out.
                painter.overflows.append(Overflow("", (inner.width, height), inner.size))
            left_out += pairs.pop(1)
        if self.view.warning is None and self._height(painter, inner, y + below, pairs) <= inner.bottom:
            rest = Rect(inner.x, y, inner.width, inner.bottom - y)
            y = painter.text(hint, rest, Type.SUPPORT, role=Role.SUPPORT)
        else:
            left_out.append(hint)
        y += px(1)
        pair_table(painter, Rect(inner.x, y, inner.width, inner.bottom - y), pairs)
        # Who listens hears what has no room.
        painter.said += left_out

    def numbers(self) -> Sequence[tuple[str, str]]:
        return ((self.say("Nomor meter"), self.view.meter_number),)

    def _facts(self) -> list[tuple[str, str]]:
        """What is known of the customer, by its name."""
        facts = [
            (self.say("Nama"), self.view.masked_name),
            (self.say("Tarif/Daya"), self.view.service),
        ]
        if self.view.rows is not None:
            facts.append((self.say("Jumlah kode"), str(self.view.rows)))
        return facts

    def _crowded(self, painter: Painter, inner: Rect, y: int, pairs: list[tuple[str, str]]) -> bool:
        """Whether large letters, as small as they get, have no room for these pairs below y."""
        return painter.large and painter.scale == 1.0 and self._height(painter, inner, y, pairs) > inner.bottom

    def _height(self, painter: Painter, inner: Rect, y: int, pairs: list[tuple[str, str]]) -> int:
        """The y below the letters of a table of these pairs."""
        px = painter.panel.px
        box = Rect(inner.x, y + px(1), inner.width, inner.bottom - y)
        line = painter.line_height(Type.BODY)
        free = line - round(painter.capital(Type.BODY) / CAPITAL * INK)
        return pair_table(painter, box, pairs, draw=False) - px(0.5 if not painter.panel.roomy else 3) - free

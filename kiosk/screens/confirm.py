"""The question "is this your meter?" with the masked name, and the number in fours."""

from kiosk.screens.base import Foot, Screen, pair_table
from kiosk.ui.text import Painter
from kiosk.ui.theme import Role, Type
from kiosk.ui.widgets import Look, card
from kiosk.view.choices import Answer, Choice
from kiosk.view.views import ConfirmView
from krn_engine.row import grouped


class ConfirmScreen(Screen[ConfirmView]):
    """Returns YES, NO or HOME."""

    enter: Answer | None = Choice.YES

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        foot = (
            Foot("home", self.say("Batal"), Choice.HOME),
            Foot("no", self.say("Bukan"), Choice.NO),
            Foot("yes", self.say("Ya, benar"), Choice.YES, Look.PRIMARY),
        )
        box = self.frame(painter, self.say("Ini meter Anda?"), foot)
        pairs = [
            (self.say("Nama"), self.view.masked_name),
            (self.say("Nomor meter"), grouped(self.view.meter_number)),
            (self.say("Layanan"), self.view.service),
        ]
        if self.view.rows is not None:
            pairs.append((self.say("Yang diperlukan"), self.say("{rows} baris token", rows=self.view.rows)))
        inner = box.inflate(-px(6), -px(3 if painter.panel.small or painter.panel.portrait else 6))
        if self.view.warning is not None:
            warning = self.say(self.view.warning)
            lines = painter.wrap(warning, inner.width, Type.BODY, bold=True)
            height = painter.line_height(Type.BODY) * len(lines)
            note = inner.copy()
            note.height, note.bottom = height, box.bottom
            inner.height = note.top - px(2) - inner.y
            box.height = note.top - px(2) - box.y
            painter.text(warning, note, role=Role.CAREFUL, bold=True)
        card(painter, box)
        # Once unseen for its height, then in the middle of the card.
        height = pair_table(painter, inner, pairs, draw=False) - inner.y
        inner.y += max(0, (inner.height - height) // 2)
        pair_table(painter, inner, pairs)

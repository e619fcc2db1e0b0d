"""The codes to take home: on paper, and as a QR code that any phone reads."""

from collections.abc import Sequence
from functools import lru_cache

from pygame import Rect

from kiosk.screens.base import Screen
from kiosk.ui.explore import Spot
from kiosk.ui.foot import Foot
from kiosk.ui.icons import Icon
from kiosk.ui.text import Painter
from kiosk.ui.theme import TARGET, Role, Type
from kiosk.ui.widgets import MOOD_ROLES, Button, Look, card, note, note_height
from kiosk.view.choices import Answer, Choice
from kiosk.view.parts import Mood, Printing
from kiosk.view.views import TakeAwayView

QUIET = 4
"""Modules of white around the code (ISO/IEC 18004)."""
MOODS = {Printing.NOT_READY: Mood.CAREFUL, Printing.BROKEN: Mood.BAD, Printing.DONE: Mood.GOOD}
"""How what printing came to is shown: with its sign, on a soft ground."""
_LEFT = 0.4
"""Share of the width up to which something stands at a side."""


@lru_cache(maxsize=2)
def _modules(text: str) -> tuple[tuple[bool, ...], ...]:
    # Not before somebody wants such a code: a whole HTTP client comes with it.
    import segno  # noqa: PLC0415

    code = segno.make(text, error="l", micro=False, boost_error=False)
    return tuple(tuple(bool(module) for module in row) for row in code.matrix)


class TakeAwayScreen(Screen[TakeAwayView]):
    """Returns PRINT (where it is offered), PREVIOUS or DONE."""

    escape: Answer | None = Choice.PREVIOUS
    code = Rect(0, 0, 0, 0)
    """Where the QR code was drawn last."""

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        printable = self.view.can_print and self.view.printing is not Printing.DONE
        # What Enter does is what the dark button does: nobody throws the codes away before they have them.
        # Who only listens may have nothing yet, whatever was printed: for them it ends by its own button alone.
        self.enter = Choice.PRINT if printable else None if self.listened else Choice.DONE
        done = Foot("done", self.say("Selesai"), Choice.DONE, Look.PLAIN if printable else Look.PRIMARY, Icon.YES)
        title = (
            self.say("Bawa slip ini pulang") if self.view.printing is Printing.DONE else self.say("Simpan kode Anda")
        )
        tight = painter.panel.small or self.ui.sight.large
        if not painter.panel.roomy:
            # The code needs the room, and where one is stands above.
            self.foot(painter, back=self.back(), onward=done)
            box = self.main(painter)
        else:
            box = self.frame(painter, title, back=self.back(), onward=done)
        if not tight and not painter.panel.portrait:
            free = self.say("Layanan ini gratis. Jangan bayar siapa pun untuk kode ini.")
            line = painter.line_height(Type.SUPPORT) + px(1)
            painter.icon(Icon.BEWARE, (box.x + px(3), box.bottom - line // 2), 5.5, Role.PRIMARY)
            words = Rect(box.x + px(8), box.bottom - line, box.width - px(8), line)
            painter.text(free, words, Type.SUPPORT, bold=True, middle=True)
            box.height -= line + px(2)
        if self.view.printing is Printing.NONE:
            self._photograph(painter, box)
            self._say_where(painter)
            return
        gap = px(3)
        if painter.panel.portrait:
            paper = Rect(box.x, box.y, box.width, min(round(box.height * 0.38), self._wants(painter, box)))
            phone = Rect(box.x, paper.bottom + gap, box.width, box.bottom - paper.bottom - gap)
        else:
            width = round(box.width * 0.48)
            paper = Rect(box.x, box.y, width, box.height)
            phone = Rect(paper.right + gap, box.y, box.width - width - gap, box.height)
        self._paper(painter, paper)
        self._photograph(painter, phone)
        self._say_where(painter)

    group_keys = True

    def numbers(self) -> Sequence[tuple[str, str]]:
        return [(self.say("Kode {row}", row=number), row) for number, row in enumerate(self.view.rows, self.view.first)]

    def spot(self, x: int, y: int) -> Spot | None:
        return Spot("qr", self.say("Kode QR")) if self.code.collidepoint(x, y) else super().spot(x, y)

    def _say_where(self, painter: Painter) -> None:
        """A phone that reads aloud shows the text of the code; whoever aims it does not see where that is."""
        panel = painter.panel
        across = self.code.centerx / panel.width
        where = self.say("di tengah layar")
        if across < _LEFT:
            where = self.say("di sebelah kiri layar")
        elif across > 1 - _LEFT:
            where = self.say("di sebelah kanan layar")
        if self.view.leads_to_page:
            said = self.say("Kode QR {where} membuka halaman panduan: ponsel yang bersuara membacakannya.", where=where)
        else:
            said = self.say("Kode QR {where} berisi teks biasa: ponsel yang bersuara dapat membacakannya.", where=where)
        painter.said.append(said)

    def _wants(self, painter: Painter, box: Rect) -> int:
        """The pixels that the slip's part needs, of an upright panel: without notes, where they have no room."""
        px = painter.panel.px
        if self.view.printing is not Printing.OFFERED:
            return box.height
        bare = px(10) + px(3) + px(1.5) + max(px(TARGET) + 1, px(17))
        lines = sum(len(painter.wrap(self.say(text), box.width - px(6), Type.SUPPORT)) for text in self.view.notes)
        whole = bare + px(4) + lines * painter.line_height(Type.SUPPORT)
        return whole if whole <= round(box.height * 0.38) else bare

    def _paper(self, painter: Painter, box: Rect) -> None:
        """The slip, and the button that prints it."""
        px = painter.panel.px
        texts = [self.say(line) for line in self.view.notes]
        height = max(px(TARGET) + 1, px(17))
        button = Rect(box.x, box.bottom - height, box.width, height)
        card_box = Rect(box.x, box.y, box.width, button.y - px(1.5) - box.y)
        if not self.view.can_print:
            card_box.height = box.height
        done = self.view.printing is Printing.DONE
        inner = card_box.inflate(-px(6), -px(3))
        kind = Type.SUPPORT
        mood = MOODS.get(self.view.printing)
        head = self._paper_head_height(painter, inner, texts[0], mood)
        shown, used = [], head
        for text in texts if mood is None else texts[1:]:
            needed = painter.line_height(kind) * len(painter.wrap(text, inner.width, kind)) + px(1)
            if used + needed - px(1) <= inner.height:
                shown.append(text)
                used += needed
            else:
                painter.said.append(text)
        if self.view.can_print:
            if not shown and used + px(3) < card_box.height:
                # No card with nothing in it: the button has the room of what is left out.
                card_box.height = inner.height = used + px(3)
                inner.y = card_box.y + px(3) // 2
                button.y = card_box.bottom + px(1.5)
                button.height = box.bottom - button.y
            label, icon = (self.say("Cetak lagi"), Icon.AGAIN) if done else (self.say("Cetak slip"), Icon.PRINT)
            look = Look.PLAIN if done else Look.PRIMARY
            self.buttons.append(Button("print", label, button, Choice.PRINT, look, icon=icon))
        card(painter, card_box, line=Role.GOOD if done else Role.HAIR, width=0.9 if done else 0.3)
        self._paper_head(painter, Rect(inner.x, inner.y, inner.width, head), texts[0], mood)
        y = inner.y + head
        for text in shown:
            y = painter.text(text, Rect(inner.x, y, inner.width, inner.bottom - y), kind) + px(1)

    def _paper_head_height(self, painter: Painter, inner: Rect, text: str, mood: Mood | None) -> int:
        """Pixels of what stands above: how it went, as a note where that has room, or that this is the slip."""
        px = painter.panel.px
        if mood is None:
            return px(11.5)
        height = note_height(painter, inner.width, text, Type.SUPPORT)
        if height <= inner.height:
            return height + px(2)
        lines = len(painter.wrap(text, inner.width, Type.SUPPORT, bold=True))
        return lines * painter.line_height(Type.SUPPORT)

    def _paper_head(self, painter: Painter, box: Rect, text: str, mood: Mood | None) -> None:
        px = painter.panel.px
        if mood is None:
            painter.icon(Icon.PRINT, (box.x + px(4.5), box.y + px(5)), 9.0, Role.PRIMARY)
            title = Rect(box.x + px(12), box.y, box.width - px(12), px(10))
            painter.text(self.say("Slip kertas"), title, Type.BODY, bold=True, middle=True)
        elif box.height > (height := note_height(painter, box.width, text, Type.SUPPORT)):
            note(painter, Rect(box.x, box.y, box.width, height), text, mood, Type.SUPPORT)
        else:
            painter.text(text, box, Type.SUPPORT, role=MOOD_ROLES[mood], bold=True)

    def _photograph(self, painter: Painter, box: Rect) -> None:
        """The QR code, as large as there is room, with what to do."""
        px = painter.panel.px
        title = self.say("QR: panduan") if self.view.leads_to_page else self.say("Foto kode QR")
        steps = [title, self.say("1 Buka kamera"), self.say("2 Arahkan ke sini")]
        card(painter, box)
        inner = box.inflate(-px(5), -px(5))
        upright = inner.width < inner.height * 1.25 or inner.width - inner.height < px(38)
        if upright:
            line = painter.line_height(Type.SUPPORT)
            side = min(inner.width, inner.height - line - px(1))
            top = inner.y + line + px(1) + (inner.height - line - px(1) - side) // 2
            self._code(painter, Rect(inner.x, top, inner.width, side))
            painter.text(steps[0], Rect(inner.x, inner.y, inner.width, line), Type.SUPPORT, bold=True, centre=True)
            return
        side = inner.height
        self._code(painter, Rect(inner.right - side, inner.y, side, side))
        words = Rect(inner.x, inner.y, inner.width - side - px(3), inner.height)
        y = words.y
        for number, text in enumerate(steps):
            kind = Type.BODY if number == 0 else Type.SUPPORT
            rest = Rect(words.x, y, words.width, words.bottom - y)
            y = painter.text(text, rest, kind, bold=number == 0) + px(1.5)
        if self.view.printing is Printing.NONE:
            for line_ in self.view.notes:
                text = self.say(line_)
                if (
                    painter.line_height(Type.SUPPORT) * len(painter.wrap(text, words.width, Type.SUPPORT))
                    <= words.bottom - y
                ):
                    rest = Rect(words.x, y, words.width, words.bottom - y)
                    y = painter.text(text, rest, Type.SUPPORT, role=Role.SUPPORT) + px(1.5)

    def _code(self, painter: Painter, box: Rect) -> None:
        modules = _modules(self.view.qr)
        count = len(modules) + 2 * QUIET
        size = min(box.width, box.height) // count
        square = Rect(0, 0, size * count, size * count)
        square.center = box.center
        self.code = square
        painter.surface.fill((255, 255, 255), square)
        for row, line in enumerate(modules, QUIET):
            for column, dark in enumerate(line, QUIET):
                if dark:
                    painter.surface.fill((0, 0, 0), (square.x + column * size, square.y + row * size, size, size))

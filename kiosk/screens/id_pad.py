"""Which number? A pad in telephone order, and a place for each digit."""

from pygame import Rect

from kiosk.screens.base import Screen, Ui, onward
from kiosk.ui.foot import Foot
from kiosk.ui.icons import Icon
from kiosk.ui.input import InputEvent, KeyPress
from kiosk.ui.shapes import disc, plate
from kiosk.ui.text import Painter
from kiosk.ui.theme import GAP, Role, Type, key_size
from kiosk.ui.widgets import Button, Look, card, keypad, note, note_height
from kiosk.view.choices import Answer, Choice, Entered, Where
from kiosk.view.parts import Mood
from kiosk.view.spoken import Spelled
from kiosk.view.views import IdPadView
from krn_engine.office.identify import IDPEL_DIGITS, METER_DIGITS
from krn_engine.row import ROW_DIGITS, in_fours

LONGEST = ROW_DIGITS
"""A token that is typed here by mistake is recognised as one."""
PIN_PLACES = 6
NUMBER_FROM = METER_DIGITS
"""Digits from which a number can be looked up."""


class IdPadScreen(Screen[IdPadView]):
    """Returns Entered, PREVIOUS, and WHERE or DONT_KNOW."""

    escape: Answer | None = Choice.PREVIOUS
    keys_beside = True

    def __init__(self, view: IdPadView, ui: Ui) -> None:
        super().__init__(view, ui)
        self.typed = "".join(char for char in view.typed if char.isascii() and char.isdigit())[:LONGEST]
        self._corrected = False

    # --- the picture

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        self._foot(painter)
        main = self.main(painter)
        side, gap = px(key_size(painter.panel)), px(GAP)
        if painter.panel.portrait:
            height = 4 * side + 3 * gap
            if self.ui.head.whose is None and not self.ui.sight.large:
                height = max(height, round(main.height * 0.6))
            pad = Rect(main.x, main.bottom - height, main.width, height)
            words = Rect(main.x, main.y, main.width, pad.y - main.y - px(2))
        else:
            words, pad = self.beside(painter)
        nowhere = Rect(0, 0, 0, 0)
        clear = Button("clear", self.say("Hapus semua"), nowhere, "clear", Look.KEY, enabled=bool(self.typed))
        erase = Button("erase", self.say("Hapus"), nowhere, "erase", Look.KEY, icon=Icon.ERASE, word=False)
        self.buttons += keypad(pad, painter, (clear, erase))
        self._words(painter, words)

    def _foot(self, painter: Painter) -> None:
        also = []
        if self.view.asks is not None:
            also.append(Foot("dont-know", self.say("Tidak tahu"), Choice.DONT_KNOW, icon=Icon.HELP))
        elif not self.view.secret:
            also.append(
                Foot("where", self.say("Di mana nomornya?"), "where", icon=Icon.SEARCH, short=self.say("Di mana?"))
            )
        self.foot(
            painter,
            back=self.back(),
            also=also,
            onward=onward("next", self.say("Lanjut"), Choice.NEXT, enabled=self._complete),
        )

    @property
    def _complete(self) -> bool:
        if self.view.paused or (self.view.problem is not None and not self._corrected):
            # It was asked already: the same number again is no way on.
            return False
        return len(self.typed) >= (1 if self.view.secret or self.view.asks is not None else NUMBER_FROM)

    def _words(self, painter: Painter, box: Rect) -> None:
        px = painter.panel.px
        if self.view.asks is not None:
            title = self.say(self.view.asks)
        else:
            title = self.say("PIN petugas") if self.view.secret else self.say("Masukkan nomor Anda")
        problem = None if self._corrected and not self.view.paused else self.view.problem
        tight = not painter.panel.roomy
        y = box.y
        if problem is not None and tight:
            # What is wrong takes the place of what is asked for.
            y = self._problem(painter, Rect(box.x, y, box.width, box.height - px(12.5)), self.say(problem)) + px(1.5)
        else:
            y = self.title(painter, box, title)
        customer = self.view.asks is None and not self.view.secret
        if customer and not (self.ui.sight.large or (problem is not None and tight)):
            about = self.say("ID Pelanggan atau nomor meter")
            y = painter.text(about, Rect(box.x, y, box.width, box.bottom - y), Type.SUPPORT, role=Role.SUPPORT) + px(2)
        y = self._field(painter, Rect(box.x, y, box.width, px(10.5 if tight else 13)), wrong=problem is not None)
        y += px(2.5)
        if problem is not None and not tight:
            self._problem(painter, Rect(box.x, y, box.width, box.bottom - y), self.say(problem))
        if problem is not None:
            return
        if customer:
            self._count(painter, Rect(box.x, y, box.width, box.bottom - y))
        elif self.view.secret:
            self._for_customers(painter, Rect(box.x, y, box.width, box.bottom - y))

    def _problem(self, painter: Painter, box: Rect, text: str) -> int:
        """What is wrong, as large as there is room for; gives the y below."""
        for kind in (Type.BODY, Type.SUPPORT):
            height = note_height(painter, box.width, text, kind)
            if height <= box.height:
                note(painter, Rect(box.x, box.y, box.width, height), text, Mood.BAD, kind)
                return box.y + height
        return painter.text(text, box, Type.SUPPORT, role=Role.BAD, bold=True)

    def _digit_places(self) -> int:
        if self.view.asks is not None:
            return max(1, len(self.typed))
        return PIN_PLACES if self.view.secret else IDPEL_DIGITS

    def _field(self, painter: Painter, box: Rect, *, wrong: bool) -> int:
        """A place for each digit, in fours; of more digits than places, the last are seen. Gives the y below."""
        px = painter.panel.px
        count = self._digit_places()
        shown = self.typed[-count:]
        fours = len(in_fours("0" * count))
        wide = px(1.8 if not painter.panel.portrait else 1.2)
        gap = px(0.6)
        width = min((box.width - (fours - 1) * wide - (count - fours) * gap) // count, px(10))
        font = painter.font(Type.TITLE, bold=True)
        x = box.x
        for place in range(count):
            rect = Rect(x, box.y, width, box.height)
            here, full = place == len(shown) and not wrong, place < len(shown)
            line = Role.BAD if wrong and full else Role.OUTLINE if full or here else Role.HAIR
            fill = Role.HERE if here else Role.SURFACE
            plate(
                painter.surface, rect, px(1.2), painter.rgb(fill), painter.rgb(line), max(1, px(0.5 if wrong else 0.3))
            )
            if full and self.view.secret:
                disc(painter.surface, rect.center, px(1.8), painter.rgb(Role.TEXT))
            elif full:
                role = Role.BAD if wrong else Role.TEXT
                drawn = font.render(shown[place], True, painter.rgb(role))
                painter.surface.blit(drawn, drawn.get_rect(center=rect.center))
            x += width + (wide if place % 4 == 3 else gap)
        if not self.view.secret and self.typed:
            painter.said.append(Spelled(self.typed))
        return box.bottom

    def _count(self, painter: Painter, box: Rect) -> None:
        """How many digits there are, and how many are still to come."""
        px = painter.panel.px
        count = len(self.typed)
        if box.height < px(5):
            return
        if not count and self.ui.sight.large and not painter.panel.roomy:
            return
        if not count:
            painter.icon(Icon.SCAN, (box.x + px(4), box.y + px(3.5)), 7.0, Role.PRIMARY)
            words = Rect(box.x + px(10), box.y, box.width - px(10), min(px(7), box.height))
            painter.text(self.say("Atau pindai kartu Anda"), words, Type.SUPPORT, role=Role.SUPPORT, middle=True)
        else:
            to_go = METER_DIGITS - count
            text = self.say("{count} digit", count=count)
            if to_go > 0:
                text += " · " + self.say("kurang {few} atau {more}", few=to_go, more=to_go + 1)
            if painter.width(text, Type.SUPPORT) > box.width:
                text = self.say("{count} digit", count=count)
            painter.text(text, Rect(box.x, box.y, box.width, min(px(7), box.height)), Type.SUPPORT, middle=True)
        y = box.y + px(10)
        if not painter.panel.roomy or self.ui.sight.large:
            return
        width = (box.width - px(3)) // 2
        cards = (
            (Icon.CARD, self.say("{count} digit", count=IDPEL_DIGITS), self.say("ID Pelanggan, di kartu atau struk")),
            (Icon.METER, self.say("{count} digit", count=METER_DIGITS), self.say("Nomor meter, di depan meter")),
        )
        for index, (icon, digits, text) in enumerate(cards):
            rect = Rect(box.x + index * (width + px(3)), y, width, min(px(27), box.bottom - y))
            card(painter, rect)
            painter.icon(icon, (rect.x + px(7), rect.y + px(6.5)), 7.5, Role.PRIMARY)
            head = Rect(rect.x + px(13), rect.y + px(3), rect.width - px(15), px(7))
            painter.text(digits, head, Type.SUPPORT, bold=True, middle=True)
            below = Rect(rect.x + px(3.5), rect.y + px(11.5), rect.width - px(6), rect.height - px(12))
            painter.text(text, below, Type.CAPTION)

    def _for_customers(self, painter: Painter, box: Rect) -> None:
        text = self.say("Anda pelanggan? PIN tidak diperlukan. Tekan Kembali.")
        height = note_height(painter, box.width, text, Type.SUPPORT)
        if height <= box.height:
            note(painter, Rect(box.x, box.y, box.width, height), text, None, Type.SUPPORT)

    # --- what was pressed

    def handle(self, event: InputEvent) -> Answer | None:
        if isinstance(event, KeyPress):
            if event.key == "backspace" or event.key.isdigit():
                return self._key("erase" if event.key == "backspace" else event.key)
            if event.key == "enter" and self.focus is None:
                return Entered(self.typed)
        return super().handle(event)

    def pressed(self, button: Button) -> Answer | None:
        if button.name == "where":
            return Where(self.typed)
        if button.name == "next":
            return Entered(self.typed)
        return self._key(button.value, touched=True) if isinstance(button.value, str) else button.value

    def _key(self, key: str, *, touched: bool = False) -> Answer | None:
        before = self.typed
        first_after_problem = self.view.problem is not None and not self._corrected
        self._corrected, self.focus = True, None
        if key == "erase":
            self.typed = self.typed[:-1]
        elif key == "clear":
            self.typed = ""
        elif first_after_problem:
            # Another number, or the same one anew: nobody adds to one that was wrong.
            self.typed = key
        elif len(self.typed) < LONGEST:
            self.typed += key
        self.echo = self._told(key, before, touched=touched)
        return None

    def _told(self, key: str, before: str, *, touched: bool) -> str:
        """What a key did, to those who listen: which digit it was, unless it is secret, and how many there are.

        Touched, a key that is only named says its digit: the one that was pressed is told with the count.
        """
        count = self.say("{count} digit", count=len(self.typed))
        if key == "clear":
            return self.say("Semua dihapus")
        if key == "erase":
            if not before:
                return self.say("Belum ada angka")
            if self.view.secret:
                return count
            return self.say("Angka {digit} dihapus, {count}", digit=before[-1], count=count)
        if self.view.secret or self.typed == before:
            return count
        told = touched or len(self.typed) % 4 == 0 or len(self.typed) in (METER_DIGITS, IDPEL_DIGITS)
        return f"{key}, {count}" if told else key

    def enter_says(self) -> str:
        return self.say("Lanjut") if self._complete else ""

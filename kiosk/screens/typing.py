"""The codes go into the meter: how far each is, the digits of the one in work, and a picture of the meter."""

from pygame import Rect

from kiosk.screens.base import Screen, columns, onward
from kiosk.screens.light_steps import draw_light_steps
from kiosk.ui.input import InputEvent
from kiosk.ui.meter_drawing import draw_meter
from kiosk.ui.text import Painter
from kiosk.ui.theme import Role, Type
from kiosk.ui.widgets import card, digit_row, fewest_lines, note, note_height, state_mark
from kiosk.view.choices import Answer, Choice
from kiosk.view.parts import LightStep, Mood, RowState
from kiosk.view.views import TypingView
from krn_engine.row import BENAR, SALAH


class TypingScreen(Screen[TypingView]):
    """Returns nothing until it is finished, then NEXT."""

    enter: Answer | None = Choice.NEXT
    escape: Answer | None = None
    can_leave = False
    can_call = False
    _roomy = True
    """Whether there is room for a picture beside the codes."""

    def paint(self, painter: Painter) -> None:
        if self.view.finished:
            # A code that was refused is no success: the heading says what happened.
            refused = RowState.REFUSED in self.view.states
            title = self.say("Meter menolak satu kode") if refused else self.say("Semua kode sudah dimasukkan")
            if not refused and any(state is not RowState.ACCEPTED for state in self.view.states):
                title = self.say("Pengetikan berhenti")
            box = self.frame(painter, title, onward=onward("next", self.say("Lanjut"), Choice.NEXT))
        else:
            still = (
                self.say("Jangan sentuh meter") if self.view.light is None else self.say("Jangan geser kepala optik")
            )
            box = self.frame(painter, still)
        self._roomy = not self.ui.sight.large or (painter.panel.roomy)
        if self._roomy:
            box, picture = columns(painter, box, 0.36 if not painter.panel.portrait else 0.42)
            if self.view.light is None:
                draw_meter(painter, picture, self.view.meter)
            else:
                draw_light_steps(painter, picture, self._light_words(), self.view.light)
        self._rows(painter, box)

    def _light_words(self) -> dict[LightStep, str]:
        return {
            LightStep.CONNECTED: self.say("Terhubung"),
            LightStep.NUMBER_READ: self.say("Nomor"),
            LightStep.SENT: self.say("Terkirim"),
            LightStep.ANSWERED: self.say("Dijawab"),
        }

    def _rows(self, painter: Painter, box: Rect) -> None:
        px = painter.panel.px
        y = box.y
        if self.view.countdown is not None:
            y = self._note(painter, box, y, self.say("Meter terkunci: {seconds} detik", seconds=self.view.countdown))
        elif self.view.checking:
            y = self._note(painter, box, y, self.say("Memeriksa meter…"), None)
        elif self.view.light is not None and not self._roomy:
            # It goes out as a whole: how far it is says more than its digits.
            done = (
                self._light_words()[LightStep(self.view.light)] if self.view.light else self.say("Menghubungi meter…")
            )
            y = y if self.view.finished else self._note(painter, box, y, done, None)
        elif not self.view.finished:
            kind = Type.HEADING
            lines = fewest_lines(painter, box.width - px(6), kind) * painter.digit_step(kind)
            rows = Rect(box.x, y, box.width, lines + px(4))
            card(painter, rows, line=Role.TEXT, width=0.6)
            inner = Rect(rows.x + px(3), rows.y + px(2), rows.width - px(6), lines + 2)
            digit_row(painter, inner, self.view.row, kind, done=self.view.pressed)
            y = rows.bottom + px(2.5)
        words = {
            RowState.WAITING: self.say("menunggu"),
            RowState.TYPING: self.say("dimasukkan"),
            RowState.ACCEPTED: BENAR,
            RowState.REFUSED: SALAH,
            RowState.NOT_IN: self.say("belum masuk"),
            RowState.UNKNOWN: self.say("tidak terbaca"),
        }
        roles = {
            RowState.ACCEPTED: Role.GOOD,
            RowState.REFUSED: Role.BAD,
            RowState.NOT_IN: Role.CAREFUL,
            RowState.UNKNOWN: Role.CAREFUL,
        }
        least = painter.line_height(Type.BODY)
        step = min(least + px(3), max(least, (box.bottom - y) // len(self.view.states)))
        radius = min(px(3), step // 2 - 1)
        for number, state in enumerate(self.view.states, self.view.first):
            state_mark(painter, (box.x + radius, y + step // 2), radius, state)
            label = self.say("Kode {row}: {state}", row=number, state=words[state])
            left = box.x + 2 * radius + px(3)
            place = Rect(left, y, box.right - left, step)
            bold = state is not RowState.WAITING
            painter.text(label, place, Type.BODY, role=roles.get(state, Role.TEXT), bold=bold, middle=True)
            y += step

    def _note(self, painter: Painter, box: Rect, y: int, text: str, mood: Mood | None = Mood.CAREFUL) -> int:
        height = note_height(painter, box.width, text)
        note(painter, Rect(box.x, y, box.width, height), text, mood)
        return y + height + painter.panel.px(2.5)

    def handle(self, event: InputEvent) -> Answer | None:
        answer = super().handle(event)
        tools = (Choice.LANGUAGE, Choice.LARGER, Choice.STRONGER, Choice.LISTEN, Choice.HELP)
        return answer if self.view.finished or answer in tools else None

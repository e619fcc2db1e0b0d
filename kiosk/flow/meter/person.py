"""A person at the screen, asked from the thread that types: the question is shown, and their touch is the answer."""

import queue
from dataclasses import dataclass, field, replace

from hardware.person import NO, NOTHING, YES, Question
from kiosk.flow.messages import ANOTHER_KRN, WHICH_KRN
from kiosk.view.choices import Answer, Entered
from kiosk.view.parts import Message, Option
from kiosk.view.views import QuestionView
from krn_engine.row import BENAR, SALAH, in_fours

PATIENCE = 120.0
"""Seconds after which silence is taken for "don't know"."""
YES_NO = (Option(YES, Message("Ya")), Option(NO, Message("Tidak")))
QUESTIONS = {
    Question.ANSWER_TO_ROW: QuestionView(
        Message("Apa yang tampil di meter?"),
        (
            Option(BENAR, Message(BENAR)),
            Option(SALAH, Message("SALAH / GAGAL")),
            Option(NOTHING, Message("Lainnya")),
        ),
        stops=True,
    ),
    Question.SHOWS_PERIKSA: QuestionView(Message("Apakah meter menampilkan PERIKSA?"), YES_NO, stops=True),
    Question.NUMBER_IS_RIGHT: QuestionView(Message("Apakah nomor di meter {number}?"), YES_NO, stops=True),
    Question.KRN_SHOWN: QuestionView(
        WHICH_KRN,
        (
            *(Option(krn, Message("{krn}", {"krn": krn})) for krn in "123"),
            Option(ANOTHER_KRN, Message("Lainnya")),
        ),
        stops=True,
    ),
    Question.TYPE_AGAIN: QuestionView(
        Message("Jawaban meter untuk satu kode tidak diketahui. Masukkan sekali lagi?"), YES_NO, stops=True
    ),
}


@dataclass
class ScreenPerson:
    """Holds the question that is open, and waits for its answer."""

    meter_number: str
    _open: Question | None = None
    _answers: "queue.SimpleQueue[str | None]" = field(default_factory=queue.SimpleQueue)

    def __call__(self, question: Question) -> str | None:
        """See `hardware.person.Person`; from the thread that types."""
        self._open = question
        try:
            return self._answers.get(timeout=PATIENCE)
        except queue.Empty:
            return None
        finally:
            self._open = None

    @property
    def asked(self) -> Question | None:
        """The question that is open."""
        return self._open

    @property
    def view(self) -> QuestionView | None:
        """The question to be shown, if one is open."""
        question = self._open
        if question is None:
            return None
        view = QUESTIONS[question]
        if question is not Question.NUMBER_IS_RIGHT:
            return view
        number = " ".join(in_fours(self.meter_number))
        return replace(view, question=Message(view.question.text, {"number": number}))

    def choose(self, answer: Answer) -> None:
        """What was touched on the question's screen."""
        view = self.view
        if view is not None and view.offers(answer):
            self._open = None
            self._answers.put(answer.text if isinstance(answer, Entered) else None)

    def leave(self) -> None:
        """The person is gone: the open question, and each one still to come, is answered with "not known"."""
        for _ in Question:
            self._answers.put(None)

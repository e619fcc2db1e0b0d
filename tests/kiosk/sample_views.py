"""Every view with the longest texts that it can have."""

from hardware.keypad.models import model_titles
from kiosk.flow import messages
from kiosk.flow.customer_steps import YES_NO
from kiosk.flow.screen_person import QUESTIONS
from kiosk.flow.take_away import NOTES, spaced
from kiosk.flow.views import (
    AdviceView,
    ConfirmView,
    HomeView,
    IdleView,
    IdPadView,
    Message,
    MeterPicture,
    Mood,
    Option,
    OutOfServiceView,
    QuestionView,
    RehearsalView,
    ResultView,
    RowState,
    RowsView,
    TakeAwayView,
    TypingView,
    View,
    WaitView,
)
from kiosk.upgrade.events import Ending

ROWS = ("73786976294838206463", "00000000000000000000", "28888888888888888888", "10101010101010101010")
QR = "\n".join(f"{number}) {spaced(row)}" for number, row in enumerate(ROWS, 1))
METER = MeterPicture("virtual", "73786976294838206463", "99100000001", "enter")
PERIKSA = MeterPicture("virtual", "TERKUNCI 1280", "99100000001")

VIEWS: dict[str, View] = {
    "home": HomeView(),
    "home-demo": HomeView(demo=True),
    "pad": IdPadView(),
    **{f"pad-{problem.name}": IdPadView("8" * 20, text) for problem, text in messages.ID_PROBLEMS.items()},
    "pad-not-found": IdPadView("888888888888", messages.NOT_FOUND),
    "pin": IdPadView(secret=True),
    "pin-wrong": IdPadView(problem=messages.WRONG_PIN, secret=True),
    "pin-too-often": IdPadView(problem=messages.too_often(1799.0), secret=True),
    "wait": WaitView(messages.ISSUING),
    "wait-too-often": WaitView(messages.too_often(299.0), may_leave=True),
    "confirm": ConfirmView("W*** W*** W***", "88888888888", "R1MT / 197.000 VA", 4),
    **{
        f"confirm-{kind.name}": ConfirmView("W*** W*** W***", "88888888888", "R1MT / 197.000 VA", 4, text)
        for kind, text in messages.WARNINGS.items()
    },
    "rows-first": RowsView(ROWS, 0, (1, 2), can_type=True),
    "rows-middle": RowsView(ROWS, 2, (3, 4), can_type=True),
    "rows-last": RowsView(ROWS, 3, (1, 4)),
    "rows-first-alone": RowsView(ROWS, 0, (1, 2)),
    "rehearsal": RehearsalView(ROWS[0], 13, MeterPicture("", ROWS[0][:13], "99100000001")),
    "rehearsal-wrong": RehearsalView(ROWS[0], 13, MeterPicture("", ROWS[0][:13] + "9", "99100000001"), wrong=True),
    "rehearsal-over": RehearsalView(ROWS[0], 20, MeterPicture("", "BENAR", "99100000001"), over=True),
    "advice-periksa": AdviceView(messages.CLEAR_FIRST, messages.CLEAR_FIRST_LINES, MeterPicture("", "PERIKSA")),
    "advice-token": AdviceView(messages.TOKEN_FIRST, messages.TOKEN_FIRST_LINES, MeterPicture("", "GAGAL")),
    "advice-go-on": AdviceView(
        Message("Lanjutkan dari baris {row}", {"row": "3"}), messages.GO_ON_LINES, MeterPicture("", "SALAH")
    ),
    "advice-where": AdviceView(messages.WHERE, messages.WHERE_LINES, MeterPicture("", "", "01234567890")),
    "question-periksa": QuestionView(messages.SAYS_PERIKSA, YES_NO),
    "question-token": QuestionView(messages.HOLDS_A_TOKEN, YES_NO),
    "question-come-back": QuestionView(
        messages.WHICH_ARE_IN,
        (
            Option("0", Message("Belum ada")),
            Option("2", Message("Baris 1 sampai {row}", {"row": "2"})),
            Option("4", Message("Semua")),
        ),
    ),
    "result-all-in": ResultView(Mood.GOOD, messages.ALL_IN, (messages.prove_it(3),)),
    "advice-printer": AdviceView(messages.PRINTER_FIRST, messages.PRINTER_FIRST_LINES, None),
    **{
        f"take-away-{printing.name}": TakeAwayView(QR, printing, (note, messages.AT_HOME))
        for printing, note in NOTES.items()
    },
    "typing": TypingView((RowState.ACCEPTED, RowState.TYPING, RowState.WAITING, RowState.WAITING), ROWS[0], 13, METER),
    "typing-locked": TypingView(
        (RowState.REFUSED, RowState.UNKNOWN, RowState.WAITING, RowState.WAITING), ROWS[0], 20, METER, countdown=120
    ),
    "typing-checking": TypingView((RowState.WAITING,) * 4, ROWS[0], 0, METER, checking=True),
    **{
        f"question-{question.name}": QuestionView(Message(view.question.text, {"number": "88888888888"}), view.options)
        for question, view in QUESTIONS.items()
    },
    "question-model": QuestionView(
        messages.WHICH_MODEL,
        tuple(Option(name, Message("{model}", {"model": title})) for name, title in model_titles().items()),
    ),
    "typing-done": TypingView((RowState.ACCEPTED,) * 4, ROWS[3], 20, PERIKSA, finished=True),
    **{
        f"result-{ending.name}": ResultView(
            Mood.GOOD if ending is Ending.UPGRADED else Mood.CAREFUL,
            messages.ENDINGS[ending],
            (messages.AFTER[ending],),
            (1, 3) if ending is Ending.UPGRADED else None,
            PERIKSA,
            ending.code,
        )
        for ending in Ending
    },
    "result-nothing": ResultView(Mood.GOOD, messages.UP_TO_DATE, (messages.NOTHING_TO_PAY,), (3, 3)),
    **{
        f"error-{code}": messages.error_view(code)
        for code in (
            "KIOSK-01",
            "OFF-03",
            "ISS-02",
            "ISS-03",
            "ISS-04",
            "ISS-05",
            "HW-05",
            "HW-11",
            "HW-14",
            "REG-05",
            "REG-06",
            "KSK-02",
            "KSK-06",
        )
    },
    "idle": IdleView(30),
    "closed": OutOfServiceView(messages.CLOSED, "REG-02"),
}

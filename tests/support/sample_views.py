"""Every view with the longest texts that it can have."""

from dataclasses import replace
from datetime import UTC, datetime

from hardware.adapter import AdapterKind
from hardware.errors import MeterProcessBusy
from hardware.printer.port import PrinterState
from kiosk.event_log import Event, Noted
from kiosk.flow import messages, refusals
from kiosk.flow.customer import come_back
from kiosk.flow.customer.come_back import numbered
from kiosk.flow.customer.take_away import NOTES
from kiosk.flow.meter.person import QUESTIONS, YES_NO
from kiosk.flow.notices import closed_view
from kiosk.flow.staff import messages as says
from kiosk.flow.staff import network
from kiosk.upgrade.endings import WORDS
from kiosk.upgrade.events import Ending
from kiosk.view.parts import (
    NO_HEAD,
    CardPicture,
    Fact,
    Head,
    LightStep,
    Message,
    MeterPicture,
    Mood,
    Option,
    Printing,
    ReportLine,
    RowState,
    Stage,
    Whose,
)
from kiosk.view.views import (
    AdaptersView,
    AdviceView,
    AttendantView,
    ConfirmView,
    HelpView,
    HomeView,
    IdleView,
    IdPadView,
    KeyInView,
    LeaveView,
    MenuView,
    ModelsView,
    OutOfServiceView,
    ProgressView,
    QuestionView,
    RehearsalView,
    ReportView,
    ResultView,
    RowsView,
    TakeAwayView,
    ThanksView,
    TypingView,
    View,
    WaitView,
)
from kiosk.workplace import all_models
from krn_engine.office.contract import (
    Attempt,
    Due,
    Ended,
    Grade,
    NothingToDo,
    RowOutcome,
    RowRecord,
    SessionEnding,
    Standing,
    Stated,
    Statement,
    Unclear,
)
from krn_engine.office.identify import IdProblem
from krn_engine.office.offline.delivery import Entry
from krn_engine.office.offline.status import OfflineStatus
from krn_engine.office.wire import delivered
from krn_engine.office.wire.delivered import Kind
from krn_engine.office.wire.values import ROW_RECORD
from krn_engine.row import BENAR, GAGAL, SALAH, Hidden, Row, grouped

ROWS = tuple(Row(row) for row in ("73786976294838206463", "0" * 20, "2" + "8" * 19, "10" * 10))
PAIRS = ((1, 2), (3, 4))
QR = Hidden("\n".join(f"{number}) {grouped(row)}" for number, row in enumerate(ROWS, 1)))
PAGE = Hidden("https://office.example/r#" + "Ab3-" * 5 + "_w")
"""Where a QR code leads if there is a page at home."""
ENTER_KEY = next(model.keys for model in all_models() if model.name == "enter-key")
THEN = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
METER = MeterPicture("virtual", "73786976294838206463", "99100000001", "enter")
PERIKSA = MeterPicture("virtual", "TERKUNCI 1280", "99100000001")
MODELS = all_models()


class Offline:
    """A kiosk that is offline, with everything that can be said of it."""

    glance = (False, 4)
    status = OfflineStatus(
        online=False,
        since=THEN,
        code="NET-01",
        as_of=THEN,
        lease_until=THEN,
        lease_good=True,
        lease_code="",
        waiting=12345,
        refused=4,
        lost=88,
        left_out=88,
        audit_differs=THEN,
        revoked=False,
    )
    refused = tuple(
        Entry(delivered.Fact(n, kind, "", THEN, body), THEN, "OFF-23", "", "88888888888")
        for n, (kind, body) in enumerate(
            (
                (Kind.ISSUE, {}),
                (
                    Kind.OUTCOME,
                    ROW_RECORD.write(RowRecord("c", 4, RowOutcome.LOCKED_OUT, "", "", "", "a", Grade.SENSOR)),
                ),
                (Kind.ENDING, {}),
                (Kind.STATEMENT, {}),
            )
        )
    )


class NewHere:
    """One that has never reached its office, and one that it has revoked."""

    glance = (False, 0)
    status = OfflineStatus(
        online=False,
        since=THEN,
        code="",
        as_of=None,
        lease_until=None,
        lease_good=False,
        lease_code="OFF-12",
        waiting=0,
        refused=0,
        lost=0,
        left_out=0,
        audit_differs=None,
        revoked=True,
    )
    refused: tuple[Entry, ...] = ()


FAR = Offline()


def tools(standing: Standing, *facts: Fact, by_hand: bool = False) -> MenuView:
    """A technician's tools for a meter; by hand there are no contacts to look through or to calibrate."""
    contacts = (says.CHECK, says.ADAPTER, says.CALIBRATE)
    return MenuView(
        says.meter_title("88888888888"),
        (
            *(replace(tool, enabled=not by_hand) for tool in contacts),
            says.RECORD,
            says.OTHER_METER_NEXT,
        ),
        (says.stands(standing), *facts),
        "88888888888",
        says.type_in(standing),
        goes_back=True,
    )


VIEWS: dict[str, View] = {
    "home": HomeView(),
    "home-staff": HomeView(has_staff=True),
    "pad": IdPadView(),
    **{f"pad-{problem.name}": IdPadView("8" * 20, text) for problem, text in messages.ID_PROBLEMS.items()},
    "pad-not-found": IdPadView("888888888888", messages.NOT_FOUND),
    "pad-not-in-copy": IdPadView("888888888888", messages.NOT_IN_COPY),
    "pin": IdPadView(secret=True),
    "pin-wrong": IdPadView(problem=messages.WRONG_PIN, secret=True),
    "pin-too-often": IdPadView(problem=messages.too_often(1799.0), secret=True),
    "wait": WaitView(messages.ISSUING),
    "wait-too-often": WaitView(messages.too_often(299.0), may_leave=True),
    "confirm": ConfirmView("W*** W*** W***", "88888888888", "R1MT / 197.000 VA", 4),
    "confirm-only-whose": ConfirmView("W*** W*** W***", "88888888888", "R1MT / 197.000 VA", None),
    **{
        f"confirm-{kind.name}": ConfirmView("W*** W*** W***", "88888888888", "R1MT / 197.000 VA", 4, text)
        for kind, text in messages.WARNINGS.items()
    },
    "rows-first": RowsView(ROWS, 0, PAIRS, 10, can_type=True),
    "rows-middle": RowsView(ROWS, 2, PAIRS, 10, can_type=True),
    "rows-last": RowsView(ROWS, 3, PAIRS, 10),
    "rows-first-alone": RowsView(ROWS, 0, PAIRS, 10),
    "rows-two": RowsView(ROWS[:2], 0, ((1, 2),), 10),
    "rows-second-pair": RowsView(ROWS[2:], 0, ((3, 4),), 10),
    "rows-one-change": RowsView(ROWS, 1, ((1, 4),), 10, can_type=True),
    "rows-ticked": RowsView(ROWS, 2, PAIRS, 10, frozenset({1, 2}), can_type=True),
    "rows-all-ticked": RowsView(ROWS, 3, PAIRS, 10, frozenset({1, 2, 3, 4})),
    "rehearsal": RehearsalView(ROWS[0], 13, MeterPicture("", ROWS[0][:13], "99100000001")),
    "rehearsal-wrong": RehearsalView(ROWS[0], 13, MeterPicture("", ROWS[0][:13] + "9", "99100000001"), wrong=True),
    "rehearsal-over": RehearsalView(ROWS[0], 20, MeterPicture("", "BENAR", "99100000001"), over=True),
    "advice-periksa": AdviceView(messages.CLEAR_FIRST, messages.CLEAR_FIRST_LINES, MeterPicture("", "PERIKSA")),
    "advice-token": AdviceView(messages.TOKEN_FIRST, messages.TOKEN_FIRST_LINES, MeterPicture("", "GAGAL")),
    "advice-go-on": AdviceView(
        Message("Lanjutkan dari kode {row}", {"row": "3"}),
        (messages.COMPARE_DIGITS, messages.ONCE_MORE),
        MeterPicture("", SALAH),
    ),
    "advice-where": AdviceView(
        messages.WHERE, messages.WHERE_LINES, MeterPicture("", "", "01234567890"), CardPicture("012345678901")
    ),
    "question-periksa": QuestionView(
        messages.SAYS_PERIKSA, YES_NO, messages.IF_UNSURE, MeterPicture("", "PERIKSA", "88888888888"), goes_back=True
    ),
    "question-token": QuestionView(messages.HOLDS_A_TOKEN, messages.TOKEN_OR_NOT, messages.IF_UNSURE, goes_back=True),
    "question-come-back": QuestionView(
        messages.WHAT_HAPPENED,
        (
            Option(come_back.NOT_TRIED, Message("Belum dicoba")),
            Option(come_back.SOME, Message("Baru sebagian")),
            Option(SALAH, Message("Ditolak"), SALAH),
            Option(GAGAL, Message("Ditunda"), GAGAL),
            Option(come_back.ALL, Message("Semua"), BENAR),
        ),
        goes_back=True,
    ),
    "question-last-good": QuestionView(
        messages.LAST_GOOD, numbered(range(1, 4)), meter=MeterPicture("", BENAR), goes_back=True
    ),
    "question-at-which": QuestionView(
        messages.at_which(SALAH), numbered(range(1, 5)), meter=MeterPicture("", SALAH), goes_back=True
    ),
    "question-same-number": QuestionView(
        messages.SAME_NUMBER,
        YES_NO,
        messages.compare("88888888888"),
        MeterPicture("", "", "88888888888"),
        goes_back=True,
    ),
    "question-scanned": QuestionView(
        messages.look_up_this("888888888888"), YES_NO, messages.OTHER_CARD, goes_back=True, unsure=False
    ),
    "question-scanned-no-number": QuestionView(
        messages.NOT_A_NUMBER, (), messages.ID_PROBLEMS[IdProblem.TOO_LONG], goes_back=True, unsure=False
    ),
    "question-got-them": QuestionView(
        messages.HAVE_YOU_GOT_THEM, messages.GOT_OR_NOT, messages.GONE_AFTERWARDS, goes_back=True, unsure=False
    ),
    "thanks": ThanksView(PAIRS, 10, 3, 20),
    "thanks-two": ThanksView(((1, 2),), 10, 3, 20),
    "thanks-one-change": ThanksView(((1, 4),), 10, 3, 20),
    "thanks-unknown": ThanksView(PAIRS, 10, None, 20),
    "advice-other-meter": AdviceView(
        messages.OTHER_METER,
        (messages.only_for("88888888888"), messages.SCAN_THE_OTHER),
        MeterPicture("", "", "88888888888"),
        another=True,
    ),
    "advice-pair-again": AdviceView(
        Message("Lanjutkan dari kode {row}", {"row": "3"}),
        (messages.change_again(3), messages.ONCE_MORE),
        MeterPicture("", SALAH),
    ),
    "advice-unchanged": AdviceView(
        Message("Lanjutkan dari kode {row}", {"row": "1"}),
        (messages.unchanged(1), messages.ONCE_MORE),
        MeterPicture("", "1"),
    ),
    "advice-not-all": AdviceView(
        Message("Lanjutkan dari kode {row}", {"row": "3"}),
        (messages.not_all(1, 2), messages.ONCE_MORE),
        MeterPicture("", "2"),
    ),
    "result-rose": ResultView(Mood.GOOD, messages.NOTED, (messages.rose(1, 3), messages.ROWS_STAY)),
    "result-not-compared": ResultView(
        Mood.CAREFUL, messages.NOTED, (messages.NO_NUMBER_TO_COMPARE, messages.ROWS_STAY)
    ),
    "advice-refused": AdviceView(
        Message("Lanjutkan dari kode {row}", {"row": "3"}),
        (messages.SLOWLY, messages.ONCE_MORE),
        MeterPicture("", SALAH),
    ),
    "wait-beat": WaitView(messages.SEARCHING, beat=3),
    "help": HelpView((messages.HELP_START,), can_leave=True),
    "leave": LeaveView(),
    "pad-krn-one-digit": IdPadView(problem=messages.ONE_DIGIT, asks=says.WHICH_KRN),
    "pad-some": IdPadView("1234567"),
    "question-krn-at-home": QuestionView(
        messages.WHICH_KRN_AT_HOME, messages.KRN_OR_ANOTHER, meter=MeterPicture("", "04"), goes_back=True
    ),
    "advice-look-first-known": AdviceView(
        messages.LOOK_FIRST, messages.look_first([(1, 1), (2, 3)], 3), MeterPicture("", "04")
    ),
    "thanks-second-pair": ThanksView(PAIRS[1:], 10, 3, 20),
    "attendant": AttendantView(),
    "pad-krn-staff": IdPadView(asks=says.WHICH_KRN),
    "advice-look-first": AdviceView(messages.LOOK_FIRST, messages.LOOK_FIRST_LINES, MeterPicture("", "04")),
    "advice-not-yet": AdviceView(
        Message("Lanjutkan dari kode {row}", {"row": "3"}),
        (messages.not_yet(2, 3), messages.ONCE_MORE),
        MeterPicture("", "SALAH"),
    ),
    "result-right-number": ResultView(Mood.GOOD, messages.RIGHT_NUMBER, (messages.BY_THAT_NUMBER, messages.ROWS_STAY)),
    "question-why-holds": QuestionView(says.WHY, says.WHY_HOLDS, goes_back=True),
    "question-why-retracted": QuestionView(says.WHY_TAKEN_BACK, says.WHY_RETRACTED, goes_back=True),
    "advice-printer": AdviceView(messages.PRINTER_FIRST, messages.PRINTER_FIRST_LINES, None),
    **{
        f"take-away-{printing.name}": TakeAwayView(
            QR,
            printing,
            (note, messages.AT_HOME),
            can_print=printing in (Printing.OFFERED, Printing.DONE, Printing.NOT_READY),
            rows=ROWS,
        )
        for printing, note in NOTES.items()
    },
    "take-away-page": TakeAwayView(
        PAGE, Printing.OFFERED, (messages.PHOTOGRAPH_OR_PRINT, messages.AT_HOME), True, ROWS, leads_to_page=True
    ),
    "take-away-page-alone": TakeAwayView(
        PAGE, Printing.NONE, (messages.PHOTOGRAPH_PAGE, messages.AT_HOME), rows=ROWS, leads_to_page=True
    ),
    "take-away-twice": TakeAwayView(QR, Printing.DONE, (messages.TAKE_THE_SLIP, messages.AT_HOME)),
    "typing": TypingView((RowState.ACCEPTED, RowState.TYPING, RowState.WAITING, RowState.WAITING), ROWS[0], 13, METER),
    "typing-locked": TypingView(
        (RowState.REFUSED, RowState.UNKNOWN, RowState.WAITING, RowState.WAITING), ROWS[0], 20, METER, countdown=120
    ),
    "key-in": KeyInView(1, 4, ROWS[0]),
    "key-in-again": KeyInView(2, 4, ROWS[2], again=True),
    "typing-checking": TypingView((RowState.WAITING,) * 4, ROWS[0], 0, METER, checking=True),
    "adapters-contacts": AdaptersView((AdapterKind.KEYPAD, AdapterKind.HAND)),
    **{
        f"typing-light-{done}": TypingView(
            (RowState.ACCEPTED, RowState.TYPING, RowState.WAITING, RowState.WAITING),
            ROWS[0],
            20 * (done > 2),
            METER,
            light=done,
        )
        for done in (0, LightStep.NUMBER_READ.value, LightStep.ANSWERED.value)
    },
    **{
        f"question-{question.name}": QuestionView(Message(view.question.text, {"number": "88888888888"}), view.options)
        for question, view in QUESTIONS.items()
    },
    "adapters": AdaptersView(tuple(AdapterKind)),
    "models": ModelsView(all_models()),
    "menu-staff": MenuView(
        says.MENU,
        (
            says.METER,
            says.PROGRESS,
            says.READINESS,
            says.latest(Noted(THEN.timestamp(), Event.ERROR_SHOWN, "OFF-03")),
            says.PRINTER_TEST,
            says.RESTART,
        ),
    ),
    "menu-staff-no-printer": MenuView(
        says.MENU,
        (
            says.METER,
            says.PROGRESS,
            says.READINESS,
            says.latest(None),
            replace(says.PRINTER_TEST, more=says.NO_PRINTER, enabled=False),
            says.RESTART,
        ),
    ),
    "menu-staff-network": MenuView(
        says.MENU,
        (
            says.METER,
            says.PROGRESS,
            says.READINESS,
            says.latest(Noted(THEN.timestamp(), Event.FACT_REFUSED, "OFF-23")),
            says.PRINTER_TEST,
            network.option(FAR),
            says.RESTART,
        ),
    ),
    "report-network": ReportView(network.TITLE, network.lines(FAR)),
    "report-network-alone": ReportView(network.TITLE, network.lines(NewHere())),
    "menu-restart": MenuView(says.SURE_TO_RESTART, (), onward=says.RESTART_NOW, goes_back=True),
    "menu-meter": tools(Due(4), says.UNSEEN, says.by_contacts(MODELS[0])),
    "menu-meter-claimed": tools(
        Due(4, partly_claimed=True),
        says.link(says.SILENT_METER, Mood.CAREFUL),
        says.by_contacts(MODELS[1]),
        says.calibrated(0.066, 0.045),
    ),
    "menu-record": MenuView(
        says.meter_title("88888888888"),
        (says.HISTORY, says.HOLDS, says.RETRACT),
        (says.stands(Due(4, claimed=True)),),
        "88888888888",
        goes_back=True,
    ),
    "menu-meter-unclear": tools(
        Unclear("ISS-02", ""), says.link(says.OTHER_METER, Mood.BAD), says.by_contacts(MODELS[3])
    ),
    "menu-meter-done": tools(NothingToDo(3), says.link(says.BY_HAND), by_hand=True),
    "progress": ProgressView(
        394_746,
        662_241,
        59.61,
        1_000,
        261_000,
        5_495,
        tuple((str(day), day * day * 12 % 1500) for day in range(10, 24)),
    ),
    "progress-none": ProgressView(0, 0, 0.0, 0, 0, 0, tuple((str(day), 0) for day in range(10, 24))),
    "report-ready": ReportView(
        says.IS_READY,
        (
            ReportLine(Message("Printer: tutup terbuka"), Mood.CAREFUL),
            ReportLine(Message("Alat input: {code}", {"code": "HW-11"}), Mood.BAD),
            ReportLine(Message("Kontak: {good} dari {all} menutup dan membuka", {"good": "11", "all": "12"}), Mood.BAD),
            ReportLine(Message("Jam belum disinkronkan: {time}", {"time": "23-11-2026 14.30"}), Mood.CAREFUL),
            ReportLine(Message("Data pelanggan: {meters} meter", {"meters": "662241"}), Mood.GOOD),
            ReportLine(Message("Catu daya: tegangan pernah kurang"), Mood.CAREFUL),
            ReportLine(Message("Ruang penyimpanan: {megabytes} MB", {"megabytes": "28000"}), Mood.GOOD),
        ),
    ),
    "report-errors": ReportView(
        says.LAST_ERRORS,
        tuple(
            says.noted(Noted(THEN.timestamp(), event, code))
            for event, code in (
                *((Event.ERROR_SHOWN, code) for code in refusals.HAPPENED),
                *((Event.HANDED_OVER, ending.code) for ending in Ending if ending.code),
                (Event.STEP_FAILED, "KIOSK-01"),
                (Event.SLIP_BROKEN, "HW-17"),
                (Event.OLDER_FILE, ""),
            )
        ),
    ),
    "report-none": ReportView(says.LAST_ERRORS, (ReportLine(says.NO_ERRORS, Mood.GOOD),)),
    "report-history": ReportView(
        says.HISTORY.label,
        tuple(says.history(Attempt(THEN, 1, 2, 2, outcome, "camera", "kiosk", Grade.SENSOR)) for outcome in RowOutcome),
    ),
    "report-history-words": ReportView(
        says.HISTORY.label,
        (
            says.history(Stated(THEN, Statement(3, "Catatan salah", "petugas", "kiosk"))),
            says.history(Stated(THEN, Statement(None, "Belum berubah", "petugas", "kiosk"))),
            says.history(Ended(THEN, SessionEnding("not-proved", "UPG-09", 1, Grade.REGISTER, False, "kiosk"))),
            says.history(Ended(THEN, SessionEnding("at-home", "SALAH 3, meter other", None, None, False, "kiosk"))),
            says.history(Ended(THEN, SessionEnding("upgraded", "", None, None, False, "kiosk"))),
            says.history(Attempt(THEN, 1, 2, 2, RowOutcome.ACCEPTED, "customer", "kiosk", Grade.CUSTOMER)),
        ),
    ),
    "report-printer": ReportView(says.PRINTER_TEST.label, (ReportLine(says.TEST_STATES[PrinterState.GONE], Mood.BAD),)),
    "typing-4x4": TypingView(
        (RowState.ACCEPTED, RowState.TYPING, RowState.WAITING, RowState.WAITING),
        ROWS[0],
        13,
        MeterPicture("enter-key", "73786976294838206463", "99100000001", "enter", ENTER_KEY),
    ),
    "typing-not-in": TypingView(
        (RowState.ACCEPTED, RowState.NOT_IN, RowState.WAITING, RowState.WAITING), ROWS[1], 20, METER, finished=True
    ),
    "typing-done": TypingView((RowState.ACCEPTED,) * 4, ROWS[3], 20, PERIKSA, finished=True),
    **{
        f"result-{ending.name}": ResultView(
            Mood.GOOD if ending is Ending.UPGRADED else Mood.CAREFUL,
            WORDS[ending].title,
            (WORDS[ending].after,),
            (1, 3) if ending is Ending.UPGRADED else None,
            PERIKSA,
            ending.code,
        )
        for ending in Ending
    },
    "result-nothing": ResultView(Mood.GOOD, messages.UP_TO_DATE, (messages.NOTHING_TO_PAY,), (3, 3)),
    **{
        f"error-{code}": refusals.error_view(code)
        for code in (refusals.UNEXPECTED, *refusals.HAPPENED)
        if code != MeterProcessBusy.code  # it says what PinTaken says
    },
    "idle": IdleView(30),
    "error-goes-back": replace(refusals.error_view("HW-11"), goes_back=True),
    "error-other-way": refusals.not_let_in("HW-23", refusals.USE_KEYPAD),
    "error-by-hand": refusals.not_let_in("HW-23", refusals.KEY_IN_BY_HAND),
    "closed": OutOfServiceView(messages.CLOSED, "REG-02"),
    "closed-at-office": closed_view("NET-04"),
}


def head_of(name: str) -> Head:
    """What stands above the view of a name, at its longest."""
    whose = Whose("W*** W*** W***", "88888888888")
    if name.startswith(STAFF):
        return Head(None, whose, staff=True)
    if name.startswith(("home", "closed")):
        return NO_HEAD
    if name.startswith(("pad", "advice-where")) and not name.startswith("pad-krn"):
        return Head(Stage.NUMBER)
    return Head(Stage.SAVE if name.startswith("take-away") else Stage.CODES, whose)


STAFF = ("menu", "report", "progress", "models", "adapters", "key-in", "typing")

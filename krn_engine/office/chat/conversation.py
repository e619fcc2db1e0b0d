"""The conversation: a plain function of what is known of a chat and a message, to answers and what is known then.

It knows no provider. It asks the office, and puts on record there what follows from a message, under names that follow
from the message: handled twice, as after a kill, it is one thing with the same answer. Nothing is met by silence.
"""

from dataclasses import replace
from datetime import datetime

from krn_engine.errors import KrnError
from krn_engine.office.chat import numbers, refused
from krn_engine.office.chat import sentences as words
from krn_engine.office.chat.buttons import LANGUAGES, pressed
from krn_engine.office.chat.display import Display
from krn_engine.office.chat.elsewhere import OtherUnit
from krn_engine.office.chat.guidance import Guidance
from krn_engine.office.chat.message import Answer, Kind, Known, Message
from krn_engine.office.chat.states import COMPARE, COMPARE_PUT_OFF, DISPLAY, DONE
from krn_engine.office.chat.turn import Reply, Turn
from krn_engine.office.chat.understood import DISPLAY as SHORT_CODE
from krn_engine.office.chat.understood import Heard, understand
from krn_engine.office.chat.vocabulary import Topic, What
from krn_engine.office.contract import Issued, Office
from krn_engine.office.words.texts import ENGLISH, HELP_LINE, INDONESIAN, Sentence, Texts
from krn_engine.office.words.texts import LANGUAGES as CODES
from krn_engine.row import ROW_DIGITS

PLACE = "chat"
ANSWERS = {
    Topic.WHERE: (words.WHERE_LINES,),
    Topic.FREE: (words.IT_IS_FREE, words.A_FRAUD),
    Topic.VISIT: (words.A_PERSON,),
    Topic.PERSON: (words.A_PERSON,),
    Topic.WHY: (words.WHY, words.WHY_MORE),
    Topic.TOKEN: (words.NO_TOKENS,),
    Topic.ANGRY: (words.SORRY,),
    Topic.THANKS: (words.WELCOME_TO_IT,),
    Topic.NOTED: (words.ALL_RIGHT,),
    Topic.OTHER_METER: (words.SEND_ANOTHER,),
}
"""What is said to what somebody wants, whatever is talked of; behind it comes the question that is open."""
ENDS_IT = frozenset({Topic.THANKS, Topic.OTHER_METER})
"""Behind these nothing is asked again."""
SAID_FIRST = frozenset(ANSWERS) - ENDS_IT - {Topic.NOTED}
"""What somebody may want who says "benar" of something else than codes: that is answered first."""


class Conversation:
    """Converses for an office. `place` is its name on record; `others` are the units that other offices serve."""

    def __init__(
        self, office: Office, place: str = PLACE, help_line: str = HELP_LINE, others: tuple[OtherUnit, ...] = ()
    ) -> None:
        self._office = office
        self._place = place
        self._texts = {language: Texts(language, help_line) for language in CODES}
        self._others = others

    def __call__(self, known: Known, message: Message, at: datetime) -> tuple[tuple[Answer, ...], Known]:
        """See `Converse`."""
        say = self._texts.get(known.language, self._texts[INDONESIAN])
        turn = Turn(self._office, self._place, say, known, message, at)
        try:
            reply = self._answer(turn)
        except KrnError as error:
            if refused.waits(error):
                raise
            reply = refused.refused(turn, error)
        return reply.answers, reply.known

    # --- what kind of a message it is

    def _answer(self, turn: Turn) -> Reply:
        message = turn.message
        if message.kind is Kind.OTHER:
            return self._reminded(turn, words.SEND_DIGITS)
        if message.kind is Kind.PRESSED:
            heard = pressed(message.text, turn.known.request_id)
            return self._reminded(turn, words.OLD_BUTTON) if heard is None else self._meant(turn, heard)
        if not message.text.strip():
            return self._reminded(turn, words.NOTHING_WRITTEN)
        heard = understand(message.text)
        return self._of_number(turn, heard) or self._meant(turn, heard)

    def _of_number(self, turn: Turn, heard: Heard) -> Reply | None:
        """The answer to a text that gives a number; None: it gives none."""
        given = tuple(number for number in heard.numbers if len(number) in numbers.OF_AN_ID)
        if len(given) == 1:
            return numbers.look_up(turn, given[0], self._others)
        if given:
            return numbers.several(turn, given, self._others)
        if heard.letters_inside:
            return turn.reply(words.NOT_DIGITS, words.EXAMPLE)
        if heard.other_digits:
            return turn.reply(words.OTHER_DIGITS, words.EXAMPLE)
        if heard.numbers:
            return self._no_id(turn, heard, heard.numbers[0])
        return None

    def _no_id(self, turn: Turn, heard: Heard, digits: str) -> Reply | None:
        """A number of another length: one of their rows, what words are about, or an ID in a wrong form."""
        if len(digits) == ROW_DIGITS and numbers.meter_of(turn.known):
            issued = self._issued(turn)
            if isinstance(issued, Issued) and digits in issued.rows:
                row = issued.first + issued.rows.index(digits)
                said = tuple(one if one.named else replace(one, rows=(row,)) for one in heard.verdicts)
                guidance = Guidance(turn, issued)
                return guidance.told(replace(heard, verdicts=said)) if said else guidance.quoted(row)
        if len(digits) < numbers.OF_AN_ID[0] - 3 and (heard.topics or heard.verdicts):
            return None
        return numbers.wrong_form(turn, digits)

    # --- what somebody means

    def _meant(self, turn: Turn, heard: Heard) -> Reply:
        if heard.topic in (Topic.ENGLISH, Topic.INDONESIAN, Topic.LANGUAGES) and not heard.verdicts:
            return self._language(turn, heard.topic)
        if numbers.meter_of(turn.known):
            issued = self._issued(turn)
            if isinstance(issued, Reply):
                # The meter stands otherwise by now: that is the answer to whatever was said of its rows.
                return issued
            reply = _of_rows(turn, issued, heard)
            if reply is not None:
                return reply
        elif heard.verdicts:
            return _without_rows(turn, heard.verdicts[0].what)
        elif heard.krn is not None or heard.asks_display or heard.topic in (Topic.AGAIN, Topic.REDO):
            return turn.reply(words.NO_CODES_YET, words.SEND_NUMBER)
        elif heard.bare:
            return numbers.wrong_form(turn, heard.bare)
        return self._otherwise(turn, heard)

    def _otherwise(self, turn: Turn, heard: Heard) -> Reply:
        """What has to do with no rows."""
        wanted = next((topic for topic in heard.topics if topic in ANSWERS), None)
        if wanted is None:
            if Topic.MENU in heard.topics:
                codes = (words.CODES_STAY,) if numbers.meter_of(turn.known) else ()
                return self._reminded(turn, words.WELCOME, words.IN_ENGLISH, *codes)
            return self._reminded(turn, words.NOT_UNDERSTOOD)
        if wanted in ENDS_IT:
            return turn.reply(*ANSWERS[wanted])
        return self._reminded(turn, *ANSWERS[wanted])

    def _language(self, turn: Turn, topic: Topic) -> Reply:
        if topic is Topic.LANGUAGES:
            return turn.reply(words.LANGUAGES, buttons=LANGUAGES)
        language = ENGLISH if topic is Topic.ENGLISH else INDONESIAN
        other = replace(turn, say=self._texts[language], known=turn.known.with_(language=language))
        return self._reminded(other, words.LANGUAGE_IS)

    def _reminded(self, turn: Turn, *lines: Sentence) -> Reply:
        """These lines, and what is to be done next: the open question, or to send a number."""
        if numbers.meter_of(turn.known) and turn.known.state != DONE:
            issued = self._issued(turn)
            following = Guidance(turn, issued).ask() if isinstance(issued, Issued) else issued
        else:
            following = turn.reply(words.SEND_NUMBER, words.EXAMPLE)
        first, *rest = following.answers
        said = "\n".join((*(turn.say(line) for line in lines), first.text))
        return Reply(following.known, (Answer(said, first.buttons), *rest))

    def _issued(self, turn: Turn) -> Issued | Reply:
        """The rows that are talked of, as they are known now."""
        return numbers.rows_of(turn, turn.office.find(turn.known.meter_number))


def _of_rows(turn: Turn, issued: Issued, heard: Heard) -> Reply | None:
    """What somebody means who has rows; None: nothing that is about them."""
    guidance, display = Guidance(turn, issued), Display(turn, issued)
    known, topic = turn.known, heard.topic
    if topic in (Topic.REDO, Topic.AFRESH):
        return guidance.taken_back() if topic is Topic.REDO else guidance.afresh()
    if known.state in (COMPARE, COMPARE_PUT_OFF) and (answer := _of_number_at_home(heard)) is not None:
        return guidance.compared(answer)
    if heard.krn is not None:
        return display.shows(heard.krn)
    if known.state == DISPLAY and (reply := _of_display(display, heard)) is not None:
        return reply
    if heard.verdicts and not (heard.doubted and any(wanted in SAID_FIRST for wanted in heard.topics)):
        return guidance.told(heard)
    if heard.asks_display or heard.bare == SHORT_CODE:
        return guidance.which_krn()
    if Topic.VISIT in heard.topics:
        return guidance.visit()
    if topic is Topic.AGAIN:
        return guidance.rows()
    return None


def _of_number_at_home(heard: Heard) -> Topic | None:
    """An answer to "has your meter this number?"."""
    if heard.verdicts:
        # "Betul, itu nomor meter saya" is about the number, and not about codes.
        return Topic.YES if heard.affirms else None
    return next((one for one in heard.topics if one in (Topic.UNSURE, Topic.YES, Topic.NO)), None)


def _of_display(display: Display, heard: Heard) -> Reply | None:
    """An answer to "which number does it show?"."""
    refused_one = any(verdict.what is not What.RIGHT for verdict in heard.verdicts)
    if heard.number_only is not None and not refused_one:
        return display.shows(heard.number_only)
    if heard.topic is Topic.UNSURE and not heard.verdicts:
        return display.unknown()
    if Topic.NO in heard.topics and not heard.verdicts:
        # "Angka lain".
        return display.shows(0)
    return None


def _without_rows(turn: Turn, what: What) -> Reply:
    """What is said of codes in a chat that had none."""
    if what is What.PERIKSA:
        return turn.reply(words.CLEAR_FIRST, words.WHILE_PERIKSA, words.PERIKSA_IS_FREE, words.SEND_NUMBER)
    if what is What.LOCKED:
        return turn.reply(words.LOCKED, words.CALL, words.SEND_NUMBER)
    return turn.reply(words.NO_CODES_YET, words.SEND_NUMBER)

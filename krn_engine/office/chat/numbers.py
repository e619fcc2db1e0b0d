"""A number that somebody sends: what is wrong with it, or whose rows it leads to."""

from krn_engine.errors import KrnError
from krn_engine.office.chat import look_ups, refused
from krn_engine.office.chat import sentences as words
from krn_engine.office.chat.elsewhere import OtherUnit, unit_of
from krn_engine.office.chat.guidance import Guidance
from krn_engine.office.chat.message import Known
from krn_engine.office.chat.turn import Reply, Turn
from krn_engine.office.contract import (
    Blocked,
    Due,
    FindResult,
    FindWarning,
    Found,
    Issued,
    NotFound,
    NothingToDo,
    Unclear,
)
from krn_engine.office.identify import IDPEL_DIGITS, METER_DIGITS, IdProblem, NotAnId
from krn_engine.office.words.texts import Sentence
from krn_engine.row import ROW_DIGITS, grouped

OF_AN_ID = (METER_DIGITS, IDPEL_DIGITS)
_TELEPHONE = ("08", "628")
"""How the numbers of mobile telephones begin in Indonesia."""
_SHOWN = 14
"""Digits that are said back: what is longer may be a token, which is worth money."""


def wrong_form(turn: Turn, digits: str) -> Reply:
    """The answer to a number that has not as many digits as an ID."""
    count = len(digits)
    read = [turn.say(words.READ.text, count=count, number=grouped(digits))] if count <= _SHOWN else []
    return turn.reply(_form(digits), *read, words.EXAMPLE)


def _form(digits: str) -> Sentence:
    count = len(digits)
    if count == ROW_DIGITS:
        return words.A_TOKEN
    if count in (ROW_DIGITS - 1, ROW_DIGITS + 1):
        return words.NEARLY_A_TOKEN
    if digits.startswith(_TELEPHONE) and count >= METER_DIGITS - 1:
        return words.A_TELEPHONE
    if count == METER_DIGITS - 1:
        return words.ONE_SHORT_OF_METER
    if count == IDPEL_DIGITS + 1:
        return words.ONE_LONG
    return words.TOO_SHORT if count < METER_DIGITS else words.TOO_LONG


def several(turn: Turn, numbers: tuple[str, ...], others: tuple[OtherUnit, ...]) -> Reply:
    """The answer to several numbers in one message.

    A card has both, IDPEL and meter number: if they belong together, that is one customer.
    """
    by_length = {len(number): number for number in numbers}
    if len(numbers) > 2 or set(by_length) != set(OF_AN_ID):
        return turn.reply(turn.say(words.TWO_NUMBERS.text, count=len(numbers)), words.EXAMPLE)
    return look_up(turn, by_length[IDPEL_DIGITS], others, by_length[METER_DIGITS])


def look_up(turn: Turn, digits: str, others: tuple[OtherUnit, ...], meter_number: str = "") -> Reply:
    """The rows that a number leads to, or why there are none. `meter_number`: one that was sent beside an IDPEL."""
    known = turn.known
    if digits == known.meter_number:
        return of_meter(turn, turn.office.find(digits))
    wait = look_ups.wait(known.asked, turn.at)
    if wait:
        return _too_many(turn, wait)
    result = turn.office.find(digits)
    if isinstance(result, Found) and result.meter_number == known.meter_number:
        return of_meter(turn, result)
    counted = known.with_(asked=look_ups.with_one_more(known.asked, turn.at))
    if isinstance(result, NotFound):
        return _not_found(turn.knowing(counted), result, others)
    if isinstance(result, NotAnId):
        return _not_an_id(
            turn.knowing(counted if result.problem is IdProblem.ONE_DIGIT_SHORT else known), result, digits
        )
    if meter_number not in ("", result.meter_number):
        return turn.knowing(counted).reply(words.TWO_CUSTOMERS)
    fresh = _without_meter(turn.knowing(counted)).known.with_(meter_number=result.meter_number)
    return of_meter(turn.knowing(fresh), result)


def of_meter(turn: Turn, result: FindResult) -> Reply:
    """The rows of a meter that was found, or why there are none. Raises KrnError if the office cannot answer now."""
    found = rows_of(turn, result)
    if isinstance(found, Reply):
        return found
    warnings = result.warnings if isinstance(result, Found) else ()
    turn = turn.knowing(turn.known.with_(meter_number=found.meter_number, request_id=found.request_id))
    return Guidance(turn, found).rows(warnings)


def rows_of(turn: Turn, result: FindResult) -> Issued | Reply:
    """The rows that a found meter still needs; or what there is to say in their place.

    Those of the chat's last request, if they are still all that it needs: nothing new goes on record then.
    """
    if not isinstance(result, Found):
        return refused.not_found(_without_meter(turn), grouped(turn.known.meter_number))
    match result.standing:
        case NothingToDo():
            return _without_meter(turn).reply(*refused.UP_TO_DATE)
        case Blocked():
            return _without_meter(turn).reply(*refused.BLOCKED)
        case Unclear(code, _):
            return refused.unclear(_without_meter(turn), code)
        case Due() as due:
            return _issued(turn, result.meter_number, due)


def _issued(turn: Turn, meter_number: str, due: Due) -> Issued | Reply:
    try:
        if turn.known.request_id:
            issued = turn.office.issue(meter_number, turn.known.request_id)
            if sum(len(change.rows) for change in issued.changes if not change.done) == due.rows:
                return issued
        return turn.office.issue(meter_number, turn.name("rows"))
    except KrnError as error:
        if refused.waits(error):
            raise
        return refused.refused(_without_meter(turn), error)


def _without_meter(turn: Turn) -> Turn:
    """There are no rows to talk of any more."""
    known = turn.known.with_(meter_number="", request_id="", state="", done=0, own=0, alone=False, said=None)
    return turn.knowing(known)


def _too_many(turn: Turn, wait: int) -> Reply:
    minutes = -(-wait // 60)
    again = (
        turn.say(words.AGAIN_IN_MINUTES.text, minutes=minutes)
        if minutes < 120
        else turn.say(words.AGAIN_IN_HOURS.text, hours=-(-minutes // 60))
    )
    number = turn.known.meter_number
    stays = [turn.say(words.LAST_STAYS.text, number=grouped(number))] if number else []
    return turn.reply(words.TOO_MANY, again, *stays)


def _not_found(turn: Turn, result: NotFound, others: tuple[OtherUnit, ...]) -> Reply:
    digits, shown = result.digits, grouped(result.digits)
    unit = unit_of(digits, others) if len(digits) == IDPEL_DIGITS else None
    if unit is not None:
        return turn.reply(turn.say(words.OTHER_UNIT.text, number=shown, unit=unit.name, telephone=unit.telephone))
    if digits.startswith(_TELEPHONE):
        return turn.reply(words.A_TELEPHONE, words.EXAMPLE)
    maybe = [words.TYPING_ERROR] if FindWarning.CHECK_DIGIT in result.warnings else []
    return turn.reply(turn.say(words.NOT_FOUND.text, number=shown), *maybe, words.EXAMPLE, words.STILL_NOT_FOUND)


def _not_an_id(turn: Turn, result: NotAnId, digits: str) -> Reply:
    if result.problem is IdProblem.ONE_DIGIT_SHORT:
        read = turn.say(words.READ.text, count=len(digits), number=grouped(digits))
        return turn.reply(words.ONE_SHORT, read, words.EXAMPLE)
    return wrong_form(turn, digits)


def meter_of(known: Known) -> bool:
    """Whether there are rows to talk of."""
    return bool(known.meter_number and known.request_id)

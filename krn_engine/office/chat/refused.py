"""What a customer is told where the office refuses; and which refusals only mean that it cannot answer now."""

from krn_engine.errors import KrnError
from krn_engine.issuing.errors import KeyStateUnknown, SourceError, VendingKeyExpired
from krn_engine.office.chat import sentences as words
from krn_engine.office.chat.turn import Reply, Turn
from krn_engine.office.errors import MeterBlocked, NoUpgradeNeeded, RowsDiffer
from krn_engine.office.passing import passes
from krn_engine.office.words.texts import Sentence
from krn_engine.register.errors import RecordDamaged

UP_TO_DATE = (words.UP_TO_DATE, words.NOTHING_TO_PAY, words.REFUSES_TOKENS)
BLOCKED = (words.BLOCKED, words.CALL)
"""The reason is between the office and its customer, and whoever asks here may be anybody."""
CANNOT_ANSWER = (words.NO_OFFICE, words.SEND_IT_AGAIN)
"""Where a message that waits is answered by nobody later on."""


def waits(error: KrnError) -> bool:
    """Whether the message is to wait: the office cannot answer now, whoever asks.

    What is wrong with one meter's record, or with the source of its rows, stays until staff have mended it: that is
    said at once.
    """
    return passes(error) and not isinstance(error, (RecordDamaged, RowsDiffer, SourceError))


def refused(turn: Turn, error: KrnError) -> Reply:
    """What is said to a refusal that does not pass by itself."""
    return turn.reply(*_lines(turn, error))


def unclear(turn: Turn, code: str) -> Reply:
    """What is said of a record that does not fit the campaign."""
    first = words.UNCLEAR if code == KeyStateUnknown.code else words.ODD
    return turn.reply(first, turn.say(words.CALL_WITH_CODE.text, code=code))


def not_found(turn: Turn, shown: str) -> Reply:
    """What is said of a number that no record has. `shown`: the number as it is written."""
    return turn.reply(turn.say(words.NOT_FOUND.text, number=shown), words.EXAMPLE, words.STILL_NOT_FOUND)


def _lines(turn: Turn, error: KrnError) -> tuple[Sentence | str, ...]:
    match error:
        case MeterBlocked():
            return BLOCKED
        case NoUpgradeNeeded():
            return UP_TO_DATE
        case RecordDamaged() | RowsDiffer():
            return words.DAMAGED, turn.say(words.CALL_WITH_CODE.text, code=error.code)
        case VendingKeyExpired() | SourceError():
            return words.NOT_NOW, turn.say(words.CALL_LATER.text, code=error.code)
        case _:
            return words.NOT_NOW, turn.say(words.CALL_WITH_CODE.text, code=error.code)

"""What the number that a meter shows for 04, its KRN, makes of somebody's word that all codes are in."""

from krn_engine.office import guide
from krn_engine.office.chat import sentences as words
from krn_engine.office.chat.buttons import Buttons
from krn_engine.office.chat.guidance import Guidance
from krn_engine.office.chat.position import Position
from krn_engine.office.chat.states import DISPLAY, DONE, ROWS
from krn_engine.office.chat.turn import Reply, Turn
from krn_engine.office.chat.written import Written
from krn_engine.office.contract import Issued
from krn_engine.office.guide import KRN_CHOICES, Meaning
from krn_engine.office.words.texts import Sentence
from krn_engine.row import grouped


class Display:
    """What is said to somebody of the number on the display of their meter, in one turn."""

    def __init__(self, turn: Turn, issued: Issued) -> None:
        self._turn = turn
        self._issued = issued
        self._guidance = Guidance(turn, issued)

    def unknown(self) -> Reply:
        """They cannot tell the number now: an answer with what the meter will show, where that is known."""
        lines: list[Sentence | str] = [words.WHICH_KRN]
        changes = zip(self._issued.changes, self._issued.pairs, strict=True)
        begins = [(change.old_krn, first) for change, (first, _) in changes]
        wanted = self._issued.changes[-1].new_krn
        if wanted is not None and all(krn is not None for krn, _ in begins):
            lines += [self._turn.say(words.SHOWS_BEGIN.text, krn=krn, row=row) for krn, row in begins]
            lines.append(self._turn.say(words.SHOWS_DONE.text, krn=wanted))
        buttons = Buttons(self._turn.say, self._issued, self._issued.request_id)
        return self._guidance.reply(*lines, buttons=buttons.shows(), known=self._turn.known.with_(state=DISPLAY))

    def shows(self, shown: int) -> Reply:
        """What the number that they read makes of it."""
        if shown > KRN_CHOICES[-1]:
            # More than any campaign leads to.
            return self._other(None)
        read = guide.read_krn(self._issued, shown)
        seen, say, before = f"04: {shown or '?'}", self._turn.say, read.before
        krn = shown or None
        match read.meaning:
            case Meaning.RIGHT:
                lines = (words.RIGHT_NUMBER, words.BY_THAT_NUMBER, words.IF_REFUSED)
                return self._claimed_all(seen, lines)
            case Meaning.ROSE:
                return self._claimed_all(
                    seen, (words.NOTED, say(words.ROSE.text, before=before, shown=shown), words.IF_REFUSED)
                )
            case Meaning.NOTHING_TO_COMPARE:
                return self._claimed_all(seen, (words.NOTED, words.NOTHING_TO_COMPARE, words.IF_REFUSED))
            case Meaning.OTHER:
                return self._other(krn)
            case Meaning.UNCHANGED:
                first = say(words.UNCHANGED.text, shown=shown)
            case Meaning.NOT_ALL:
                first = say(words.NOT_ALL.text, before=before, shown=shown)
            case Meaning.NOT_YET if shown:
                first = say(words.NOT_YET.text, shown=shown, krn=read.wanted)
            case _:
                first = say(words.NOT_DONE.text, krn=read.wanted)
        self._turn.note(self._issued, "04 as before" if read.meaning is Meaning.UNCHANGED else "04 not yet", krn)
        self._turn.claim(self._issued, read.done, seen)
        begins = guide.begins_after(self._issued, read.done) + 1
        known = self._turn.known.with_(done=begins - 1, own=begins - 1, alone=True)
        codes = Written(say, self._issued).codes(*Position(self._issued, known).pair_of(begins))
        now = say(words.NOW_CODES.text, codes=codes)
        return Guidance(self._turn.knowing(known), self._issued).again_from(begins, (first, now), ROWS)

    def _other(self, krn: int | None) -> Reply:
        """The display shows a number that these codes lead to in no case."""
        self._turn.note(self._issued, "04 other", krn)
        compare = self._turn.say(words.COMPARE_THE_NUMBER.text, number=grouped(self._issued.meter_number))
        return self._guidance.reply(words.OTHER_NUMBER, compare, known=self._turn.known.with_(state=DISPLAY))

    def _claimed_all(self, seen: str, lines: tuple[Sentence | str, ...]) -> Reply:
        last = self._issued.pairs[-1][1]
        self._turn.claim(self._issued, last, seen)
        known = self._turn.known.with_(state=DONE, said=last, done=last, own=last)
        return self._guidance.reply(*lines, known=known)

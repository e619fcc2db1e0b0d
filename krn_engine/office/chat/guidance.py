"""Guiding somebody through the codes of one meter: what they say of them, and where they go on.

Where they are stands in `Known.said`, a row of the pair in hand, and not in what the office knows by now: a message
that is handled again after a kill finds its own claims on record, and must give the same answer.
"""

from collections.abc import Iterable

from krn_engine.office.chat import sentences as words
from krn_engine.office.chat.buttons import Buttons
from krn_engine.office.chat.message import Button, Known
from krn_engine.office.chat.position import Position
from krn_engine.office.chat.states import (
    CLEARING,
    COMPARE,
    COMPARE_PUT_OFF,
    DISPLAY,
    DONE,
    ONCE_MORE,
    ROWS,
    STOPPED,
)
from krn_engine.office.chat.turn import Reply, Turn
from krn_engine.office.chat.understood import Heard, Verdict
from krn_engine.office.chat.vocabulary import Topic, What
from krn_engine.office.chat.written import Written
from krn_engine.office.contract import FindWarning, Issued
from krn_engine.office.reasons import HandOff
from krn_engine.office.words.texts import Sentence
from krn_engine.row import BENAR, GAGAL, PERIKSA, SALAH, grouped

WARNINGS = {FindWarning.CHECK_DIGIT: words.CHECK_DIGIT, FindWarning.COULD_BE_IDPEL: words.COULD_BE_IDPEL}


class Guidance:
    """What is said to somebody about the rows of one request, in one turn."""

    def __init__(self, turn: Turn, issued: Issued) -> None:
        self._turn = turn
        self._issued = issued
        self._say = turn.say
        self._known = turn.known
        self._at = Position(issued, turn.known)
        self._written = Written(turn.say, issued)
        self._buttons = Buttons(turn.say, issued, issued.request_id)
        self._told = issued.first - 1
        """The last row that this message says is in."""

    # --- the rows

    def rows(self, warnings: tuple[FindWarning, ...] = ()) -> Reply:
        """All rows that the meter still needs, in one message, and the question where they go on."""
        issued, say = self._issued, self._say
        done = self._at.reached(issued.first - 1)
        own = min(self._known.own, done)
        kept = self._known.state if self._known.state in (ONCE_MORE, STOPPED) else ROWS
        changes = [pair for pair, change in zip(issued.pairs, issued.changes, strict=True) if not change.done]
        wanted = issued.changes[-1].new_krn
        lines: list[Sentence | str] = [
            say(words.FOR_METER.text, number=grouped(issued.meter_number)),
            words.ONLY_THERE,
            *(WARNINGS[warning] for warning in warnings),
            "",
            words.OLD_FIRST,
            words.NOT_WITH_PERIKSA,
            "",
            self._written.block(changes),
            "",
            words.HOW,
            self._written.too_late(*(first for first, _ in changes)),
            words.AT_MOST_TWICE,
            words.THEN_04_NOTE if wanted is None else say(words.THEN_04_MUST.text, krn=wanted),
            "",
            words.FREE,
            "",
        ]
        if kept == STOPPED:
            lines.append(words.TWICE_WRONG)
        sure = min(self._at.proved(own), done)
        if sure >= issued.first:
            lines.append(say(words.ARE_IN.text, codes=self._written.codes(issued.first, sure)))
        lines += self._written.on_record(sure, done)
        if done >= self._at.last:
            known = self._known.with_(state=DISPLAY, said=self._at.last, done=done, own=own)
            return self.which_krn(*lines, words.MAKE_SURE, known=known)
        first, last = self._at.pair_of(done + 1)
        if done >= issued.first:
            lines.append(say(words.NOW_CODES.text, codes=self._written.codes(first, last)))
        return self._after(first, last, lines, self._known.with_(state=kept, said=first, done=done, own=own))

    def ask(self) -> Reply:
        """The question that is open."""
        known = self._known
        if known.state in (COMPARE, COMPARE_PUT_OFF):
            return self._compare(known.state)
        if known.state == CLEARING:
            return self.reply(words.WHILE_PERIKSA, words.WHEN_CLEARED, buttons=self._buttons.clearing())
        if known.state == DISPLAY:
            return self.which_krn()
        if known.state == DONE:
            return self.reply(words.CODES_STAY)
        if known.state == STOPPED:
            return self.reply(words.STOP, words.CALL, words.CODES_STAY, buttons=self._buttons.stopped())
        row, last = self._at.in_hand
        begins = self._at.pair_of(row)[0]
        return self._after(row, last, (self._written.too_late(begins),) if begins < row else (), known)

    def _after(
        self, first: int, last: int, lines: list[Sentence | str] | tuple[Sentence | str, ...], known: Known
    ) -> Reply:
        question = self._say(words.AFTER_CODES.text, codes=self._written.codes(first, last))
        return self.reply(*lines, question, buttons=self._buttons.after_codes(first, last), known=known)

    # --- what is said of them

    def told(self, heard: Heard) -> Reply:
        """What somebody says of the codes."""
        if heard.unclear:
            return self.reply(words.WHICH_IS_RIGHT, self._question())
        for verdict in heard.verdicts:
            missing = self._at.named(verdict).missing
            if missing is not None:
                return self.reply(self._say(words.NO_SUCH_CODE.text, row=missing), self._question())
        bad = next((one for one in heard.verdicts if one.what is not What.RIGHT), None)
        good = [self._at.named(one).last for one in heard.verdicts if one.what is What.RIGHT]
        if bad is None:
            return self._right(max(good))
        # Of what went well only what comes before the other code: behind a refused one nothing is right.
        self._told = max((row for row in good if row < self._at.named(bad).first), default=self._told)
        self._turn.claim(self._issued, self._told, BENAR)
        return self._bad(bad, still=heard.still)

    def _bad(self, verdict: Verdict, *, still: bool) -> Reply:
        turn, first = self._turn, self._at.named(verdict).first
        match verdict.what:
            case What.WRONG | What.PUT_OFF:
                return self._refused(verdict, first, still=still)
            case What.PERIKSA:
                turn.note(self._issued, PERIKSA)
                known = self._known.with_(state=CLEARING, said=self._at.in_hand[0])
                lines = (words.CLEAR_FIRST, words.WHILE_PERIKSA, words.PERIKSA_IS_FREE, words.WHEN_CLEARED)
                return self.reply(*lines, buttons=self._buttons.clearing(), known=known)
            case What.LOCKED:
                return self.reply(words.LOCKED, words.CALL, words.CODES_STAY)
            case What.NOT_YET:
                return self.reply(words.NO_HURRY)
            case _ if self._known.state == CLEARING:
                return self.again_from(self._at.in_hand[0], (words.ALL_RIGHT,), ROWS)
            case _ if self._known.state in (DISPLAY, DONE):
                return self.which_krn()
            case _:
                # "Sudah": that they were keyed in is not what the meter said to them.
                first, last = self._at.in_hand
                question = self._say(words.WHAT_IT_SHOWED.text, codes=self._written.codes(first, last))
                return self.reply(question, buttons=self._buttons.after_codes(first, last))

    def _right(self, done: int) -> Reply:
        """The rows up to `done` are in, they say."""
        self._turn.claim(self._issued, done, BENAR)
        # Who says once more what they said before is led back by nobody.
        over = self._known.state in (DISPLAY, DONE) and self._known.done >= self._at.last
        before = self._at.last if over else self._at.row - 1
        reached = max(self._at.reached(done), before)
        own = max(self._known.own, done)
        sure = self._at.proved(own)
        known = self._known.with_(own=own)
        if sure >= self._at.last:
            known = known.with_(state=DISPLAY, said=self._at.last, done=self._at.last)
            return self.which_krn(words.ALL_IN, words.MAKE_SURE, known=known)
        first, _ = self._at.in_hand
        told = self._say(words.GOOD.text, codes=self._written.codes(min(first, done), done))
        if reached >= self._at.last:
            known = known.with_(state=DISPLAY, said=self._at.last, done=self._at.last)
            return self.which_krn(told, *self._written.on_record(sure, reached), words.MAKE_SURE, known=known)
        begins, last = self._at.pair_of(reached + 1)
        known = known.with_(state=ROWS, said=reached + 1, done=reached)
        others = self._written.on_record(sure, reached) if reached > max(done, before) else []
        if begins <= reached:
            minutes = self._issued.minutes_for_a_change
            now = self._say(words.NOW_CODE.text, row=reached + 1, minutes=minutes, first=begins)
            return self._after(reached + 1, last, [told, *others, now, self._written.too_late(begins)], known)
        now = self._say(words.NOW_CODES.text, codes=self._written.codes(begins, last))
        return self._after(begins, last, [told, *others, now, self._written.block([(begins, last)])], known)

    def _refused(self, verdict: Verdict, row: int, *, still: bool) -> Reply:
        """The meter refused a code: once it may be another meter or a digit; the second time they stop."""
        word = GAGAL if verdict.what is What.PUT_OFF else SALAH
        change = self._at.change_of(row)
        comparing = self._known.state in (COMPARE, COMPARE_PUT_OFF)
        in_hand = self._at.in_hand[0]
        # What only somebody else says is in may well be refused because it is not.
        sure = min(in_hand - 1, self._at.proved(self._known.own))
        if verdict.named and (self._issued.changes[change].done or self._issued.pairs[change][1] <= sure):
            return self.again_from(in_hand, (words.REFUSED_IN,), self._known.state)
        if self._known.state in (ONCE_MORE, STOPPED) or (comparing and still):
            return self._stop(word, row)
        if comparing:
            # "Salah" may be their answer to the question, or the refusal once more.
            return self._compare(self._known.state, words.YES_OR_NO)
        self._turn.note(self._issued, f"{word} {row}")
        state = COMPARE_PUT_OFF if word == GAGAL else COMPARE
        lines: list[Sentence | str] = [words.COMPARE_FIRST]
        begins = self._issued.pairs[change][0]
        if change and self._at.reached(self._told) < begins - 1:
            before = self._issued.pairs[change - 1]
            lines.append(self._say(words.ORDER.text, row=begins, codes=self._written.codes(*before)))
        return self._compare(state, *lines, known=self._known.with_(state=state, said=row))

    def _stop(self, word: str, row: int) -> Reply:
        self._turn.note(self._issued, f"{word} {row} twice")
        say = self._say(words.CALL_AND_SAY.text, codes=self._written.codes(row, row), said=word)
        known = self._known.with_(state=STOPPED, said=row)
        return self.reply(words.STOP, say, words.CODES_STAY, buttons=self._buttons.stopped(), known=known)

    def visit(self) -> Reply:
        """An officer is asked to come: once a day, however often it is said."""
        state = self._known.state
        reason = {STOPPED: HandOff.REFUSED, CLEARING: HandOff.PERIKSA}.get(state, HandOff.OTHER)
        self._turn.ask_for_visit(self._issued, reason)
        return self.reply(words.VISIT_NOTED, words.VISIT_IS_FREE, words.A_FRAUD)

    # --- is it this meter

    def _compare(self, state: str, *lines: Sentence | str, known: Known | None = None) -> Reply:
        question = self._say(words.SAME_NUMBER.text, number=grouped(self._issued.meter_number))
        known = self._known.with_(state=state) if known is None else known
        return self.reply(*lines, question, buttons=self._buttons.compare(), known=known)

    def compared(self, topic: Topic) -> Reply:
        """Whether the meter at home has this number; who does not know goes on."""
        row = self._at.row
        put_off = self._known.state == COMPARE_PUT_OFF
        if topic is Topic.NO:
            self._turn.note(self._issued, f"{GAGAL if put_off else SALAH} {row} other")
            only = self._say(words.ONLY_FOR.text, number=grouped(self._issued.meter_number))
            return self.reply(words.OTHER_METER, only, words.SEND_THE_OTHER, known=self._known.with_(state=ROWS))
        first = words.PUT_OFF if put_off else words.SLOWLY
        return self.again_from(row, (first,), ONCE_MORE)

    def again_from(self, row: int, lines: tuple[Sentence | str, ...], state: str) -> Reply:
        """The pair of this row from its beginning: the meter has forgotten what was left in the middle."""
        first, last = self._at.pair_of(row)
        said = list(lines)
        if first < row:
            said.append(self._say(words.FORGETS.text, row=first))
        said.append(self._written.block([(first, last)]))
        if state == ONCE_MORE:
            said.append(words.ONCE_MORE)
        return self._after(first, last, said, self._known.with_(state=state, said=first))

    def taken_back(self) -> Reply:
        """Their last answer was a mistake: the pair that they said was in is asked about anew.

        What is on record stays; staff read that it was taken back.
        """
        issued = self._issued
        said = [pair for pair, change in zip(issued.pairs, issued.changes, strict=True) if not change.done]
        said = [pair for pair in said if pair[0] <= self._known.done]
        if not said:
            return self.rows()
        first, last = said[-1]
        codes = self._written.codes(first, last)
        self._turn.note(issued, f"{first}-{last} taken back")
        # What others said of it is set aside with it.
        known = self._known.with_(state=ROWS, said=first, done=first - 1, own=first - 1, alone=True)
        block = self._written.block([(first, last)])
        return self._after(first, last, (self._say(words.TAKEN_BACK.text, codes=codes), block), known)

    def afresh(self) -> Reply:
        """Nothing is in, they say: whoever said so of a code, it is asked about anew from the first one on."""
        issued = self._issued
        none = issued.first - 1
        self._turn.note(issued, f"{issued.first}-{self._at.last} taken back")
        state = STOPPED if self._known.state == STOPPED else ROWS
        known = self._known.with_(state=state, said=None, done=none, own=none, alone=True)
        guidance = Guidance(self._turn.knowing(known), issued)
        if state == STOPPED:
            return guidance.rows()
        return guidance.again_from(Position(issued, known).row, (words.FROM_THE_FIRST,), ROWS)

    def quoted(self, row: int) -> Reply:
        """A row was sent back: it belongs into the meter."""
        return self.reply(self._say(words.THAT_IS_CODE.text, row=row)).then(self.ask())

    # --- 04

    def which_krn(self, *lines: Sentence | str, known: Known | None = None) -> Reply:
        """Behind these lines: which number does the meter show for 04?"""
        known = self._known.with_(state=DISPLAY) if known is None else known
        said = (*lines, words.WHICH_KRN, words.ONE_DIGIT)
        return self.reply(*said, buttons=self._buttons.shows(), known=known)

    # ---

    def reply(self, *lines: Sentence | str, buttons: Iterable[Button] = (), known: Known | None = None) -> Reply:
        """See `Turn.reply`. One chat may serve several meters: every answer says whose codes it is about."""
        number = grouped(self._issued.meter_number)
        if not any(number in line for line in lines if isinstance(line, str)):
            lines = (self._say(words.OF_METER.text, number=number), *lines)
        return self._turn.reply(*lines, buttons=buttons, known=known)

    def _question(self) -> str:
        return self._say(words.AFTER_CODES.text, codes=self._written.codes(*self._at.in_hand))

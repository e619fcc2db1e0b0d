"""Guiding somebody through the codes of one meter: what they say of them, and where they go on.

Where they are stands in `Known.said`, a row of the pair in hand, and not in what the office knows by now: a message
that is handled again after a kill finds its own claims on record, and must give the same answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from krn_engine.office import guide
from krn_engine.office.chat import sentences as words
from krn_engine.office.chat.buttons import Buttons
from krn_engine.office.chat.message import Button, Known
from krn_engine.office.chat.turn import Reply, Turn
from krn_engine.office.chat.understood import Heard, Verdict
from krn_engine.office.chat.vocabulary import Topic, What
from krn_engine.office.contract import FindWarning, Issued
from krn_engine.office.guide import KRN_CHOICES, Meaning
from krn_engine.office.reasons import HandOff
from krn_engine.office.words.texts import Sentence
from krn_engine.row import BENAR, GAGAL, PERIKSA, SALAH, grouped

ROWS = "rows"
"""States of a conversation: which answer is expected. Here: what the meter showed to the pair in hand."""
COMPARE, COMPARE_PUT_OFF = "compare", "compare-put-off"
"""Whether the meter at home has this number, after SALAH and after GAGAL."""
ONCE_MORE = "once-more"
"""As ROWS, after one refusal."""
STOPPED = "stopped"
"""After two."""
CLEARING = "periksa"
DISPLAY = "krn"
"""What the meter shows for 04."""
DONE = "done"
WARNINGS = {FindWarning.CHECK_DIGIT: words.CHECK_DIGIT, FindWarning.COULD_BE_IDPEL: words.COULD_BE_IDPEL}


@dataclass(frozen=True, slots=True)
class _Named:
    """Rows that somebody names; `missing` is the first that this meter has not."""

    first: int
    last: int
    missing: int | None = None


class Guidance:
    """Of the rows of one request, in one turn."""

    def __init__(self, turn: Turn, issued: Issued) -> None:
        self._turn = turn
        self._issued = issued
        self._say = turn.say
        self._known = turn.known
        self._buttons = Buttons(turn.say, issued, issued.request_id)
        self._told = issued.first - 1
        """The last row that this message says is in."""

    # --- the rows

    def rows(self, warnings: tuple[FindWarning, ...] = ()) -> Reply:
        """All rows that the meter still needs, in one message, and the question where they go on."""
        issued, say = self._issued, self._say
        done = self._reached(issued.first - 1)
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
            self._block(changes),
            "",
            words.HOW,
            self._too_late(*(first for first, _ in changes)),
            words.AT_MOST_TWICE,
            words.THEN_04_NOTE if wanted is None else say(words.THEN_04_MUST.text, krn=wanted),
            "",
            words.FREE,
            "",
        ]
        if kept == STOPPED:
            lines.append(words.TWICE_WRONG)
        sure = min(self._proved(own), done)
        if sure >= issued.first:
            lines.append(say(words.ARE_IN.text, codes=self._codes(issued.first, sure)))
        lines += self._by_others(sure, done)
        if done >= self._last:
            known = self._known.with_(state=DISPLAY, said=self._last, done=done, own=own)
            return self._which_krn(*lines, words.MAKE_SURE, known=known)
        first, last = self._pair_of(done + 1)
        if done >= issued.first:
            lines.append(say(words.NOW_CODES.text, codes=self._codes(first, last)))
        return self._after(first, last, lines, self._known.with_(state=kept, said=first, done=done, own=own))

    def ask(self) -> Reply:
        """The question that is open."""
        known = self._known
        if known.state in (COMPARE, COMPARE_PUT_OFF):
            return self._compare(known.state)
        if known.state == CLEARING:
            return self._reply(words.WHILE_PERIKSA, words.WHEN_CLEARED, buttons=self._buttons.clearing())
        if known.state == DISPLAY:
            return self._which_krn()
        if known.state == DONE:
            return self._reply(words.CODES_STAY)
        if known.state == STOPPED:
            return self._reply(words.STOP, words.CALL, words.CODES_STAY, buttons=self._buttons.stopped())
        row, last = self._in_hand()
        begins = self._pair_of(row)[0]
        return self._after(row, last, (self._too_late(begins),) if begins < row else (), known)

    def _after(
        self, first: int, last: int, lines: list[Sentence | str] | tuple[Sentence | str, ...], known: Known
    ) -> Reply:
        question = self._say(words.AFTER_CODES.text, codes=self._codes(first, last))
        return self._reply(*lines, question, buttons=self._buttons.after_codes(first, last), known=known)

    # --- what is said of them

    def told(self, heard: Heard) -> Reply:
        """What somebody says of the codes."""
        if heard.unclear:
            return self._reply(words.WHICH_IS_RIGHT, self._question())
        for verdict in heard.verdicts:
            missing = self._named(verdict).missing
            if missing is not None:
                return self._reply(self._say(words.NO_SUCH_CODE.text, row=missing), self._question())
        bad = next((one for one in heard.verdicts if one.what is not What.RIGHT), None)
        good = [self._named(one).last for one in heard.verdicts if one.what is What.RIGHT]
        if bad is None:
            return self._right(max(good))
        # Of what went well only what comes before the other code: behind a refused one nothing is right.
        self._told = max((row for row in good if row < self._named(bad).first), default=self._told)
        self._claim(self._told, BENAR)
        return self._bad(bad, still=heard.still)

    def _bad(self, verdict: Verdict, *, still: bool) -> Reply:
        turn, first = self._turn, self._named(verdict).first
        match verdict.what:
            case What.WRONG | What.PUT_OFF:
                return self._refused(verdict, first, still=still)
            case What.PERIKSA:
                turn.note(self._issued, PERIKSA)
                known = self._known.with_(state=CLEARING, said=self._in_hand()[0])
                lines = (words.CLEAR_FIRST, words.WHILE_PERIKSA, words.PERIKSA_IS_FREE, words.WHEN_CLEARED)
                return self._reply(*lines, buttons=self._buttons.clearing(), known=known)
            case What.LOCKED:
                return self._reply(words.LOCKED, words.CALL, words.CODES_STAY)
            case What.NOT_YET:
                return self._reply(words.NO_HURRY)
            case _ if self._known.state == CLEARING:
                return self._again_from(self._in_hand()[0], (words.ALL_RIGHT,), ROWS)
            case _ if self._known.state in (DISPLAY, DONE):
                return self._which_krn()
            case _:
                # "Sudah": that they were keyed in is not what the meter said to them.
                first, last = self._in_hand()
                question = self._say(words.WHAT_IT_SHOWED.text, codes=self._codes(first, last))
                return self._reply(question, buttons=self._buttons.after_codes(first, last))

    def _right(self, done: int) -> Reply:
        """The rows up to `done` are in, they say."""
        self._claim(done, BENAR)
        # Who says once more what they said before is led back by nobody.
        over = self._known.state in (DISPLAY, DONE) and self._known.done >= self._last
        before = self._last if over else self._in_hand_row() - 1
        reached = max(self._reached(done), before)
        own = max(self._known.own, done)
        sure = self._proved(own)
        known = self._known.with_(own=own)
        if sure >= self._last:
            known = known.with_(state=DISPLAY, said=self._last, done=self._last)
            return self._which_krn(words.ALL_IN, words.MAKE_SURE, known=known)
        first, _ = self._in_hand()
        told = self._say(words.GOOD.text, codes=self._codes(min(first, done), done))
        if reached >= self._last:
            known = known.with_(state=DISPLAY, said=self._last, done=self._last)
            return self._which_krn(told, *self._by_others(sure, reached), words.MAKE_SURE, known=known)
        begins, last = self._pair_of(reached + 1)
        known = known.with_(state=ROWS, said=reached + 1, done=reached)
        others = self._by_others(sure, reached) if reached > max(done, before) else []
        if begins <= reached:
            minutes = self._issued.minutes_for_a_change
            now = self._say(words.NOW_CODE.text, row=reached + 1, minutes=minutes, first=begins)
            return self._after(reached + 1, last, [told, *others, now, self._too_late(begins)], known)
        now = self._say(words.NOW_CODES.text, codes=self._codes(begins, last))
        return self._after(begins, last, [told, *others, now, self._block([(begins, last)])], known)

    def _refused(self, verdict: Verdict, row: int, *, still: bool) -> Reply:
        """The meter refused a code: once it may be another meter or a digit; the second time they stop."""
        word = GAGAL if verdict.what is What.PUT_OFF else SALAH
        change = self._change_of(row)
        comparing = self._known.state in (COMPARE, COMPARE_PUT_OFF)
        in_hand = self._in_hand()[0]
        # What only somebody else says is in may well be refused because it is not.
        sure = min(in_hand - 1, self._proved(self._known.own))
        if verdict.named and (self._issued.changes[change].done or self._issued.pairs[change][1] <= sure):
            return self._again_from(in_hand, (words.REFUSED_IN,), self._known.state)
        if self._known.state in (ONCE_MORE, STOPPED) or (comparing and still):
            return self._stop(word, row)
        if comparing:
            # "Salah" may be their answer to the question, or the refusal once more.
            return self._compare(self._known.state, words.YES_OR_NO)
        self._turn.note(self._issued, f"{word} {row}")
        state = COMPARE_PUT_OFF if word == GAGAL else COMPARE
        lines: list[Sentence | str] = [words.COMPARE_FIRST]
        begins = self._issued.pairs[change][0]
        if change and self._reached(self._told) < begins - 1:
            before = self._issued.pairs[change - 1]
            lines.append(self._say(words.ORDER.text, row=begins, codes=self._codes(*before)))
        return self._compare(state, *lines, known=self._known.with_(state=state, said=row))

    def _stop(self, word: str, row: int) -> Reply:
        self._turn.note(self._issued, f"{word} {row} twice")
        say = self._say(words.CALL_AND_SAY.text, codes=self._codes(row, row), said=word)
        known = self._known.with_(state=STOPPED, said=row)
        return self._reply(words.STOP, say, words.CODES_STAY, buttons=self._buttons.stopped(), known=known)

    def visit(self) -> Reply:
        """An officer is asked to come: once a day, however often it is said."""
        state = self._known.state
        reason = {STOPPED: HandOff.REFUSED, CLEARING: HandOff.PERIKSA}.get(state, HandOff.OTHER)
        self._turn.ask_for_visit(self._issued, reason)
        return self._reply(words.VISIT_NOTED, words.VISIT_IS_FREE, words.A_FRAUD)

    # --- is it this meter

    def _compare(self, state: str, *lines: Sentence | str, known: Known | None = None) -> Reply:
        question = self._say(words.SAME_NUMBER.text, number=grouped(self._issued.meter_number))
        known = self._known.with_(state=state) if known is None else known
        return self._reply(*lines, question, buttons=self._buttons.compare(), known=known)

    def compared(self, topic: Topic) -> Reply:
        """Whether the meter at home has this number; who does not know goes on."""
        row = self._in_hand_row()
        put_off = self._known.state == COMPARE_PUT_OFF
        if topic is Topic.NO:
            self._turn.note(self._issued, f"{GAGAL if put_off else SALAH} {row} other")
            only = self._say(words.ONLY_FOR.text, number=grouped(self._issued.meter_number))
            return self._reply(words.OTHER_METER, only, words.SEND_THE_OTHER, known=self._known.with_(state=ROWS))
        first = words.PUT_OFF if put_off else words.SLOWLY
        return self._again_from(row, (first,), ONCE_MORE)

    def _again_from(self, row: int, lines: tuple[Sentence | str, ...], state: str) -> Reply:
        """The pair of this row from its beginning: the meter has forgotten what was left in the middle."""
        first, last = self._pair_of(row)
        said = list(lines)
        if first < row:
            said.append(self._say(words.FORGETS.text, row=first))
        said.append(self._block([(first, last)]))
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
        codes = self._codes(first, last)
        self._turn.note(issued, f"{first}-{last} taken back")
        # What others said of it is set aside with it.
        known = self._known.with_(state=ROWS, said=first, done=first - 1, own=first - 1, alone=True)
        block = self._block([(first, last)])
        return self._after(first, last, (self._say(words.TAKEN_BACK.text, codes=codes), block), known)

    def afresh(self) -> Reply:
        """Nothing is in, they say: whoever said so of a code, it is asked about anew from the first one on."""
        issued = self._issued
        none = issued.first - 1
        self._turn.note(issued, f"{issued.first}-{self._last} taken back")
        state = STOPPED if self._known.state == STOPPED else ROWS
        known = self._known.with_(state=state, said=None, done=none, own=none, alone=True)
        guidance = Guidance(self._turn.knowing(known), issued)
        if state == STOPPED:
            return guidance.rows()
        return guidance._again_from(guidance._in_hand_row(), (words.FROM_THE_FIRST,), ROWS)

    def quoted(self, row: int) -> Reply:
        """A row was sent back: it belongs into the meter."""
        return self._reply(self._say(words.THAT_IS_CODE.text, row=row)).then(self.ask())

    # --- 04

    def _which_krn(self, *lines: Sentence | str, known: Known | None = None) -> Reply:
        known = self._known.with_(state=DISPLAY) if known is None else known
        said = (*lines, words.WHICH_KRN, words.ONE_DIGIT)
        return self._reply(*said, buttons=self._buttons.shows(), known=known)

    def ask_display(self) -> Reply:
        """Which number does the meter show for 04?"""
        return self._which_krn()

    def display_unknown(self) -> Reply:
        """They cannot tell the number now: what it will say, where that is known."""
        lines: list[Sentence | str] = [words.WHICH_KRN]
        changes = zip(self._issued.changes, self._issued.pairs, strict=True)
        begins = [(change.old_krn, first) for change, (first, _) in changes]
        wanted = self._issued.changes[-1].new_krn
        if wanted is not None and all(krn is not None for krn, _ in begins):
            lines += [self._say(words.SHOWS_BEGIN.text, krn=krn, row=row) for krn, row in begins]
            lines.append(self._say(words.SHOWS_DONE.text, krn=wanted))
        return self._reply(*lines, buttons=self._buttons.shows(), known=self._known.with_(state=DISPLAY))

    def display(self, shown: int) -> Reply:
        """What the number that they read makes of it."""
        if shown > KRN_CHOICES[-1]:
            # More than any campaign leads to.
            return self._of_no_code_here(None)
        read = guide.read_krn(self._issued, shown)
        seen, say, before = f"04: {shown or '?'}", self._say, read.before
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
                return self._of_no_code_here(krn)
            case Meaning.UNCHANGED:
                first = say(words.UNCHANGED.text, shown=shown)
            case Meaning.NOT_ALL:
                first = say(words.NOT_ALL.text, before=before, shown=shown)
            case Meaning.NOT_YET if shown:
                first = say(words.NOT_YET.text, shown=shown, krn=read.wanted)
            case _:
                first = say(words.NOT_DONE.text, krn=read.wanted)
        self._turn.note(self._issued, "04 as before" if read.meaning is Meaning.UNCHANGED else "04 not yet", krn)
        self._claim(read.done, seen)
        begins = guide.begins_after(self._issued, read.done) + 1
        guidance = Guidance(
            self._turn.knowing(self._known.with_(done=begins - 1, own=begins - 1, alone=True)), self._issued
        )
        now = say(words.NOW_CODES.text, codes=self._codes(*self._pair_of(begins)))
        return guidance._again_from(begins, (first, now), ROWS)

    def _of_no_code_here(self, krn: int | None) -> Reply:
        """The display shows a number that these codes lead to in no case."""
        self._turn.note(self._issued, "04 other", krn)
        compare = self._say(words.COMPARE_THE_NUMBER.text, number=grouped(self._issued.meter_number))
        return self._reply(words.OTHER_NUMBER, compare, known=self._known.with_(state=DISPLAY))

    def _claimed_all(self, seen: str, lines: tuple[Sentence | str, ...]) -> Reply:
        self._claim(self._last, seen)
        known = self._known.with_(state=DONE, said=self._last, done=self._last, own=self._last)
        return self._reply(*lines, known=known)

    # --- rows by their numbers

    @property
    def _last(self) -> int:
        return self._issued.pairs[-1][1]

    def _claim(self, done: int, seen: str) -> None:
        self._turn.claim(self._issued, done, seen)

    def _reached(self, done: int) -> int:
        """Up to which row all is in if those up to `done` are: what others said behind them counts."""
        known = self._known
        reached = done
        for change, (first, last) in zip(self._issued.changes, self._issued.pairs, strict=True):
            if first == reached + 1 and (change.done or (change.claimed and (not known.alone or last <= known.own))):
                reached = last
        return reached

    def _proved(self, done: int) -> int:
        """The same, where only what is proved counts behind them."""
        reached = max(done, self._issued.first - 1)
        for change, (first, last) in zip(self._issued.changes, self._issued.pairs, strict=True):
            if change.done and first <= reached + 1:
                reached = max(reached, last)
        return reached

    def _by_others(self, sure: int, reached: int) -> list[str]:
        """That the rows behind `sure` are in by the word of somebody else, which may be wrong."""
        if reached <= sure:
            return []
        return [self._say(words.ON_RECORD.text, codes=self._codes(sure + 1, reached))]

    def _in_hand_row(self) -> int:
        """The row in hand: what the last answer was about, or the first that is not in."""
        said = self._known.said
        row = said if said is not None and self._issued.first <= said <= self._last else None
        if row is None:
            row = min(max(self._known.done + 1, self._issued.first), self._last)
        while self._issued.changes[self._change_of(row)].done and self._pair_of(row)[1] < self._last:
            # It was proved elsewhere.
            row = self._pair_of(row)[1] + 1
        return row

    def _in_hand(self) -> tuple[int, int]:
        """The row in hand, and the last row of its pair."""
        row = self._in_hand_row()
        if self._known.state in (DISPLAY, DONE):
            return self._pair_of(row)
        return row, self._pair_of(row)[1]

    def _change_of(self, row: int) -> int:
        """The place of a row's key change."""
        return next((place for place, (_, last) in enumerate(self._issued.pairs) if row <= last), -1)

    def _pair_of(self, row: int) -> tuple[int, int]:
        return self._issued.pairs[self._change_of(row)]

    def _named(self, verdict: Verdict) -> _Named:
        """Which rows are meant."""
        issued = self._issued
        if verdict.whole:
            return _Named(issued.first, self._last)
        if verdict.pairs:
            before = (issued.first - 1) // len(issued.changes[0].rows)
            places = [number - 1 - before for number in verdict.pairs]
            if places[-1] >= len(issued.pairs):
                return _Named(0, 0, self._last + 1)
            spans = [issued.pairs[max(place, 0)] for place in places]
            return _Named(spans[0][0], spans[-1][1])
        if verdict.rows:
            missing = next((row for row in verdict.rows if not 0 < row <= self._last), None)
            return _Named(verdict.rows[0], verdict.rows[-1], missing)
        row, last = self._in_hand()
        return _Named(row, last)

    # --- how they are written

    def _reply(self, *lines: Sentence | str, buttons: Iterable[Button] = (), known: Known | None = None) -> Reply:
        """See `Turn.reply`. One chat may serve several meters: every answer says whose codes it is about."""
        number = grouped(self._issued.meter_number)
        if not any(number in line for line in lines if isinstance(line, str)):
            lines = (self._say(words.OF_METER.text, number=number), *lines)
        return self._turn.reply(*lines, buttons=buttons, known=known)

    def _question(self) -> str:
        return self._say(words.AFTER_CODES.text, codes=self._codes(*self._in_hand()))

    def _codes(self, first: int, last: int) -> str:
        if first >= last:
            return self._say(words.CODE_N.text, row=last)
        sentence = words.CODES_2 if last == first + 1 else words.CODES_MORE
        return self._say(sentence.text, first=first, last=last)

    def _too_late(self, *begins: int) -> str:
        """A pair that took too long begins anew with its first row."""
        first = "\u00a0/\u00a0".join(map(str, begins))
        return self._say(words.TOO_LATE.text, minutes=self._issued.minutes_for_a_change, first=first)

    def _block(self, pairs: list[tuple[int, int]]) -> str:
        """Pairs with their time, and their rows in fixed width: a small phone has room for 28 characters of it."""
        say, issued = self._say, self._issued
        lines: list[str] = []
        for place, (first, last) in enumerate(pairs):
            if place:
                lines += ["", say(words.THEN)]
            sentence = words.TWO_CODES if last == first + 1 else words.ONE_CODE if last == first else words.MORE_CODES
            lines.append(say(sentence.text, first=first, last=last, minutes=issued.minutes_for_a_change))
            rows = [
                f"{number}. {grouped(issued.rows[number - issued.first])}\n   {say(words.MUST_BE.text, answer=BENAR)}"
                for number in range(first, last + 1)
            ]
            lines.append("```{}```".format("\n".join(rows)))
        return "\n".join(lines)

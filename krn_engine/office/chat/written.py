"""How rows and their numbers are written in an answer of a chat."""

from dataclasses import dataclass

from krn_engine.office.chat import sentences as words
from krn_engine.office.contract import Issued
from krn_engine.office.words.texts import Texts
from krn_engine.row import BENAR, grouped


@dataclass(frozen=True, slots=True)
class Written:
    """The rows of one request in the language of `say`."""

    say: Texts
    issued: Issued

    def codes(self, first: int, last: int) -> str:
        """Rows by their numbers: "kode 1 dan 2"."""
        if first >= last:
            return self.say(words.CODE_N.text, row=last)
        sentence = words.CODES_2 if last == first + 1 else words.CODES_MORE
        return self.say(sentence.text, first=first, last=last)

    def on_record(self, sure: int, reached: int) -> list[str]:
        """A line which says that the rows behind `sure` are in by the word of somebody else; empty: there are none."""
        if reached <= sure:
            return []
        return [self.say(words.ON_RECORD.text, codes=self.codes(sure + 1, reached))]

    def too_late(self, *begins: int) -> str:
        """A pair that took too long begins anew with its first row; these are the first rows."""
        first = "\u00a0/\u00a0".join(map(str, begins))
        return self.say(words.TOO_LATE.text, minutes=self.issued.minutes_for_a_change, first=first)

    def block(self, pairs: list[tuple[int, int]]) -> str:
        """Pairs with their time, and their rows in fixed width: a small phone has room for 28 characters of it."""
        say, issued = self.say, self.issued
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

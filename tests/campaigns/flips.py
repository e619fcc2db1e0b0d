"""The flip campaign: one bit of a register's file flips, and the office is asked everything; nothing changes silently.

python -m tests.campaigns.flips [--flips N] [--seed S]
"""

import argparse
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from shutil import copyfile

from krn_engine.demo import DEMO_DAY, DemoProvince
from krn_engine.errors import Refusal
from krn_engine.office.contract import Due, Found, Grade, RowOutcome, RowRecord, SessionEnding, Statement
from krn_engine.office.local import LocalOffice
from krn_engine.register.database import Register, sqlite_url
from krn_engine.register.errors import RegisterError
from krn_engine.register.seal import KEY_BYTES, Seal

FLIPS = 2000
CUSTOMERS = 32
IDPEL = 12
"""Digits."""
SAME, REFUSED, CHANGED, BROKE = "the same answers", "refused", "CHANGED WITHOUT A WORD", "ENDED IN AN ERROR OF NO CODE"
TOLD_LATER = "an answer changed, and the check of the file tells of the damage"
"""The file is read whole beside the work after an unclean end, before it is said that something is not there, and by
the doctor: not before the first answer."""
SINS = (CHANGED, BROKE)
SEAL = Seal(bytes(range(KEY_BYTES)))
"""As on a kiosk, rows are kept sealed."""
Answers = Mapping[str, object]
"""What was answered to each question; a refusal of the register is its code."""


class Campaign:
    """An undamaged register with every kind of record in it, and what an office says of it."""

    def __init__(self, folder: Path, *, closed_well: bool = True) -> None:
        self._is_told = False
        self._path = folder / "register.db"
        self._province = DemoProvince(CUSTOMERS)
        with Register.create(sqlite_url(self._path), SEAL) as register:
            self._province.load(register)
            self._questions = _questions(register)
            self._work(self._office(register))
            if not closed_well:
                # As a power cut leaves it.
                copyfile(self._path, folder / "cut")
                copyfile(f"{self._path}-wal", folder / "cut-wal")
        if not closed_well:
            with closing(sqlite3.connect(folder / "cut")) as cut:
                cut.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (folder / "cut").replace(self._path)
        self.content = self._path.read_bytes()
        self._right = self._answers()
        refused = [question for question, answer in self._right.items() if isinstance(answer, RegisterError)]
        if refused:
            raise RuntimeError(f"the undamaged register refuses {refused}")

    def flip(self, bit: int) -> tuple[str, str]:
        """What came of one flipped bit, and the codes or the question that tell more."""
        content = bytearray(self.content)
        content[bit // 8] ^= 1 << bit % 8
        self._path.write_bytes(content)
        for log in ("-wal", "-shm"):
            self._path.with_name(self._path.name + log).unlink(missing_ok=True)
        answers = self._answers()
        codes = sorted({str(answer) for answer in answers.values() if isinstance(answer, _Code)})
        for question, answer in answers.items():
            if isinstance(answer, _Broke):
                return BROKE, f"{question}: {answer}"
            if not isinstance(answer, _Code) and answer != self._right[question]:
                return (TOLD_LATER if self._is_told else CHANGED), question
        return (REFUSED, ", ".join(codes)) if codes else (SAME, "")

    def _office(self, register: Register) -> LocalOffice:
        return LocalOffice(register, self._province.campaign, self._province.vault, clock=lambda: DEMO_DAY)

    def _work(self, office: LocalOffice) -> None:
        """A third of the customers is given rows and puts some of them in; of one staff say that it is not so."""
        due = [number for number in self._questions if len(number) < IDPEL and _is_due(office, number)]
        for position, number in enumerate(due[::3]):
            issued = office.issue(number, f"request-{number}")
            grade = Grade.CUSTOMER if position % 3 == 2 else Grade.SENSOR
            for change in issued.changes[: 1 + position % 2]:
                for section in range(1, len(change.rows) + 1):
                    started = RowRecord(
                        change.id, section, RowOutcome.STARTED, "", "", "kiosk", f"{change.id}-{section}"
                    )
                    office.record(started)
                    seen = replace(started, outcome=RowOutcome.ACCEPTED, evidence="04: 3", by="who", grade=grade)
                    office.record(seen)
            office.end(number, SessionEnding("upgraded", "", 3, grade, proved=True, place="kiosk"))
            if position % 3 == 1:
                office.state(number, Statement(1, "it was looked at", "Contoh Satu", "kiosk"))

    def _answers(self) -> Answers:
        """Everything that an office can be asked, of a register that is opened for it."""
        try:
            with Register.open(sqlite_url(self._path), SEAL) as register:
                office = self._office(register)
                asked: dict[str, Callable[[], object]] = {"progress": office.progress}
                for number in self._questions:
                    asked |= _about(office, number)
                answers = {question: _answered(ask) for question, ask in asked.items()}
                self._is_told = isinstance(_answered(register.require_whole), _Code)
                return answers
        except RegisterError as error:
            return {"open": _Code(error.code)}
        except Exception as error:
            return {"open": _Broke(repr(error))}


class _Code(str):
    """The code of a refusal of the register."""

    __slots__ = ()


class _Broke(str):
    """An exception that is no refusal."""

    __slots__ = ()


def _is_due(office: LocalOffice, number: str) -> bool:
    found = office.find(number)
    return isinstance(found, Found) and isinstance(found.standing, Due)


def _questions(register: Register) -> list[str]:
    """The IDPEL and the meter number of everybody."""
    with register.read() as connection:
        asked = "SELECT idpel FROM customers UNION ALL SELECT number FROM meters"
        return list(connection.exec_driver_sql(asked).scalars())


def _about(office: LocalOffice, number: str) -> dict[str, Callable[[], object]]:
    about: dict[str, Callable[[], object]] = {f"find {number}": lambda: office.find(number)}
    if len(number) < IDPEL:
        about[f"history {number}"] = lambda: office.history(number)
        # The id of a key change is drawn by lot: what is compared is all else of it.
        about[f"issue {number}"] = lambda: [
            (change.old_krn, change.new_krn, change.rows, change.outcomes, change.claims)
            for change in office.issue(number, f"request-{number}").changes
        ]
    return about


def _answered(ask: Callable[[], object]) -> object:
    try:
        return ask()
    except RegisterError as error:
        return _Code(error.code)
    except Refusal as error:
        return f"refused: {error.code}"
    except Exception as error:
        return _Broke(repr(error))


def run(flips: int = FLIPS, seed: int = 1, *, closed_well: bool = True) -> tuple[Counter[str], Counter[str], list[str]]:
    """How many flips ended how, which codes the refusals had, and the flips that sinned."""
    source = random.Random(seed)
    endings, codes, guilty = Counter(dict.fromkeys((SAME, REFUSED, TOLD_LATER, *SINS), 0)), Counter[str](), []
    with tempfile.TemporaryDirectory(prefix="krn-flips-") as folder:
        campaign = Campaign(Path(folder), closed_well=closed_well)
        for _ in range(flips):
            bit = source.randrange(8 * len(campaign.content))
            ending, more = campaign.flip(bit)
            endings[ending] += 1
            if ending == REFUSED:
                codes[more] += 1
            elif ending in SINS:
                guilty.append(f"bit {bit}: {ending}: {more}")
    return endings, codes, guilty


def main() -> int:
    """Print the counts; 1 if anything changed without a word."""
    parser = argparse.ArgumentParser(description="flip bits of a register, and hold what it says to what it said")
    parser.add_argument("--flips", type=int, default=FLIPS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--unclean", action="store_true", help="of a register that was not closed well")
    args = parser.parse_args()
    start = time.monotonic()
    endings, codes, guilty = run(args.flips, args.seed, closed_well=not args.unclean)
    for name, count in (*endings.items(), *((f"  {code}", count) for code, count in codes.most_common())):
        print(f"{count:6} {name}")
    print(*guilty, sep="\n")
    print(f"{args.flips} flips of one bit, seed {args.seed}, in {time.monotonic() - start:.0f} s")
    return 1 if guilty else 0


if __name__ == "__main__":
    sys.exit(main())

"""What an office does for the page of one customer: gives its rows, and puts on record what its telephone tells."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from krn_engine.office import guide
from krn_engine.office.access.capabilities import Capabilities, Capability, EndedBy, proved
from krn_engine.office.access.capability_errors import CapabilityUnknown
from krn_engine.office.contract import Blocked, Ended, Found, Issued, NothingToDo, SessionEnding
from krn_engine.office.errors import MeterBlocked
from krn_engine.office.guide import KRN_CHOICES, VISIT_ASKED, Meaning
from krn_engine.office.home.told import In, KrnMeans, KrnRead, NotIn, Rows, Said, Visit
from krn_engine.office.local import LocalOffice
from krn_engine.office.net_errors import WireBroken
from krn_engine.row import BENAR

PLACE = "home page"
"""Where what is told here comes from, on record and in the audit: no caller's name has a space."""

A_DAY = timedelta(days=1)
MOST_ALIKE = 2
"""How often the same is put on record within a day: a row is tried twice at most."""
MOST_TOLD = 20
"""All that pages of one meter tell within a day and that is no claim: more than anybody means to say."""


class HomePages:
    """The pages that an office gives to customers, each opened by a secret."""

    def __init__(self, office: LocalOffice, capabilities: Capabilities) -> None:
        self._office = office.acting_for(PLACE)
        self._capabilities = capabilities

    def know(self, secret: str) -> Capability:
        """Whose page a secret opens. Raises what `Capabilities.know` raises."""
        return self._capabilities.know(secret)

    def open(self, known: Capability) -> "HomePage":
        """The page of a customer. Whether the meter is proved is asked of the office each time.

        Raises CapabilityProved where nothing is left to do, CapabilityUnknown where the meter has left the register,
        MeterBlocked, and what `Office.issue` raises.
        """
        found = self._office.find(known.meter_number)
        if not isinstance(found, Found):
            raise CapabilityUnknown("the meter of this page is not at the office any more: ask there")
        match found.standing:
            case NothingToDo():
                self._office.end_home_pages(known.meter_number, EndedBy.PROOF)
                raise proved()
            case Blocked():
                # Why, is for staff.
                raise MeterBlocked("the office has blocked this meter: ask there, or the help line")
            case _:
                if known.proved:
                    # Staff have said since that it is due.
                    self._capabilities.open_again(known)
                return HomePage(self._office, known, self._capabilities.clock)


@dataclass(frozen=True, slots=True)
class HomePage:
    """The page of one customer, whose meter still needs something."""

    office: LocalOffice
    known: Capability
    clock: Callable[[], datetime]

    def issued(self) -> Issued:
        """The rows of its request: the same as on the slip, with what is known of them now."""
        return self.office.issue(self.known.meter_number, self.known.request_id)

    def rows(self) -> Rows:
        """All that the telephone needs to go on by itself."""
        issued = self.issued()
        last = issued.pairs[-1][1]
        read = {krn: guide.read_krn(issued, krn) for krn in (0, *KRN_CHOICES)}
        return Rows(
            issued.meter_number,
            issued.rows,
            issued.first,
            issued.pairs,
            issued.minutes_for_a_change,
            guide.known_in(issued),
            tuple(guide.begins_after(issued, done) for done in range(issued.first - 1, last + 1)),
            tuple(KrnMeans(krn, means.meaning, means.done) for krn, means in read.items()),
            issued.krn_before,
            issued.changes[-1].new_krn,
            self.known.expires_at,
            self.clock(),
        )

    def say(self, said: Said) -> None:
        """Put on record what a customer tells; the same twice is once.

        Raises WireBroken for a row that is not among theirs, DeliveryReused for two things of one name.
        """
        issued = self.issued()
        if isinstance(said, In | NotIn) and not issued.first <= said.row <= issued.pairs[-1][1]:
            raise WireBroken("this page has no row of that number")
        match said:
            case In(name, row):
                self._claim(issued, row, BENAR, name)
            case NotIn(name, row, shown):
                self._tell(f"{shown.value} {row}", name)
            case KrnRead(name, krn):
                self._read(issued, krn, name)

    def _read(self, issued: Issued, krn: int, name: str) -> None:
        read = guide.read_krn(issued, krn)
        match read.meaning:
            case Meaning.UNCHANGED:
                self._tell("04 as before", name, krn)
            case Meaning.OTHER:
                self._tell("04 other", name, krn or None)
            case Meaning.NOTHING_TO_COMPARE:
                # It tells nothing of rows that nobody said are in: the meter may have refused them.
                self._tell("04 read", name, krn or None)
            case Meaning.NOT_YET if read.done < issued.first:
                self._tell("04 not yet", name, krn or None)
            case _:
                self._claim(issued, read.done, f"04: {krn or '?'}", name)

    def ask_for_a_visit(self, visit: Visit) -> None:
        """Put on record that an officer is asked for; for the same reason once a day. Raises DeliveryReused."""
        if any((told.ending, told.code) == (VISIT_ASKED, visit.reason.value) for told in self._told_of_late()):
            return
        self.office.end(self.known.meter_number, guide.visit(visit.reason, PLACE), visit.id)

    def _claim(self, issued: Issued, done: int, seen: str, name: str) -> None:
        claimed = {
            (change.id, section) for change in issued.changes for section, claim in enumerate(change.claims, 1) if claim
        }
        for row in guide.claims(issued, done, seen, PLACE, lambda number: _of_row(name, number)):
            if (row.key_change_id, row.section) not in claimed:
                self.office.record(row)

    def _told_of_late(self) -> list[SessionEnding]:
        """What pages of this meter told within a day and is no claim."""
        since = self.clock() - A_DAY
        history = self.office.history(self.known.meter_number)
        ended = [entry for entry in history if isinstance(entry, Ended) and entry.session.place == PLACE]
        return [entry.session for entry in ended if entry.at > since]

    def _tell(self, what: str, name: str, krn: int | None = None) -> None:
        """Put it on record, unless that says no more than what is there: whoever has a slip fills no history."""
        late = self._told_of_late()
        same = [told for told in late if (told.code, told.krn) == (what, krn)]
        if len(same) >= MOST_ALIKE or len(late) >= MOST_TOLD:
            return
        self.office.end(self.known.meter_number, guide.told(what, PLACE, krn), name)


def _of_row(name: str, number: int) -> str:
    """The attempt of a row that was told of under this name."""
    return uuid.uuid5(uuid.UUID(name), str(number)).hex

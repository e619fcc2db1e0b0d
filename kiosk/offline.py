"""What a kiosk of an office on the network keeps for the time without it, by its settings."""

from collections.abc import Iterator
from contextlib import contextmanager

from kiosk.event_log import Event, EventLog
from kiosk.opening import copy_secret_of
from kiosk.settings.config import Config
from krn_engine.office.net_errors import NotEnrolled
from krn_engine.office.offline.errors import CopyDamaged
from krn_engine.office.offline.line import Remote
from krn_engine.office.offline.office import OfflineOffice
from krn_engine.office.offline.opening import offline_office


class Happenings:
    """What goes wrong beside the sessions, noted as events; those before there is a log as soon as there is one."""

    def __init__(self) -> None:
        self._events: EventLog | None = None
        self._before: list[tuple[Event, str]] = []

    def are_noted_in(self, events: EventLog) -> None:
        """From now on."""
        self._events = events
        for event, code in self._before:
            events.note(event, code)

    def damaged(self) -> None:
        """A damaged copy was given up."""
        self._note(Event.COPY_DAMAGED, CopyDamaged.code)

    def refused(self, code: str) -> None:
        """The office did not take a fact."""
        self._note(Event.FACT_REFUSED, code)

    def _note(self, event: Event, code: str) -> None:
        if self._events is None:
            self._before.append((event, code))
        else:
            self._events.note(event, code)


@contextmanager
def opened_offline(config: Config, remote: Remote, *, keeps: bool) -> Iterator[tuple[OfflineOffice, Happenings]]:
    """The office as a kiosk holds it, with what happens beside. Raises RowsKeyMissing, and what a disk refuses."""
    if config.state is None:
        raise NotEnrolled("this kiosk keeps nothing of its office: set state (docs/config.md)")
    happens = Happenings()
    with offline_office(
        remote,
        config.state,
        secret=copy_secret_of(config),
        damaged=happens.damaged,
        refused=happens.refused,
        keeps=keeps,
    ) as office:
        yield office, happens

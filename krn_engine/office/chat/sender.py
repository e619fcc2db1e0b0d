"""Sends what waits in the outbox, within the limits of its provider, and does about each refusal what is to be done.

One process sends, of all that serve: it has the role, and gives every chat its turn. That an answer is being sent is on
disk before it is. So after a crash it is unsure, not waiting: a status with our mark says that it arrived; without one,
after the time in which one would have come, it is sent again, and says that it may be known already.
"""

import random
import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace

from krn_engine.office.chat.outbox import Ended, Leaving, State
from krn_engine.office.chat.process import LEASE_SECONDS
from krn_engine.office.chat.provider import Do, NotReached, Provider, Refused, Result, Sent, Unknown
from krn_engine.office.chat.rhythm import Pace
from krn_engine.office.chat.store import Store
from krn_engine.office.chat.telling import Tell
from krn_engine.office.service_events import ServiceEvent

AT_ONCE = 32
"""Requests to providers at the same time."""
REST_SECONDS = 0.2
"""Where nothing is to be sent."""
LOOKS_EVERY = 0.05
"""Seconds, where something is on its way."""
TRIES = 5
"""How often an answer is sent that a provider does not take, or says nothing to."""
PAIR_TRIES = 6
"""How often, where its provider wants fewer messages to one chat."""
LONGEST_PAUSE = 3600.0
"""Seconds between two of these."""
PROBE_SECONDS = 300.0
"""A provider that is stopped is tried with one answer now and then: its account may be mended."""


class Sender:
    """`beat` again and again, from one thread; `close` it."""

    def __init__(
        self,
        store: Store,
        providers: Mapping[str, Provider],
        tell: Tell,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._providers = providers
        self._tell = tell
        self._steady = steady
        self._paces = {name: Pace(provider.rhythm, steady) for name, provider in providers.items()}
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="chat-send")
        self._on_their_way: dict[Future[Result], Leaving] = {}
        self._unwritten: list[Ended] = []
        self._is_torn = False
        self._leads_until = 0.0
        self._stops: dict[str, float] = {}
        self._stops_until = 0.0
        self._newest: tuple[float, int] | None = None

    def leads(self) -> None:
        """This process has the role of the sender, from now on and for as long as a lease lasts (`LEASE_SECONDS`)."""
        self._leads_until = self._steady() + LEASE_SECONDS * 0.8

    def beat(self) -> float:
        """Send what may be sent; gives the seconds until the next time. Raises the database's refusals."""
        if self._is_torn:
            # The database went away in the middle: what was marked then was not sent.
            there = [leaving.id for leaving in self._on_their_way.values()]
            self._store.outbox.take_back([*there, *(one.id for one in self._unwritten)])
            self._is_torn = False
        self._gather()
        begun: list[Leaving] = []
        later: dict[int, float] = {}
        if self._steady() < self._leads_until:
            self._count_incoming()
            begun, later = self._choose()
        ended = self._unwritten
        if ended or begun or later:
            self._is_torn = True
            mine = self._store.outbox.step(ended, [one.id for one in begun], later)
            self._is_torn = False
            self._unwritten = []
            for leaving in begun:
                if leaving.id in mine:
                    self._paces[leaving.provider].take(leaving.chat)
                    self._on_their_way[self._pool.submit(self._send, leaving)] = leaving
        if self._on_their_way:
            wait(self._on_their_way, LOOKS_EVERY, FIRST_COMPLETED)
            return 0.0
        return 0.0 if begun or ended else REST_SECONDS

    def close(self) -> None:
        """Wait for what is on its way, and write down what became of it. Raises the database's refusals."""
        self._leads_until = 0.0
        self._pool.shutdown(wait=True)
        self._gather()
        if self._unwritten:
            self._store.outbox.step(self._unwritten, (), {})
            self._unwritten = []

    def _send(self, leaving: Leaving) -> Result:
        if self._steady() >= self._leads_until:
            # It stood still for so long that another process may have the role: nothing was sent.
            return NotReached()
        return self._providers[leaving.provider].send(leaving.address, leaving.answer, leaving.mark)

    def _gather(self) -> None:
        """What has come back is to be written down, whatever becomes of the database meanwhile."""
        for future in [future for future in self._on_their_way if future.done()]:
            self._unwritten.append(self._ended(self._on_their_way[future], _result(future)))
            del self._on_their_way[future]

    def _count_incoming(self) -> None:
        now, before = self._steady(), self._newest
        if before is None or now - before[0] >= 1.0:
            self._newest = (now, self._store.newest())
            if before is not None:
                for pace in self._paces.values():
                    pace.come((self._newest[1] - before[1]) / (now - before[0]))

    def _choose(self) -> tuple[list[Leaving], dict[int, float]]:
        """What goes now; and what waits for its chat's turn, until when."""
        room = AT_ONCE - len(self._on_their_way)
        resting = {name for name, pace in self._paces.items() if pace.wait_in_all() > 0.0}
        now = self._store.process.clock()
        stopped = self._look_at_stops()
        probes = {name for name, tried in stopped.items() if now - tried >= PROBE_SECONDS}
        closed = resting | (stopped.keys() - probes)
        if room <= 0 or closed >= self._paces.keys():
            return [], {}
        begun: list[Leaving] = []
        later: dict[int, float] = {}
        taken: dict[str, int] = {}
        for leaving in self._store.outbox.ready(2 * room, closed):
            pace = self._paces.get(leaving.provider)
            most = 1 if leaving.provider in probes else room
            if pace is None or len(begun) >= room or taken.get(leaving.provider, 0) >= most:
                continue
            waits = pace.wait_for(leaving.chat)
            if waits > 0.0:
                later[leaving.id] = now + waits
            elif pace.room() > taken.get(leaving.provider, 0):
                begun.append(leaving)
                taken[leaving.provider] = taken.get(leaving.provider, 0) + 1
        for name in probes & taken.keys():
            self._store.outbox.tried(name)
            self._stops_until = 0.0
        return begun, later

    def _look_at_stops(self) -> dict[str, float]:
        """Which providers are stopped, as it was a moment ago."""
        if self._steady() >= self._stops_until:
            self._stops, self._stops_until = self._store.outbox.stopped(), self._steady() + 1.0
        return self._stops

    def _ended(self, leaving: Leaving, result: Result) -> Ended:
        pace, now = self._paces[leaving.provider], self._store.process.clock()
        if isinstance(result, Sent):
            pace.went()
            if leaving.provider in self._stops and self._store.outbox.go_on(leaving.provider):
                self._stops_until = 0.0
                self._tell(ServiceEvent.CHAT_GOES_ON, leaving.provider)
            message = self._store.process.hashed(leaving.provider, "ours", result.id) if result.id else None
            return Ended(leaving.id, State.SENT, message=message)
        if isinstance(result, NotReached):
            pace.rest(None)
            return Ended(leaving.id, State.WAITING, due_at=now, counts=False)
        if isinstance(result, Unknown) and leaving.tries < TRIES:
            self._tell(ServiceEvent.CHAT_UNSURE, leaving.provider, leaving.chat)
            settles = self._providers[leaving.provider].rhythm.settles or 0.0
            return Ended(leaving.id, State.UNSURE, due_at=now + settles)
        if isinstance(result, Unknown):
            return self._not_sent(leaving, "", "unknown")
        return self._refused(leaving, result, now)

    def _refused(self, leaving: Leaving, refused: Refused, now: float) -> Ended:
        code, pace = str(refused.code), self._paces[leaving.provider]
        waits = Ended(leaving.id, State.WAITING, due_at=now, code=code)
        match refused.do:
            case Do.STOP:
                self._stops_until = 0.0
                if self._store.outbox.stop(leaving.provider, code):
                    self._tell(ServiceEvent.CHAT_STOPPED, leaving.provider, code=code)
                return replace(waits, counts=False)
            case Do.REST:
                pace.rest(refused.rest)
                return replace(waits, counts=False)
            case Do.PAIR if leaving.tries < PAIR_TRIES:
                return replace(waits, due_at=now + min(LONGEST_PAUSE, 4.0 ** (leaving.tries + 1)))
            case Do.AGAIN if leaving.tries < TRIES:
                return replace(waits, due_at=now + random.uniform(0.5, 1.0) * 2.0 ** (leaving.tries + 1))  # noqa: S311
            case Do.BY_NUMBER if leaving.address.number and leaving.address.user:
                return replace(waits, address=replace(leaving.address, user=""))
        return self._not_sent(leaving, code, refused.do.value)

    def _not_sent(self, leaving: Leaving, code: str, kind: str) -> Ended:
        self._tell(ServiceEvent.CHAT_NOT_SENT, leaving.provider, leaving.chat, code=code or None, kind=kind)
        return Ended(leaving.id, State.FAILED, code=code or None)


def _result(future: "Future[Result]") -> Result:
    """What nobody foresaw is no answer: whether it arrived is unknown."""
    return Unknown() if future.exception() is not None else future.result()

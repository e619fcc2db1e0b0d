"""Conversations by chat with an office that is killed in the middle, again and again; and a flood on the first day.

python -m tests.campaigns.chats [--conversations N] [--kills K] [--engine postgresql|sqlite] [--seed S]
python -m tests.campaigns.chats --flood [--rate N] [--seconds N]

Customers write by WhatsApp, and one in ten by Telegram: a number, and then what the meter shows, each when the message
before is answered. The providers bring messages twice and out of their order, refuse, and lose answers. None may be
unanswered and none answered twice; where Telegram cannot say whether an answer arrived, a second one says so.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from sqlalchemy import func, select

from kiosk.bench.postgres import Server
from kiosk.demo.office import make_demo_office
from krn_engine.demo import DemoCase, DemoProvince
from krn_engine.office.access.callers import Callers
from krn_engine.office.access.database import Database
from krn_engine.office.chat.outbox import OF_ANSWERS, State
from krn_engine.office.chat.store import Store
from krn_engine.office.chat.tables import inbox, outbox
from krn_engine.register.database import sqlite_url
from tests.support.providers import (
    APP_SECRET,
    BOT_SECRET,
    BOT_TOKEN,
    NUMBER_ID,
    TOKEN,
    VERIFY,
    Bringing,
    Providers,
    Statuses,
    running,
    telegram_text,
    whatsapp_text,
)

MOST_CUSTOMERS = 20_000
TELEGRAM_EVERY = 10
SETTLES = 30.0
"""Seconds: a status comes by then here, also on a busy machine to an office that begins anew."""
PATIENCE = 300.0
"""Seconds for one answer: longer than any of it takes."""
AT_ONCE = 150
"""Conversations that go on at the same time."""
LATER = ("Pesan Anda sudah kami terima", "We have your message")
AGAIN = ("Mungkin pesan ini sudah Anda terima", "You may have received this message")
SAID = ("benar semua", "04", "3")
"""After the number; half of them say nothing more, a quarter one line, and the others all."""
MORE = (3, 0, 1, 0)
FIRST = 1000
"""Telegram's name of the first chat."""


@dataclass
class Account:
    """What came of it."""

    conversations: int = 0
    messages: int = 0
    kills: int = 0
    seconds: float = 0.0
    unanswered: list[str] = field(default_factory=list)
    twice: int = 0
    """By WhatsApp, or by Telegram without a word of it."""
    said_again: int = 0
    """By Telegram, which said so."""
    aside: int = 0
    left: int = 0
    """In inbox and outbox."""
    brought_again: int = 0
    quoted: int = 0
    """Lines of the service's log that hold a number, a text or a secret."""

    @property
    def is_good(self) -> bool:
        """Nothing was lost, and nothing came twice unsaid."""
        return not (self.unanswered or self.twice or self.aside or self.left or self.quoted)


@dataclass
class Flooded:
    """What came of a flood; all in seconds, sorted."""

    messages: int = 0
    per_second: float = 0.0
    """Messages that were answered, until the last one was."""
    brought: list[float] = field(default_factory=list)
    """Until each delivery was answered 200."""
    told: list[float] = field(default_factory=list)
    """Until anything was said to a message: its answer, or when it comes."""
    answered: list[float] = field(default_factory=list)
    """Until its answer."""
    later: int = 0
    """Chats that were told when."""


class Office:
    """The service's processes at one port: killed at once, and begun again."""

    def __init__(self, config: Path, workers: int) -> None:
        self._config, self._workers = config, workers
        self._running: subprocess.Popen[str] | None = None
        self._log = (config.parent / "service.log").open("ab")
        self.url = ""

    def begin(self) -> None:
        """Until it answers."""
        port = self.url.rpartition(":")[2] or "0"
        words = (sys.executable, "-m", "tests.programs.chatting", str(self._config), str(self._workers), port)
        self._running = subprocess.Popen(
            (*words, str(SETTLES)), stdout=subprocess.PIPE, stderr=self._log, text=True, start_new_session=True
        )
        assert self._running.stdout is not None
        self.url = self._running.stdout.readline().strip()
        if not self.url:
            raise RuntimeError(f"the service did not begin: {self._log.name}")

    def kill(self) -> None:
        """All of its processes, at once."""
        if self._running is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._running.pid, signal.SIGKILL)
            self._running.wait()
            assert self._running.stdout is not None
            self._running.stdout.close()
            self._running = None

    def close(self) -> None:
        """Kill it, and give its log back."""
        self.kill()
        self._log.close()


def province_of(customers: int) -> DemoProvince:
    """Large enough that few ask for the same meter."""
    return DemoProvince(max(MOST_CUSTOMERS // 50, min(MOST_CUSTOMERS, 2 * customers)))


@contextmanager
def place(engine: str, province: DemoProvince) -> Iterator[tuple[Path, str]]:
    """The settings of an office, and the URL of its register."""
    with tempfile.TemporaryDirectory(prefix="krn-chats-") as made, ExitStack() as opened:
        folder, url = Path(made), None
        if engine == "postgresql":
            server = Server(synchronous_commit="on", fsync="on", in_memory=False)
            opened.callback(server.remove)
            url = server.url(server.database())
        yield make_demo_office(folder, province, url), url or sqlite_url(folder.resolve() / "register.db")


def set_up(config: Path, api: str) -> None:
    """The office of these settings answers chats."""
    folder = config.parent
    secrets = {"token": TOKEN, "secret": APP_SECRET, "verify": VERIFY, "bot": BOT_TOKEN, "bot-secret": BOT_SECRET}
    for name, secret in secrets.items():
        (folder / name).write_text(secret)
        (folder / name).chmod(0o600)
    (folder / "chats.toml").write_text(
        f'[whatsapp]\nphone_number_id = "{NUMBER_ID}"\nper_second = 1000\napi = "{api}/v26.0"\n'
        f'token_file = "{folder}/token"\napp_secret_file = "{folder}/secret"\nverify_token_file = "{folder}/verify"\n'
        f'[telegram]\nper_second = 1000\napi = "{api}"\n'
        f'token_file = "{folder}/bot"\nsecret_file = "{folder}/bot-secret"\n'
    )
    config.write_text(f'{config.read_text()}\nchats = "{folder}/chats.toml"\n')


@dataclass
class Customer:
    """Somebody who writes, and waits for each answer."""

    number: int
    idpel: str
    said: int = 0
    wrote_at: float = 0.0

    @property
    def by_telegram(self) -> bool:
        return self.number % TELEGRAM_EVERY == 0

    @property
    def provider(self) -> str:
        return "telegram" if self.by_telegram else "whatsapp"

    @property
    def chat(self) -> str:
        return str(FIRST + self.number) if self.by_telegram else f"62812{self.number:08}"

    @property
    def lines(self) -> tuple[str, ...]:
        return (f"#{self.idpel}", *SAID[: MORE[self.number % len(MORE)]])

    def name(self, line: int) -> str:
        """Of a message, as its provider calls it."""
        return str(10 * self.number + line) if self.by_telegram else f"wamid.{self.number}.{line}"

    def write(self, bringing: Bringing) -> None:
        """The next line."""
        name, text = self.name(self.said), self.lines[self.said]
        by_telegram = self.by_telegram
        told = telegram_text(int(self.chat), int(name), text) if by_telegram else whatsapp_text(self.chat, name, text)
        self.said += 1
        self.wrote_at = time.monotonic()
        bringing.bring(told)


def answers(texts: Sequence[str]) -> list[str]:
    """Without what only says when, and what says that it may have come before."""
    return [text for text in texts if not text.startswith(LATER)]


def converse(customers: Sequence[Customer], providers: Providers, bringing: Bringing, account: Account) -> None:
    """Until all have said everything and were answered, or have waited too long."""
    waiting, going = list(reversed(customers)), dict[str, Customer]()
    while waiting or going:
        while waiting and len(going) < AT_ONCE:
            customer = waiting.pop()
            going[customer.chat] = customer
            customer.write(bringing)
        with providers.heard:
            providers.heard.wait(0.02)
        for chat, customer in list(going.items()):
            done = heard(providers, customer) >= customer.said
            if done and customer.said < len(customer.lines):
                customer.write(bringing)
            elif done:
                del going[chat]
            elif time.monotonic() - customer.wrote_at > PATIENCE:
                account.unanswered.append(f"{chat} line {customer.said}")
                del going[chat]


def heard(providers: Providers, customer: Customer) -> int:
    """How many of their messages were answered; what came again counts once."""
    texts = answers(providers.of(customer.chat))
    return sum(not text.startswith(AGAIN) for text in texts) + _first_said_again(texts)


def _first_said_again(texts: Sequence[str]) -> int:
    """Answers that a customer saw only with the word that they may know them: the first was never taken."""
    plain = Counter(text for text in texts if not text.startswith(AGAIN))
    said = {text.split("\n\n", 1)[-1] for text in texts if text.startswith(AGAIN)}
    return sum(text not in plain for text in said)


def run(conversations: int, kills: int, engine: str, seed: int, workers: int = 1) -> Account:
    """All of it."""
    chance = random.Random(seed)
    account = Account(conversations)
    province = province_of(conversations)
    ids = [one.idpel for one in province if one.case is DemoCase.FOUR_ROWS]
    customers = [Customer(number, ids[number % len(ids)]) for number in range(conversations)]
    with (
        place(engine, province) as (config, register),
        running(Providers(per_second=2000, loses=0.01, seed=seed)) as providers,
    ):
        set_up(config, providers.url)
        office = Office(config, workers)
        office.begin()
        bringing = Bringing(office.url, threads=6, doubles=0.1, seed=seed)
        statuses = Statuses(bringing.bring)
        providers.tells = statuses
        began = time.monotonic()
        talks = threading.Thread(target=converse, args=(customers, providers, bringing, account))
        talks.start()
        try:
            every = max(1, sum(len(customer.lines) for customer in customers) // (kills + 1))
            dies_at = chance.randint(1, every)
            while talks.is_alive():
                talks.join(0.02)
                if account.kills < kills and len(providers.took) >= dies_at:
                    office.kill()
                    account.kills += 1
                    dies_at = account.kills * every + chance.randint(1, every)
                    if not providers.next["whatsapp"]:
                        providers.next["whatsapp"].extend([131000, 131056, 130429])
                        providers.next["telegram"].append(429)
                    office.begin()
            account.seconds = time.monotonic() - began
            _settle(register, account)
        finally:
            talks.join()
            statuses.end()
            bringing.end()
            office.close()
        _hold_to_account(customers, providers, register, account)
        account.brought_again = bringing.refused
        account.quoted = _quoted(config.parent / "service.log", ids)
        if not account.is_good:
            shutil.copy(config.parent / "service.log", "chats-service.log")
    return account


@contextmanager
def store_of(register: str) -> Iterator[Store]:
    """The tables, as the office names what is in them."""
    with Database.of_callers(register) as kept:
        key = Callers(kept).log_key()
    with Store.opened(register) as database:
        yield Store(database, key)


def _settle(register: str, account: Account) -> None:
    """Until nothing waits any more."""
    with store_of(register) as store:
        end = time.monotonic() + 3 * SETTLES
        while True:
            figures = store.figures()
            account.left = figures.waiting + figures.leaving
            if not account.left or time.monotonic() > end:
                return
            time.sleep(0.2)


def _quoted(log: Path, ids: Sequence[str]) -> int:
    said = {"62812", "benar", "wamid", "Nama Rahasia", TOKEN, APP_SECRET, VERIFY, BOT_TOKEN, BOT_SECRET, *ids[:200]}
    return sum(any(word in line for word in said) for line in log.read_text().splitlines())


def _hold_to_account(customers: Sequence[Customer], providers: Providers, register: str, account: Account) -> None:
    marks = Counter(took.mark for took in providers.took if took.mark)
    account.twice = sum(number - 1 for number in marks.values())
    with store_of(register) as store:
        with store.process.read() as connection:
            wanted = select(outbox.c.chat, outbox.c.mark, outbox.c.state).where(~outbox.c.urgent)
            rows = connection.execute(wanted).all()
        made = Counter(row.chat for row in rows)
        sent = {row.mark for row in rows if row.state == State.SENT.value}
        for customer in customers:
            account.messages += customer.said
            chat = store.process.hashed(customer.provider, "chat", customer.chat)
            if customer.by_telegram:
                texts = answers(providers.of(customer.chat))
                again = sum(text.startswith(AGAIN) for text in texts)
                account.said_again += again
                account.twice += max(0, len(texts) - again - made[chat])
            for line in range(customer.said):
                key = store.process.hashed(customer.provider, customer.name(line))
                mark = uuid.uuid5(OF_ANSWERS, f"{key} 0").hex
                if mark not in (sent if customer.by_telegram else marks):
                    account.unanswered.append(customer.name(line))
        with store.process.read() as connection:
            aside = select(func.count()).select_from(inbox).where(inbox.c.aside)
            account.aside = connection.execute(aside).scalar_one()


def flood(rate: int, seconds: int, workers: int = 2, engine: str = "postgresql") -> Flooded:
    """So many messages a second, each of somebody else, to an office on PostgreSQL that nobody kills."""
    account = Flooded(rate * seconds)
    province = province_of(account.messages)
    ids = [one.idpel for one in province if one.case is DemoCase.FOUR_ROWS]
    customers = [Customer(TELEGRAM_EVERY * number + 1, ids[number % len(ids)]) for number in range(account.messages)]
    with place(engine, province) as (config, _), running(Providers(per_second=5000)) as providers:
        set_up(config, providers.url)
        office = Office(config, workers)
        office.begin()
        bringing = Bringing(office.url, threads=8)
        statuses = Statuses(bringing.bring)
        providers.tells = statuses
        began = time.monotonic()
        try:
            for number, customer in enumerate(customers):
                pause = began + number / rate - time.monotonic()
                if pause > 0:
                    time.sleep(pause)
                customer.write(bringing)
            end = time.monotonic() + PATIENCE + 3 * seconds
            while sum(not took.text.startswith(LATER) for took in list(providers.took)) < account.messages:
                if time.monotonic() > end:
                    break
                time.sleep(0.2)
            took_seconds = time.monotonic() - began
        finally:
            statuses.end()
            bringing.end()
            office.close()
    _measure(customers, providers, account, took_seconds)
    account.brought = sorted(bringing.seconds)
    return account


def _measure(customers: Sequence[Customer], providers: Providers, account: Flooded, took_seconds: float) -> None:
    wrote = {customer.chat: customer.wrote_at + (time.time() - time.monotonic()) for customer in customers}
    told: dict[str, float] = {}
    answered: dict[str, float] = {}
    for took in providers.took:
        after = took.at - wrote[took.chat]
        told.setdefault(took.chat, after)
        if took.text.startswith(LATER):
            account.later += 1
        else:
            answered.setdefault(took.chat, after)
    account.told, account.answered = sorted(told.values()), sorted(answered.values())
    account.per_second = len(answered) / took_seconds


def p99(values: Sequence[float]) -> float:
    """Of sorted values."""
    return values[min(len(values) - 1, int(0.99 * len(values)))] if values else float("nan")


def main() -> int:
    """Run it, and say what came of it: 1 if anything was lost or came twice."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--conversations", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=30, help="how often all of the office's processes are killed")
    parser.add_argument("--engine", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--workers", type=int, default=1, help="processes of the service")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--flood", action="store_true", help="messages as fast as --rate, and nobody is killed")
    parser.add_argument("--rate", type=int, default=200, help="messages a second (200)")
    parser.add_argument("--seconds", type=int, default=60)
    args = parser.parse_args()
    if args.flood:
        got = flood(args.rate, args.seconds, max(args.workers, 2), args.engine)
        print(
            f"{got.messages} messages at {args.rate} a second: {len(got.answered)} answered, {got.per_second:.0f} a "
            f"second; deliveries answered in {1000 * median(got.brought):.0f} ms (p99 "
            f"{1000 * p99(got.brought):.0f} ms); something said within {median(got.told):.2f} s (p99 "
            f"{p99(got.told):.2f} s), answered within {median(got.answered):.2f} s (p99 {p99(got.answered):.2f} s); "
            f"{got.later} were told when"
        )
        return 0 if len(got.answered) == got.messages else 1
    account = run(args.conversations, args.kills, args.engine, args.seed, args.workers)
    print(
        f"{account.conversations} conversations, {account.messages} messages in {account.seconds:.0f} s, the office "
        f"killed {account.kills} times, {account.brought_again} deliveries brought again: {len(account.unanswered)} "
        f"unanswered, {account.twice} answered twice, {account.said_again} said again by Telegram, {account.aside} "
        f"set aside, {account.left} left, {account.quoted} lines of the log with what nobody may read"
    )
    for lost in account.unanswered[:10]:
        print(json.dumps(lost))
    return 0 if account.is_good else 1


if __name__ == "__main__":
    sys.exit(main())

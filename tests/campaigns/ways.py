"""What each way of an office costs, in one run, beside a plain FastAPI application that gives back what it gets.

python -m tests.campaigns.ways [--rate N] [--seconds N] [--orders N] [--looks N] [--requests N]

Chats with the inbox on PostgreSQL, the page on a telephone with a slow network and a slow processor, a list of work
orders on paper: figures of this machine, which the floor beside them makes comparable.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import requests
from fastapi import FastAPI, Request

from krn_engine.demo import UNIT, DemoCase, DemoProvince
from krn_engine.office.home.shell import shell
from krn_engine.office.local import LocalOffice
from krn_engine.office.orders.finding import Orders
from krn_engine.office.orders.making import ListMaker
from krn_engine.office.orders.marks import Marks
from krn_engine.office.orders.order import OrderList
from krn_engine.office.orders.paper import as_pdf
from krn_engine.office.words.texts import HELP_LINE, Texts
from krn_engine.register.database import Register, sqlite_url
from tests.campaigns.chats import flood, p99
from tests.support.browser import chromium, visitor
from tests.support.home import home_on, seconds_to_first_code
from tests.support.office import Demo
from tests.support.service import running

CLIENTS = 8
BODY = {"text": "#990000000000"}


@dataclass(frozen=True, slots=True)
class Floor:
    """What a plain application does on this machine."""

    per_second: float
    p99: float
    """Seconds."""


def floor(count: int) -> Floor:
    """So many requests by eight clients to an application that gives back what it gets."""
    app = FastAPI()

    @app.post("/echo")
    async def echo(request: Request) -> Any:
        return await request.json()

    def ask(_number: int) -> float:
        began = time.perf_counter()
        requests.post(f"{url}/echo", json=BODY, timeout=30).raise_for_status()
        return time.perf_counter() - began

    with running(app) as url, ThreadPoolExecutor(CLIENTS) as clients:
        began = time.perf_counter()
        waits = sorted(clients.map(ask, range(count)))
        return Floor(count / (time.perf_counter() - began), p99(waits))


@dataclass(frozen=True, slots=True)
class Paper:
    """A list of orders on paper."""

    orders: int
    seconds: float
    """Of processor, from the list to the file."""
    size: int
    """Bytes."""


def _province(orders: int) -> DemoProvince:
    """One with so many meters to go to."""
    return DemoProvince(2 * orders + 64)


def orders_of(folder: Path, count: int) -> OrderList:
    """A list of so many orders, of an invented province."""
    province = _province(count)
    with Register.create(sqlite_url(folder / "orders.db")) as register:
        province.load(register)
        office = LocalOffice(register, province.campaign, province.vault)
        orders = Orders(register, province.campaign, lambda: datetime.now(UTC))
        return ListMaker(register, office, orders, Marks(b"a key")).make(UNIT, "officer", count)


def paper(orders: OrderList) -> Paper:
    """It is drawn."""
    began = time.process_time()
    drawn = as_pdf(orders, Texts())
    return Paper(len(orders.lines), time.process_time() - began, len(drawn))


def first_codes(folder: Path, looks: int) -> Sequence[float]:
    """Seconds until a slow telephone on a slow network shows its first code, each time for somebody new; sorted."""
    province = DemoProvince()
    with Register.create(url := sqlite_url(folder / "home.db")) as register:
        province.load(register)
        demo = Demo(province, register, LocalOffice(register, province.campaign, province.vault), url)
        customers = [one for one in province if one.case is DemoCase.FOUR_ROWS]
        with home_on(demo, folder) as home:
            addresses = [
                home.page(home.give_to(customers[number % len(customers)].meter_number, f"r{number}")[1])
                for number in range(looks)
            ]
            return sorted(_opened(addresses))


def _opened(addresses: Sequence[str]) -> list[float]:
    with chromium() as browser:
        waited = []
        for address in addresses:
            with visitor(browser) as phone:
                waited.append(seconds_to_first_code(phone, address))
        return waited


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=int, default=200, help="messages a second (200)")
    parser.add_argument("--seconds", type=int, default=20, help="for so long (20)")
    parser.add_argument("--orders", type=int, default=500)
    parser.add_argument("--looks", type=int, default=5, help="telephones that open the page (5)")
    parser.add_argument("--requests", type=int, default=2000, help="to the floor (2000)")
    args = parser.parse_args(arguments)
    below = floor(args.requests)
    print(f"floor: a plain FastAPI application: {below.per_second:.0f} a second, p99 {1000 * below.p99:.0f} ms")
    chats = flood(args.rate, args.seconds)
    print(
        f"chats, inbox on PostgreSQL, {args.rate} messages a second for {args.seconds} s: {len(chats.answered)} of "
        f"{chats.messages} answered, {chats.per_second:.0f} a second; deliveries answered in "
        f"{1000 * median(chats.brought):.0f} ms, p99 {1000 * p99(chats.brought):.0f} ms "
        f"({p99(chats.brought) / below.p99:.1f} times the floor); something said within {median(chats.told):.2f} s, "
        f"p99 {p99(chats.told):.2f} s; answered within {median(chats.answered):.2f} s, p99 {p99(chats.answered):.2f} s"
    )
    with tempfile.TemporaryDirectory(prefix="krn-ways-") as folder:
        waited = first_codes(Path(folder), args.looks)
        drawn = paper(orders_of(Path(folder), args.orders))
    print(
        f"page: {shell(HELP_LINE).weight} bytes in all; first code after {median(waited):.1f} s (up to "
        f"{waited[-1]:.1f}) on slow 3G, the processor slowed six times"
    )
    print(f"paper: {drawn.orders} orders in {drawn.seconds:.2f} s of processor, {drawn.size} bytes")
    return 0 if len(chats.answered) == chats.messages and drawn.orders == args.orders else 1


if __name__ == "__main__":
    sys.exit(main())

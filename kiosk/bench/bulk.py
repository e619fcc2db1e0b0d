"""Rows of many meters at once: over arrays, against the engine's one by one, and as whole jobs."""

import csv
import hashlib
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from os import cpu_count
from pathlib import Path

import pyrage

from kiosk.bench.child import krn, worked
from kiosk.bench.figure import ROUNDS, Figure, figure
from krn_engine.bulk.chains import Chain, Link, rows_of
from krn_engine.bulk.derive import DigitRows, derive
from krn_engine.bulk.key_changes import Becomes, ea07_rows, ea11_rows
from krn_engine.bulk.pans import pans_of
from krn_engine.bulk.planes import Words
from krn_engine.bulk.workers import Workers
from krn_engine.demo import SGC_EA07, SGC_EA11, UNIT, DemoProvince, numbered
from krn_engine.sts.ea07 import SAMPLE_TABLES
from krn_engine.sts.identity import BaseDate, Drn, Ken, KeyType, Krn, MeterPan, Ti
from krn_engine.sts.key_change import KeyChange
from krn_engine.sts.keys import DecoderKey, Dkga, Ea, VendingKey
from krn_engine.sts.keys import derive as derive_one

METERS = 65_536
"""Of one array."""
CUSTOMERS = 662_241
"""Meters of the campaign that this project started from."""
SECONDS = 0.5
_HOPS = ((1, BaseDate.Y1993), (2, BaseDate.Y1993), (3, BaseDate.Y2014))
_TI = Ti(1)
_EA11_IN = 16
"""One meter in so many is of this kind."""


def figures(
    rounds: int = ROUNDS, seconds: float = SECONDS, meters: int = METERS, customers: int = CUSTOMERS
) -> Iterator[Figure]:
    """Rates and ratios, then whole jobs."""
    numbers = [numbered(index)[1] for index in range(meters)]
    pans, _ = pans_of(numbers)
    pan = MeterPan.of(Drn(numbers[0]))
    for ea in (Ea.EA07, Ea.EA11):
        chain = _chain(ea)
        held = [derive(link.key, pans, _TI, ea) for link in chain.links]
        one_held = [derive_one(link.key, pan, _TI, ea) for link in chain.links]
        ways: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
            "known": (lambda c=chain, h=held: known(c, h), lambda h=one_held: one_by_one(h)),  # type: ignore[misc]
            "derived": (
                lambda c=chain: rows_of(c, pans),  # type: ignore[misc]
                lambda c=chain, e=ea: one_by_one([derive_one(link.key, pan, _TI, e) for link in c.links]),  # type: ignore[misc]
            ),
        }
        for way, (many, one) in ways.items():
            name = f"bulk_{ea.name.lower()}_{way}"
            rates, ratios = _in_turn(many, one, meters, rounds, seconds)
            yield figure(name, "sets/s", rates)
            yield figure(f"{name}_to_one", "times", ratios)
            if ea is Ea.EA11 and way == "derived":
                yield figure(f"{name}_to_hashing", "times", _to_hashing(chain, pans, rounds))
    yield _all_cores(_chain(Ea.EA07), pans, rounds)
    yield from _jobs(customers)


def _chain(ea: Ea) -> Chain:
    dkga, sgc = (Dkga.DKGA02, SGC_EA07) if ea is Ea.EA07 else (Dkga.DKGA04, SGC_EA11)
    links = []
    for revision, base in _HOPS if ea is Ea.EA07 else (_HOPS[0], _HOPS[-1]):
        value = random.Random(revision).randbytes(dkga.vending_key_bytes)  # noqa: S311  a key for timing only
        links.append(Link(VendingKey(sgc, Krn(revision), KeyType.DUTK, dkga, base, Ken(255), value), _TI, Ken(255)))
    return Chain(ea, SAMPLE_TABLES, tuple(links))


def known(chain: Chain, held: list[Words]) -> None:
    """Rows over arrays from decoder keys."""
    for (_, old), (link, new) in pairwise(zip(chain.links, held, strict=True)):
        becomes = Becomes(link.key.sgc, link.key.krn, link.key.kt, link.ti, link.ken, 0)
        if chain.ea is Ea.EA07:
            ea07_rows(old, new, becomes, SAMPLE_TABLES)
        else:
            ea11_rows(old, new, becomes)


def one_by_one(held: list[DecoderKey]) -> None:
    """A set of rows from decoder keys, as the engine makes it."""
    for old, new in pairwise(held):
        KeyChange(old, new).tokens(SAMPLE_TABLES)


def _in_turn(
    many: Callable[[], object], one: Callable[[], object], meters: int, rounds: int, seconds: float
) -> tuple[list[float], list[float]]:
    """Sets a second of the arrays, and how many times as many that are as those of the engine."""
    many()
    rates, ratios = [], []
    for _ in range(rounds):
        rates.append(meters * rate(many, seconds))
        ratios.append(rates[-1] / rate(one, seconds))
    return rates, ratios


def rate(act: Callable[[], object], seconds: float) -> float:
    """How often it can be done in a second of processor."""
    done, start = 0, time.process_time()
    while (spent := time.process_time() - start) < seconds or not done:
        act()
        done += 1
    return done / spent if spent else float(done)


def _to_hashing(chain: Chain, pans: DigitRows, rounds: int) -> list[float]:
    """By what the calls for both keys of each meter take, from states that know the vending key."""
    sample, ending = hashlib.sha256(bytes(64)), bytes(22)

    def hashing() -> None:
        copy = sample.copy
        for _ in range(len(chain.links) * len(pans)):
            inner, outer = copy(), copy()
            inner.update(ending)
            outer.update(inner.digest())
            outer.digest()

    return [rate(hashing, 0.0) / rate(lambda: rows_of(chain, pans), 0.0) for _ in range(rounds)]


def _all_cores(chain: Chain, pans: DigitRows, rounds: int) -> Figure:
    cores = cpu_count() or 1
    with Workers(cores) as workers:
        tasks = 2 * cores
        [waiting() for waiting in [workers.begin([(chain, pans)]) for _ in range(cores)]]
        rates = []
        for _ in range(rounds):
            start = time.perf_counter()
            for waiting in [workers.begin([(chain, pans)]) for _ in range(tasks)]:
                waiting()
            rates.append(tasks * len(pans) / (time.perf_counter() - start))
    return figure("bulk_all_cores", "sets/s", rates)


def _jobs(customers: int) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="krn-bench-") as name:
        folder = Path(name)
        write_worklist(folder / "list.csv", customers)
        settings = write_settings(folder)
        to = str(pyrage.x25519.Identity.generate().to_public())
        worklist = krn("bulk", "--worklist", folder / "list.csv", "--workers", 1, "--out", folder / "1.age")
        seconds, megabytes = worked([*worklist, "--to", to, "--config", str(settings)])
        yield figure("bulk_province", "s", [seconds])
        yield figure("bulk_province_memory", "MB", [megabytes])
        imported, _ = worked(krn("office", "import", "--new", folder / "list.csv", "--config", settings))
        written, _ = worked(krn("bulk", "--out", folder / "2.age", "--to", to, "--config", settings))
        yield figure("bulk_through_register", "s", [imported + written])


def write_worklist(path: Path, customers: int) -> None:
    """A list of the province's meters, of which all need four rows."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow("IDPEL NOMOR_METER NAMA TARIF DAYA UNIT EA DKGA SGC TI KRN KT BASE_DATE".split())  # noqa: SIM905
        for index in range(customers):
            state = (11, 4, SGC_EA11) if index % _EA11_IN == 0 else (7, 2, SGC_EA07)
            writer.writerow((*numbered(index), "Contoh", "R1", 900, UNIT, *state, "01", 1, 2, 1993))


def write_settings(folder: Path) -> Path:
    """A vault of the province in this folder, and settings that name it."""
    secret = folder / "passphrase"
    secret.write_text(words := "contoh untuk pengukuran saja")
    secret.chmod(0o600)
    DemoProvince(1).vault.write(folder / "vault", words)
    settings = folder / "kiosk.toml"
    settings.write_text(
        f'register = "sqlite:///{folder}/register.db"\nvault = "{folder}/vault"\npassphrase_file = "{secret}"\n'
    )
    return settings

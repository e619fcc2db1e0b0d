"""How far the arrays are from a compiler: `python -m tests.perf`."""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from kiosk.bench.bulk import CUSTOMERS, known, one_by_one, rate, write_settings, write_worklist
from kiosk.bench.child import krn, worked
from krn_engine.bulk.chains import rows_of
from krn_engine.bulk.derive import derive
from krn_engine.bulk.pans import pans_of
from krn_engine.demo import DemoProvince, numbered
from krn_engine.issuing.vault import Vault
from krn_engine.sts.ea07 import SAMPLE_TABLES
from krn_engine.sts.identity import Drn, MeterPan
from krn_engine.sts.keys import Ea
from krn_engine.sts.keys import derive as derive_one
from tests.perf.limit import Limit, compiled, limit_of

METERS, ROUNDS, SECONDS = 65_536, 5, 0.5


def figures(limit: Limit, folder: Path, meters: int, rounds: int, seconds: float, customers: int) -> Iterator[str]:
    """A sentence for each kind of rows, and for the whole job. All ways have their turn in each round."""
    numbers = [numbered(index)[1] for index in range(meters)]
    for ea in Ea:
        for way in ("known", "derived"):
            yield _rows(limit, ea, way, numbers, rounds, seconds)
    yield _job(limit, folder, rounds, customers)


def _rows(limit: Limit, ea: Ea, way: str, numbers: Sequence[str], rounds: int, seconds: float) -> str:
    chain = limit.ea07 if ea is Ea.EA07 else limit.ea11
    pans, pan = pans_of(numbers)[0], MeterPan.of(Drn(numbers[0]))
    held = [derive(link.key, pans, link.ti, ea) for link in chain.links]
    one_held = [derive_one(link.key, pan, link.ti, ea) for link in chain.links]

    def arrays() -> None:
        if way == "known":
            known(chain, held)
        else:
            rows_of(chain, pans)

    def one() -> None:
        one_by_one(one_held if way == "known" else [derive_one(link.key, pan, link.ti, ea) for link in chain.links])

    arrays()
    c, many, single = zip(
        *(
            (limit.rate(way, ea, seconds), len(numbers) * rate(arrays, seconds), rate(one, seconds))
            for _ in range(rounds)
        ),
        strict=True,
    )
    return (
        f"{ea.name} {way}, sets for each second of processor: C {_middle(c):,.0f}, arrays {_middle(many):,.0f}, "
        f"one by one {_middle(single):,.0f}; C makes {_times(c, many)} as many as arrays"
    )


def _job(limit: Limit, folder: Path, rounds: int, customers: int) -> str:
    """Processor seconds of whole processes, from a worklist to a file that is not encrypted."""
    write_worklist(folder / "list.csv", customers)
    write_worklist(folder / "first.csv", 1)
    settings = write_settings(folder)
    bulk: list[float] = []
    start: list[float] = []
    passphrase, c = [], []
    for number in range(rounds):
        for spent, worklist in ((bulk, "list.csv"), (start, "first.csv")):
            out = folder / f"{number} {worklist}"
            command = krn("bulk", "--worklist", folder / worklist, "--plain", "--workers", 1, "--out", out)
            spent.append(worked([*command, "--config", str(settings)])[0])
        before = time.process_time()
        Vault.read(folder / "vault", (folder / "passphrase").read_text())
        passphrase.append(time.process_time() - before)
        c.append(worked(limit.job(folder / "list.csv", folder / f"{number} c"))[0])
        if (folder / f"{number} c").read_bytes() != (folder / f"{number} list.csv").read_bytes():
            raise RuntimeError("the two files are not the same")
    begun = [whole - alone for whole, alone in zip(bulk, start, strict=True)]
    return (
        f"{customers:,} meters from list to file, seconds of processor: krn bulk {_middle(bulk):.2f}, of which "
        f"{_middle(start):.2f} are its start, with {_middle(passphrase):.2f} for the passphrase; C {_middle(c):.3f}. "
        f"krn bulk takes {_times(bulk, c)} as long, and without its start {_times(begun, c)}"
    )


def _middle(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def _times(more: Sequence[float], less: Sequence[float]) -> str:
    ratios = sorted(a / b for a, b in zip(more, less, strict=True))
    return f"{_middle(ratios):.1f} times ({ratios[0]:.1f} to {ratios[-1]:.1f})"


def main() -> None:
    """Print them."""
    parser = argparse.ArgumentParser(prog="python -m tests.perf")
    parser.add_argument("--customers", type=int, default=CUSTOMERS, help="meters of the whole job (%(default)s)")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often everything is measured (%(default)s)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        limit = limit_of(compiled(folder, SAMPLE_TABLES), DemoProvince())
        for sentence in figures(limit, folder, METERS, args.rounds, SECONDS, args.customers):
            sys.stdout.write(f"{sentence}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()

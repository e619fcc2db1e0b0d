"""The small C program makes the rows that the engine makes: else it would be the limit of something else."""

import filecmp
from itertools import pairwise
from pathlib import Path

import pytest

from kiosk.bench.bulk import write_worklist
from kiosk.bench.child import worked
from krn_engine.bulk.job import run
from krn_engine.demo import DemoProvince, numbered
from krn_engine.sts.ea07 import SAMPLE_TABLES
from krn_engine.sts.identity import Drn, MeterPan
from krn_engine.sts.key_change import KeyChange
from krn_engine.sts.keys import Ea, derive
from tests.perf.__main__ import figures
from tests.perf.limit import LANES, Limit, compiled, compiler, limit_of
from tests.support.bulk import job

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(compiler() is None, reason="needs a compiler: apt-get install gcc"),
]
PROVINCE = DemoProvince(64)


@pytest.fixture(scope="module")
def limit(tmp_path_factory: pytest.TempPathFactory) -> Limit:
    return limit_of(compiled(tmp_path_factory.mktemp("limit"), SAMPLE_TABLES), PROVINCE)


@pytest.mark.parametrize("ea", Ea)
def test_it_makes_the_same_rows_from_vending_keys(limit: Limit, ea: Ea) -> None:
    chain = limit.ea07 if ea is Ea.EA07 else limit.ea11
    pans = [MeterPan.of(Drn(numbered(index)[1])) for index in range(LANES)]
    for pan, made in zip(pans, limit.rows(ea, list(map(str, pans))), strict=True):
        held = [derive(link.key, pan, link.ti, ea) for link in chain.links]
        changes = [KeyChange(old, new, rolls_over=old.base_date != new.base_date) for old, new in pairwise(held)]
        assert made == [str(row) for change in changes for row in change.tokens(SAMPLE_TABLES)]


def test_it_writes_the_same_file(limit: Limit, tmp_path: Path) -> None:
    write_worklist(tmp_path / "list.csv", 9 * LANES + 1)
    asked = job(PROVINCE, tmp_path / "list.csv", tmp_path / "arrays.csv", recipients=None)
    assert run(asked).counts.made == 9 * LANES + 1
    worked(limit.job(tmp_path / "list.csv", tmp_path / "limit.csv"))
    assert filecmp.cmp(tmp_path / "limit.csv", tmp_path / "arrays.csv", shallow=False)


def test_the_ratios_are_printed(limit: Limit, tmp_path: Path) -> None:
    *rows, whole = figures(limit, tmp_path, meters=LANES, rounds=1, seconds=0.01, customers=LANES)
    assert [line.split(",")[0] for line in rows] == ["EA07 known", "EA07 derived", "EA11 known", "EA11 derived"]
    assert all("C makes" in line for line in rows)
    assert whole.startswith("256 meters from list to file")
    assert "krn bulk takes" in whole

"""The small C program makes the rows that the engine makes: else it would be the limit of something else."""

import random
from itertools import pairwise
from pathlib import Path

import pytest

from krn_engine.bulk.key_changes import Becomes
from krn_engine.sts.ea07 import SAMPLE_TABLES
from krn_engine.sts.identity import BaseDate, Ken, KeyType, Krn, Sgc, Ti
from krn_engine.sts.key_change import KeyChange
from krn_engine.sts.keys import DecoderKey, Ea
from tests.perf.limit import LANES, compiled, compiler, rows

BECOMES = Becomes(Sgc("123456"), Krn(3), KeyType.DUTK, Ti(42), Ken(217), 1)


@pytest.mark.slow
@pytest.mark.skipif(compiler() is None, reason="needs a compiler: apt-get install gcc")
def test_it_makes_the_same_rows(tmp_path: Path) -> None:
    program = compiled(tmp_path, SAMPLE_TABLES, BECOMES)
    dice = random.Random(1)
    for ea, number in ((Ea.EA07, 3), (Ea.EA11, 2)):
        keys = [dice.randbytes(ea.key_bytes) for _ in range(number * LANES)]
        made = rows(program, ea, keys)
        for lane in range(LANES):
            held = [
                DecoderKey(ea, key, BECOMES.sgc, BECOMES.krn, BECOMES.kt, BECOMES.ti, BaseDate.Y2014, BECOMES.ken)
                for key in keys[lane * number : (lane + 1) * number]
            ]
            changes = [KeyChange(old, new, rolls_over=True) for old, new in pairwise(held)]
            assert made[lane] == [str(row) for change in changes for row in change.tokens(SAMPLE_TABLES)]

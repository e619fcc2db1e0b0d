"""How far the arrays are from a compiler: `python -m tests.perf`."""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from krn_engine.bulk.key_changes import Becomes, ea07_rows, ea11_rows
from krn_engine.sts.ea07 import SAMPLE_TABLES
from krn_engine.sts.identity import Ken, KeyType, Krn, Sgc, Ti
from krn_engine.sts.keys import Ea
from tests.perf.limit import compiled, rate

BECOMES = Becomes(Sgc("999007"), Krn(3), KeyType.DUTK, Ti(1), Ken(255), 1)
METERS, ROUNDS, SECONDS = 65_536, 5, 0.5


def arrays(ea: Ea) -> float:
    """Sets a second of processor."""
    numbers = np.random.default_rng(1)
    shape = METERS if ea is Ea.EA07 else (METERS, 2)
    keys = [numbers.integers(0, 1 << 64, shape, np.uint64) for _ in range(3)]
    done, start = 0, time.process_time()
    while time.process_time() - start < SECONDS:
        if ea is Ea.EA07:
            ea07_rows(keys[0], keys[1], BECOMES, SAMPLE_TABLES)
            ea07_rows(keys[1], keys[2], BECOMES, SAMPLE_TABLES)
        else:
            ea11_rows(keys[0], keys[1], BECOMES)
        done += METERS
    return done / (time.process_time() - start)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        program = compiled(Path(folder), SAMPLE_TABLES, BECOMES)
        for ea in (Ea.EA07, Ea.EA11):
            arrays(ea)
            both = [(rate(program, ea, SECONDS), arrays(ea)) for _ in range(ROUNDS)]
            ratios = sorted(limit / ours for limit, ours in both)
            middle = sorted(both)[ROUNDS // 2]
            sys.stdout.write(
                f"{ea.name} known: C {middle[0]:,.0f} sets/s, arrays {middle[1]:,.0f}; "
                f"C makes {ratios[ROUNDS // 2]:.1f} times as many ({ratios[0]:.1f} to {ratios[-1]:.1f})\n"
            )

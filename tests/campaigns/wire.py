"""The wire campaign: good, almost good and broken documents; each is read as a value that comes back, or refused.

python -m tests.campaigns.wire [--cases N] [--seed S]
"""

import argparse
import sys
import time
from collections import Counter
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from krn_engine.office.net_errors import WireBroken
from krn_engine.office.wire.shapes import Shape
from krn_engine.office.wire.text import to_bytes
from tests.support.wire import ANY_JSON, SHAPES, almost, bytes_near, document_of, held

CASES = 100_000
AT_ONCE = 2_000
"""Cases of one run of hypothesis, which grows slow on long runs."""
READ, REFUSED = "read and written again as itself", "refused"


def run(cases: int, first_seed: int = 0) -> Counter[str]:
    """How many documents were read, and how many refused. Whatever else one raises ends the campaign."""
    counted: Counter[str] = Counter()
    batch = 0
    while (left := cases - sum(counted.values())) > 0:
        made = given(cases_of())(lambda case: counted.update([READ if held(*case) else REFUSED]))
        seed(first_seed + batch)(
            settings(
                max_examples=min(AT_ONCE, left),
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.generate],
                report_multiple_bugs=False,
            )(made)
        )()
        batch += 1
    return counted


_NAMES = st.sampled_from(sorted(SHAPES))
_FEW_BYTES = st.binary(max_size=64)


@st.composite
def cases_of(draw: st.DrawFn) -> tuple[Shape[Any], bytes]:
    """A shape, and bytes that it may be asked to read."""
    shape = SHAPES[draw(_NAMES)]
    match draw(st.integers(0, 3)):
        case 0:
            return shape, draw(bytes_near(shape))
        case 1:
            return shape, draw(_FEW_BYTES)
        case 2:
            return shape, _bytes(draw(almost(shape) | ANY_JSON))
        case _:
            return shape, _bytes(draw(document_of(shape)))


def _bytes(document: object) -> bytes:
    try:
        return to_bytes(document)
    except WireBroken:
        return b""


def main() -> int:
    """Run the campaign and print what it counted."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    began = time.monotonic()
    counted = run(args.cases, args.seed)
    print(
        f"{sum(counted.values())} cases over {len(SHAPES)} shapes in {time.monotonic() - began:.0f} s, seed {args.seed}"
    )
    for what, number in counted.items():
        print(f"{number:8} {what}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

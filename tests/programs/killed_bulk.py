"""Makes the rows of a worklist in small parts, and says when each is on disk; somebody may kill it.

python -m tests.programs.killed_bulk LIST OUT RECIPIENT
"""

import sys
from pathlib import Path

from krn_engine.bulk import reading
from krn_engine.bulk.job import run
from krn_engine.demo import DemoProvince
from tests.support.bulk import job

if __name__ == "__main__":
    reading.BLOCK_BYTES = 20_000
    asked = job(DemoProvince(1), Path(sys.argv[1]), Path(sys.argv[2]), recipients=(sys.argv[3],))
    run(asked, lambda done, _size: print(done, flush=True))

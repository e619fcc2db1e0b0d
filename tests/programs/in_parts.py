"""The command `krn`, which makes the rows of a worklist in small parts, so that somebody may stop it in the midst.

python -m tests.programs.in_parts WORD…
"""

import sys

from kiosk.cli import main
from krn_engine.bulk import reading

if __name__ == "__main__":
    reading.BLOCK_BYTES = 100_000
    sys.exit(main(sys.argv[1:]))

"""Serves a register from several processes, on a free port, until it is told to end.

python -m tests.programs.several CONFIG WORKERS
"""

import sys
from pathlib import Path

from kiosk import serving
from krn_engine.office.server.processes import Listening, run_several

if __name__ == "__main__":
    at = Listening(port=0)
    with at.opened() as listening, serving.told_by_environment(None, Path(sys.argv[1])):
        run_several(
            serving.FACTORY,
            int(sys.argv[2]),
            at,
            listening,
            lambda: print(at.url(listening), flush=True),
            lambda: None,
        )

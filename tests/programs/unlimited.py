"""`krn`, whose office lets each caller ask as often as it likes: a campaign's kiosk has a day's customers in a minute.

python -m tests.programs.unlimited office serve …
"""

import sys

from kiosk.cli import main
from krn_engine.office.server import service
from krn_engine.office.wire.asked import Scope

if __name__ == "__main__":
    service.PER_MINUTE = dict.fromkeys(Scope, 1_000_000)
    sys.exit(main())

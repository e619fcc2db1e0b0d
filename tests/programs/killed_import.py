"""An import that is killed in the middle: python -m tests.programs.killed_import REGISTER LIST KEY."""

import os
import signal
import sys
from pathlib import Path

from sqlalchemy import Connection

from krn_engine.register import applying
from krn_engine.register.database import Register, sqlite_url
from krn_engine.register.importer import import_worklist
from krn_engine.register.seal import Seal
from krn_engine.register.tally import TallyMoves


def main() -> None:
    """The first thousand lines are in, and those of the second transaction are written, when nobody can tidy up."""
    store, calls = applying.store, []

    def stores(connection: Connection, part: applying.Part, later: TallyMoves | None = None) -> None:
        store(connection, part, later)
        calls.append(part)
        if len(calls) == 2:
            os.kill(os.getpid(), signal.SIGKILL)

    applying.store = stores
    with Register.open(sqlite_url(Path(sys.argv[1])), Seal(bytes.fromhex(sys.argv[3]))) as register:
        import_worklist(register, Path(sys.argv[2]))


if __name__ == "__main__":
    main()

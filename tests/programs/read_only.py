"""Opens a register and writes to it as a user who may not, and prints how that was refused. To be run by root.

python -m tests.programs.read_only PATH
"""

import os
import sys
from pathlib import Path

from sqlalchemy import create_engine, insert

from krn_engine.register.database import Register, sqlite_url
from krn_engine.register.errors import RegisterReadOnly
from krn_engine.register.tables import meters

NOBODY = 65534


def main() -> None:
    """Become nobody, and write."""
    # Everything is imported before the right to read it is given up.
    create_engine("sqlite://").connect().close()
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    try:
        with Register.open(sqlite_url(Path(sys.argv[1]))) as register, register.write() as connection:
            connection.execute(insert(meters).values(number="2", key_state_by="import"))
    except RegisterReadOnly as error:
        print("refused:", error.message)


if __name__ == "__main__":
    main()

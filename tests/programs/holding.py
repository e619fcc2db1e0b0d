"""Has a register open, and has written to it, until it is told something: python -m tests.programs.holding REGISTER."""

import sys
from pathlib import Path

from krn_engine.register.database import Register, sqlite_url


def main() -> None:
    """Says `open` once it is so; closes the register when a line comes."""
    with Register.open(sqlite_url(Path(sys.argv[1]))) as register:
        with register.write():
            pass
        print("open", flush=True)
        sys.stdin.readline()


if __name__ == "__main__":
    main()

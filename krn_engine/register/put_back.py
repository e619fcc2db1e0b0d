"""`python -m krn_engine.register.put_back COPY REGISTER`: what an upgrade that failed goes back with.

It needs nothing of the program but this: the rest may be what is broken.
"""

import sys
from pathlib import Path

from krn_engine.register.backup import put_back
from krn_engine.register.errors import RegisterError


def main(arguments: list[str]) -> int:
    """Put the copy back and print the new place of the replaced file; 1, and the reason, if that cannot be done."""
    copy, register = arguments
    try:
        replaced = put_back(Path(copy), Path(register))
    except RegisterError as error:
        print(f"krn: error: {error.message} [{error.code}]", file=sys.stderr)
        return 1
    print(replaced or "")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

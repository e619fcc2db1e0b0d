"""Prints the modules that are imported when a command of `krn` is asked for and has not begun.

python -m tests.programs.parsed COMMAND…
"""

import sys

from kiosk.cli import parser_for

if __name__ == "__main__":
    parser_for(sys.argv[1:])
    print(*sys.modules)

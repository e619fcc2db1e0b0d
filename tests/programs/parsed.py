"""Prints the modules that are imported when a command of `krn` is asked for and has not begun.

python -m tests.programs.parsed COMMAND
"""

import sys

from kiosk.cli import _parser

if __name__ == "__main__":
    _parser(sys.argv[1:2])
    print(*sys.modules)

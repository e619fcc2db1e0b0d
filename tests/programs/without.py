"""Runs `krn` as on a machine that lacks a package; its exit status is krn's.

python -m tests.programs.without PACKAGE ARGUMENT…
"""

import sys

from kiosk.cli import main

if __name__ == "__main__":
    package, *arguments = sys.argv[1:]
    sys.modules[package] = None  # type: ignore[assignment]  # so the import system is told that there is none
    sys.exit(main(arguments))

"""`krn` in the test's own process."""

import pytest

from kiosk.cli import main

Out = pytest.CaptureFixture[str]


def krn(capsys: Out, *arguments: str) -> tuple[int, str, str]:
    """Exit status, what was printed, and what was printed as an error."""
    try:
        status = main(list(arguments))
    except SystemExit as exit_:
        status = int(str(exit_.code))
    said = capsys.readouterr()
    return status, said.out, said.err

"""A program that is killed while it writes leaves a chain that is whole, and each fact with its entry."""

import subprocess
import sys

import pytest

from krn_engine.office.audit.verify import verify
from krn_engine.register.database import Register
from tests.support.audit import bodies
from tests.support.places import Place

KILLS, LINES = 2, 15


@pytest.mark.slow
def test_the_chain_is_whole_after_each_kill(place: Place) -> None:
    url = place.register(32)
    said: list[str] = []
    for _ in range(KILLS):
        with subprocess.Popen(
            [sys.executable, "-m", "tests.programs.writing", url], stdout=subprocess.PIPE, text=True
        ) as program:
            assert program.stdout is not None
            said = [program.stdout.readline().strip() for _ in range(LINES)]
            program.kill()
        with Register.open(url) as register:
            told = [entry["attempt"] for entry in bodies(register) if entry["event"] == "recorded"]
            with register.read() as connection:
                verdict = verify(connection)
        assert verdict.faults == []
        assert set(said) <= set(told)
        assert len(told) == len(set(told))

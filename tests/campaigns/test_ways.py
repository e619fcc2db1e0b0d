"""The figures of every way, in their short form."""

import pytest

from tests.campaigns.ways import main
from tests.support.browser import installed as has_browser
from tests.support.postgres import installed as has_postgresql


@pytest.mark.slow
@has_browser
@has_postgresql
def test_each_way_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    few = {"rate": 10, "seconds": 1, "orders": 10, "looks": 1, "requests": 20}
    assert main([word for name, value in few.items() for word in (f"--{name}", str(value))]) == 0
    told = capsys.readouterr().out
    assert [line.partition(":")[0].partition(",")[0] for line in told.splitlines()] == [
        "floor",
        "chats",
        "page",
        "paper",
    ]
    assert "10 of 10 answered" in told
    assert "paper: 10 orders" in told

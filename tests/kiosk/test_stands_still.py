"""A service that stands still: its kernel takes who comes, and nobody answers them."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from krn_engine.demo import DemoCase, DemoProvince
from krn_engine.office.client.remote import RemoteOffice
from krn_engine.office.client.way import Patience, Way
from krn_engine.office.contract import Due, Found, RowOutcome, RowRecord
from krn_engine.office.net_errors import OfficeUnreachable
from tests.support import certificates
from tests.support.cli import Out, krn
from tests.support.serving import process, serve, token_of

pytestmark = [pytest.mark.slow, certificates.installed]
PATIENCE = Patience(connect=0.5, read=0.8, whole=1.2)
SLACK = 6.0
"""Seconds that a busy machine may take beside."""
METER = DemoProvince().first(DemoCase.FOUR_ROWS).meter_number


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
def test_whoever_asks_it_is_told_in_time_and_served_when_it_goes_on(tmp_path: Path, capsys: Out, tls: bool) -> None:
    folder = tmp_path / "province"
    assert krn(capsys, "office", "demo", "--customers", "16", "--out", str(folder))[0] == 0
    token, ca, files = token_of(folder), None, []
    if tls:
        authority = certificates.authority(tmp_path, "authority")
        own = certificates.certificate(tmp_path, authority, "127.0.0.1")
        ca, files = authority.certificate, ["--certificate", str(own.certificate), "--key", str(own.key)]
    with process(*serve(folder, "--port", "0", *files)) as (running, url), ExitStack() as ways:

        def office(patience: Patience) -> RemoteOffice:
            way = Way(url, ca, patience)
            ways.callback(way.close)
            return RemoteOffice(way, lambda: token)

        patient, hasty, stranger = office(Patience()), office(PATIENCE), office(PATIENCE)
        issued = patient.issue(METER, "r")
        # A connection that is open already, and one that is not.
        hasty.ping()
        row = RowRecord(issued.changes[0].id, 1, RowOutcome.STARTED, "", "", "kiosk", "a")
        os.kill(running.pid, signal.SIGSTOP)
        try:
            asks: list[Callable[[], object]] = [
                lambda: hasty.find(METER),
                lambda: hasty.issue(METER, "s"),
                lambda: hasty.record(row),
                hasty.ping,
                stranger.ping,
            ]
            for ask in asks:
                began = time.monotonic()
                with pytest.raises(OfficeUnreachable, match="no whole answer in time"):
                    ask()
                assert time.monotonic() - began < PATIENCE.whole + SLACK
        finally:
            os.kill(running.pid, signal.SIGCONT)
        patient.record(row)
        found = patient.find(METER)
        assert isinstance(found, Found)
        assert isinstance(found.standing, Due)
        assert patient.issue(METER, "s").rows == issued.rows

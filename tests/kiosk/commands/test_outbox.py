"""`krn outbox`: staff read what their office does not have, also when the kiosk is revoked or the key is elsewhere."""

import json
import subprocess
from pathlib import Path

import pytest

from krn_engine.office.net_errors import CallerRevoked, OfficeUnreachable
from krn_engine.office.wire.asked import outcome_name
from krn_engine.office.wire.delivered import Fate
from tests.support.cli import Out, krn
from tests.support.far_office import FarOffice, Kiosk, idpel, number, outcome
from tests.support.tiny_disk import tiny_disk

AWAY = OfficeUnreachable("the cable was pulled")


def settings(folder: Path) -> str:
    file = folder / "kiosk.toml"
    file.write_text(f'office_url = "http://localhost:1"\nstate = "{folder / "state"}"\n')
    return str(file)


def test_it_lists_what_waits_and_what_was_refused_and_takes_nothing_away(tmp_path: Path, capsys: Out) -> None:
    (tmp_path / "state").mkdir()
    kiosk = Kiosk(FarOffice(), tmp_path / "state", secret=b"m" * 32)
    kiosk.sync()
    kiosk.far.away = AWAY
    change = kiosk.office.issue(number(1), "a" * 32).changes[0].id
    wrong = outcome(change, 1, "a")
    kiosk.far.refuses = {str(outcome_name(wrong)): (Fate.REFUSED, "OFF-05")}
    kiosk.office.record(wrong)
    kiosk.far.away = None
    kiosk.office.meet()
    kiosk.office.deliver()
    kiosk.far.away = AWAY
    kiosk.office.record(outcome(change, 2, "b"))
    # The command has not the machine's secret: that closes nothing, and the kiosk's copy stays.
    status, out, err = krn(capsys, "outbox", "--config", settings(tmp_path))
    assert (status, err) == (0, "")
    refused, waiting = out.splitlines()
    assert "refused OFF-05: so it is" in refused
    assert waiting.endswith("waiting")
    listed = json.loads(krn(capsys, "outbox", "--json", "--config", settings(tmp_path))[1])
    assert [(one["kind"], one["code"], one["body"]["section"]) for one in listed] == [
        ("outcome", "OFF-05", 1),
        ("outcome", "", 2),
    ]
    assert kiosk.copy.look(idpel(1)) is not None
    kiosk.restart()
    assert kiosk.copy.look(idpel(1)) is not None
    kiosk.far.away = CallerRevoked("revoked")
    try:
        kiosk.office.meet()
        kiosk.office.deliver()
    except CallerRevoked:
        pass
    # The key is gone, and staff find the meter.
    told = krn(capsys, "outbox", "--config", settings(tmp_path))[1].splitlines()
    assert [line.count(number(1)) for line in told] == [1, 1]
    kiosk.copy.close()


@pytest.mark.parametrize("closed", [True, False])
def test_it_lists_them_from_a_card_that_takes_nothing_any_more(tmp_path: Path, capsys: Out, *, closed: bool) -> None:
    with tiny_disk(tmp_path / "state", 2048) as state:
        kiosk = Kiosk(FarOffice(), state)
        kiosk.sync()
        kiosk.far.away = AWAY
        change = kiosk.office.issue(number(1), "a" * 32).changes[0].id
        kiosk.office.record(outcome(change, 1, "a"))
        # After a power cut the newest of it is in the log alone, and no index of that lies beside.
        laid = {path.name: path.read_bytes() for path in state.iterdir() if not path.name.endswith("-shm")}
        assert laid["copy.db-wal"]
        kiosk.copy.close()
        if not closed:
            for name, content in laid.items():
                (state / name).write_bytes(content)
        subprocess.run(["mount", "-o", "remount,ro", str(state)], check=True)
        status, out, err = krn(capsys, "outbox", "--config", settings(tmp_path))
        assert status == 0
        assert [line.split()[2:] for line in out.splitlines()] == [
            ["issue", number(1), "waiting"],
            ["outcome", "01000000016", "waiting"],
        ]
        assert "change it" in err


def test_where_there_is_no_outbox_to_read_that_is_told(tmp_path: Path, capsys: Out) -> None:
    with tiny_disk(tmp_path / "state", 100) as state:
        subprocess.run(["mount", "-o", "remount,ro", str(state)], check=True)
        status, out, err = krn(capsys, "outbox", "--config", settings(tmp_path))
        assert (status, out) == (1, "")
        assert "REG-04" in err


def test_a_kiosk_with_a_register_of_its_own_has_none(tmp_path: Path, capsys: Out) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text(f'register = "sqlite:///{tmp_path / "register.db"}"\n')
    status, _, err = krn(capsys, "outbox", "--config", str(file))
    assert status == 1
    assert "no outbox" in err


def test_an_empty_outbox_of_which_a_card_took_facts_is_not_called_delivered(tmp_path: Path, capsys: Out) -> None:
    state = tmp_path / "state"
    state.mkdir()
    kiosk = Kiosk(FarOffice(), state)
    kiosk.sync()
    file = settings(tmp_path)
    assert krn(capsys, "outbox", "--config", file)[1] == "the office has everything\n"
    kiosk.office.record(outcome("x" * 32, 1, "a"))
    kiosk.copy.close()
    (state / "copy.db").unlink()
    status, out, err = krn(capsys, "outbox", "--config", file)
    assert (status, out) == (0, "")
    assert "a damaged card took facts for the office (1)" in err

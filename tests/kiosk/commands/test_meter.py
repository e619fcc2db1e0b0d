"""`krn meter`: the process from outside, and the tools for a connected meter."""

import json
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from hardware.adapter import MeterRegister, Outcome
from hardware.client import MeterProcess
from hardware.daemon import MeterServer
from hardware.errors import AccessRefused, JournalBroken, LineLost, MeterProcessGone, NoAnswer
from hardware.keypad.adapter import KeypadAdapter
from hardware.keypad_tools import LoopBack
from hardware.virtual.clock import HandClock
from kiosk.commands import meter
from tests.support.cli import Out, krn
from tests.support.optical import PASSWORD, Optical

MATRIX = '[keypad.contacts]\nform = "matrix"\nenable = 27\nrows = [16, 17, 18, 19]\ncolumns = [20, 21, 22, 23]\n'
NETWORK = ("requests", "urllib3", "http", "ssl", "asyncio", "sqlalchemy", "pygame", "ftplib", "smtplib", "Crypto")
PROGRAM = (sys.executable, "-m", "kiosk.cli")


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*PROGRAM, "meter", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


@contextmanager
def serving(folder: Path, *more: str) -> Iterator[subprocess.Popen[str]]:
    arguments = ("--demo", "--socket", str(folder / "socket"), "--journal", str(folder / "journal"), *more)
    with running("serve", *arguments) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"krn-meter: listening on {folder / 'socket'}\n"
        yield process


@pytest.mark.slow
class TestProcess:
    def test_it_types_and_answers(self, tmp_path: Path) -> None:
        with serving(tmp_path), MeterProcess(tmp_path / "socket", "generic-4x3") as adapter:
            assert stat.S_IMODE((tmp_path / "socket").stat().st_mode) == 0o660
            krn_shown = adapter.read(MeterRegister.KRN)
            assert krn_shown is not None
            assert krn_shown.seen == "1"
            answer = adapter.submit("0" * 19 + "1", deadline=60, cancel=threading.Event(), attempt="r1")
            assert answer.outcome is Outcome.REJECTED
            assert adapter.recall("r1").outcome is Outcome.REJECTED

    def test_sigterm_in_the_middle_of_a_row_leaves_in_good_order(self, tmp_path: Path) -> None:
        with serving(tmp_path) as process, MeterProcess(tmp_path / "socket", "generic-4x3") as adapter:
            typing = threading.Event()
            answers: list[Outcome] = []

            def type_row() -> None:
                answer = adapter.submit(
                    "1" * 20,
                    deadline=60,
                    cancel=threading.Event(),
                    watch=lambda _event: typing.set(),
                    attempt="r1",
                )
                answers.append(answer.outcome)

            thread = threading.Thread(target=type_row)
            thread.start()
            assert typing.wait(10)
            started = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
            # The press that was under way ends; nothing waits for the rest of the row.
            assert time.monotonic() - started < 3.0
            thread.join(10)
            assert answers in ([Outcome.FAULT], [Outcome.UNKNOWN])
        assert not (tmp_path / "socket").exists()
        recorded = [json.loads(line) for line in (tmp_path / "journal").read_text().splitlines()]
        assert [line.get("outcome") for line in recorded] == [None, "FAULT"]

    def test_two_processes_do_not_share_a_journal(self, tmp_path: Path) -> None:
        with serving(tmp_path):
            arguments = ("--demo", "--socket", str(tmp_path / "other"), "--journal", str(tmp_path / "journal"))
            with running("serve", *arguments) as second:
                assert second.wait(10) == 1
                assert second.stderr is not None
                assert JournalBroken.code in second.stderr.read()

    @pytest.mark.parametrize("old", [True, False])
    def test_a_settings_file_of_an_earlier_release_is_served_and_told(
        self, tmp_path: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch, old: bool
    ) -> None:
        monkeypatch.setattr(MeterServer, "serve", lambda _self, _pulse: None)
        monkeypatch.setattr(signal, "signal", lambda _signal, _handler: None)
        settings = tmp_path / "meter.toml"
        contacts = MATRIX.replace("keypad.", "") if old else MATRIX
        settings.write_text(f'socket = "{tmp_path}/socket"\njournal = "{tmp_path}/journal"\n{contacts}')
        status, out, err = krn(capsys, "meter", "serve", "--settings", str(settings))
        assert (status, "listening" in out) == (0, True)
        assert ("write [keypad.contacts] for [contacts]" in err) is old

    def test_it_imports_no_network_library(self, tmp_path: Path) -> None:
        """A real kiosk's meter process: settings from a file, devices of gpiozero, and nothing virtual."""
        settings = tmp_path / "meter.toml"
        settings.write_text(
            f'socket = "{tmp_path}/socket"\njournal = "{tmp_path}/journal"\n[keypad]\npin_factory = "mock"\n{MATRIX}'
        )
        program = [sys.executable, "-m", "tests.programs.served", str(settings), str(tmp_path / "socket")]
        done = subprocess.run(program, capture_output=True, text=True, check=True)
        modules = set(done.stdout.split("\n")[1].split())
        assert "gpiozero" in modules
        assert "hardware.keypad.adapter" in modules
        assert modules.isdisjoint(NETWORK)
        assert not {name for name in modules if name.startswith("hardware.virtual.bench")}


@pytest.mark.slow
class TestUnderAHead:
    """A head on a pseudo terminal, and the virtual meter of the demo under it."""

    def settings(self, folder: Path, port: Path, more: str = "") -> str:
        (folder / "password").write_bytes(PASSWORD)
        (folder / "password").chmod(0o600)
        file = folder / "meter.toml"
        file.write_text(
            f'socket = "{folder}/socket"\n[optical]\nport = "{port}"\npassword_file = "{folder}/password"\n{more}'
        )
        return str(file)

    def test_the_meter_is_found_its_model_named_and_its_number_read(self, tmp_path: Path, capsys: Out) -> None:
        with Optical(real_time=True).port() as port:
            status, out, err = krn(capsys, "meter", "probe", "--settings", self.settings(tmp_path, port.path))
        assert (status, err) == (0, "")
        assert "identification VRT VIRTUAL, 9600 baud\n" in out
        assert "models         virtual-optical, dlms-mode-e\n" in out
        assert "meter number   99100000001\nKRN            1\n" in out

    def test_without_the_password_it_is_found_and_tells_its_number_to_nobody(self, tmp_path: Path, capsys: Out) -> None:
        with Optical(real_time=True).port() as port:
            settings = self.settings(tmp_path, port.path)
            (tmp_path / "password").write_bytes(b"another1")
            status, out, err = krn(capsys, "meter", "probe", "--settings", settings)
        assert status == 1
        assert "models         virtual-optical" in out
        assert AccessRefused.code in err
        assert "another1" not in out + err

    def test_a_head_on_nothing_says_so(self, tmp_path: Path, capsys: Out) -> None:
        optical = Optical(real_time=True)
        optical.light.on = False
        with optical.port() as port:
            status, out, err = krn(capsys, "meter", "probe", "--settings", self.settings(tmp_path, port.path))
        assert (status, NoAnswer.code in out, NoAnswer.code in err) == (1, True, True)

    def test_no_head_leaves_the_keypad_to_be_asked(self, tmp_path: Path, capsys: Out) -> None:
        settings = self.settings(tmp_path, tmp_path / "none", f'[keypad]\npin_factory = "mock"\n{MATRIX}')
        status, out, _ = krn(capsys, "meter", "probe", "--settings", settings)
        assert status == 0
        assert LineLost.code in out
        assert "model          generic-4x3\nmeter number   not readable\n" in out


class TestTools:
    def test_probe(self, capsys: Out) -> None:
        status, out, err = krn(capsys, "meter", "probe", "--demo")
        assert (status, err) == (0, "")
        assert "KRN            1\n" in out

    def test_probe_and_type_by_light(self, capsys: Out) -> None:
        status, out, err = krn(capsys, "meter", "probe", "--demo", "--model", "virtual-optical")
        assert (status, err) == (0, "")
        assert "meter number   99100000001\nKRN            1\n" in out
        status, out, err = krn(capsys, "meter", "type", "--demo", "--model", "virtual-optical")
        assert (status, err) == (0, "")
        assert "outcome    PARTIAL (1stKCT)\nevidence   3 execution ok: 1stKCT\n" in out
        assert "presses" not in out

    def test_type(self, capsys: Out) -> None:
        status, out, err = krn(capsys, "meter", "type", "--demo")
        assert (status, err) == (0, "")
        assert "outcome    ACCEPTED\n" in out
        assert "evidence   BENAR\n" in out
        assert "presses    21, 120 to 120 ms\n" in out

    def test_type_a_row_that_is_refused(self, capsys: Out) -> None:
        status, out, _ = krn(capsys, "meter", "type", "--demo", "0000 0000 0000 0000 0001")
        assert status == 1
        assert "outcome    REJECTED\n" in out

    @pytest.mark.parametrize("row", ["123", "x" * 20])
    def test_type_what_is_no_row(self, capsys: Out, row: str) -> None:
        status, _, err = krn(capsys, "meter", "type", "--demo", row)
        assert status == 1
        assert "a row has 20 digits" in err

    def test_calibrate(self, capsys: Out) -> None:
        status, out, err = krn(capsys, "meter", "calibrate", "--demo")
        assert (status, err) == (0, "")
        assert out.endswith("a demo's timing is not kept\n")
        kept = next(line for line in out.splitlines() if line.startswith(f"{'press':<15}"))
        press = kept.removeprefix("press")
        assert 60.0 < float(press.split()[0]) < 78.0

    def test_calibrate_without_anybody_who_can_tell(
        self, tmp_path: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        clock = HandClock()
        began = clock.now
        monkeypatch.setattr(meter, "time", SimpleNamespace(monotonic=clock, sleep=clock.wait))
        settings = tmp_path / "meter.toml"
        settings.write_text(f'[keypad]\npin_factory = "mock"\ncalibrated = "{tmp_path}"\n{MATRIX}')
        status, _, err = krn(capsys, "meter", "calibrate", "--settings", str(settings))
        assert status == 1
        assert "HW-15" in err
        assert clock.now - began > 5.0, "a whole entry was typed at the safe timing"
        assert list(tmp_path.iterdir()) == [settings]

    def test_every_contact_of_the_demo_proves_itself(self, capsys: Out) -> None:
        status, out, err = krn(capsys, "meter", "loop-back", "--demo")
        assert (status, err) == (0, "")
        assert {line.split()[1] for line in out.splitlines()} == {"good"}
        assert len(out.splitlines()) == 12

    @pytest.mark.parametrize(
        ("found", "says"),
        [
            (None, "no test plug"),
            (LoopBack(("1", "2", "3"), ("1",), ("2",)), "1          good\n2          BAD\n3          not tried\n"),
        ],
    )
    def test_contacts_that_do_not_prove_themselves(
        self, capsys: Out, monkeypatch: pytest.MonkeyPatch, found: LoopBack | None, says: str
    ) -> None:
        monkeypatch.setattr(KeypadAdapter, "loop_back", lambda _self: found)
        status, out, _ = krn(capsys, "meter", "loop-back", "--demo")
        assert status == 1
        assert says in out

    @pytest.mark.parametrize("action", ["serve", "probe", "calibrate", "loop-back"])
    def test_without_settings_it_says_what_to_do(self, tmp_path: Path, capsys: Out, action: str) -> None:
        status, _, err = krn(capsys, "meter", action, "--settings", str(tmp_path / "none.toml"))
        assert status == 1
        assert "docs/config.md" in err

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (("serve", "--settings", "F", "--wires", "W"), "--settings and --wires: each says"),
            (("serve", "--settings", "F", "--demo"), "not allowed with argument"),
            (("probe", "--settings", "F", "--demo"), "not allowed with argument"),
            (("serve", "--socket", "S", "--abort"), "--socket, --abort: only with --demo or --wires"),
        ],
    )
    def test_nothing_that_is_said_counts_for_nothing(self, capsys: Out, arguments: tuple[str, ...], says: str) -> None:
        status, _, err = krn(capsys, "meter", *arguments)
        assert status == 2
        assert says in err

    @pytest.mark.slow
    def test_the_tools_go_through_the_process_that_holds_the_devices(self, tmp_path: Path, capsys: Out) -> None:
        with serving(tmp_path):
            settings = tmp_path / "meter.toml"
            settings.write_text(f'socket = "{tmp_path}/socket"\n[keypad]\npin_factory = "mock"\n{MATRIX}')
            status, out, _ = krn(capsys, "meter", "probe", "--settings", str(settings))
        assert status == 0
        # Only the demo's meter behind the process has a number: mock pins have none.
        assert "meter number   99100000001" in out


@pytest.mark.parametrize("word", [["--settings", "meter.toml"], ["--demo"]])
def test_a_bench_takes_no_settings_that_it_would_not_follow(capsys: Out, word: list[str]) -> None:
    status, out, err = krn(capsys, "meter", "bench", "--wires", "/no/wires", *word)
    assert (status, out) == (2, "")
    assert f"unrecognized arguments: {' '.join(word)}" in err


@pytest.mark.slow
def test_a_bench_keeps_its_meter_over_the_process(tmp_path: Path) -> None:
    with running("bench", "--wires", str(tmp_path / "wires")) as bench:
        assert bench.stdout is not None
        assert "listening" in bench.stdout.readline()
        wires = ("--wires", str(tmp_path / "wires"))
        for expected in ("1", "1"):
            with serving(tmp_path, *wires), MeterProcess(tmp_path / "socket", "generic-4x3") as adapter:
                shown = adapter.read(MeterRegister.KRN)
                assert shown is not None
                assert shown.seen == expected
    with serving(tmp_path, "--wires", str(tmp_path / "nowhere")), pytest.raises(MeterProcessGone, match="bench"):
        MeterProcess(tmp_path / "socket", "generic-4x3")


class TestUpgradeOnGpio:
    def test_it_ends_at_the_new_krn(self, capsys: Out) -> None:
        status, out, err = krn(capsys, "upgrade", "--demo", "--meter", "gpio", "--json")
        document = json.loads(out)
        assert (status, err) == (0, "")
        assert (document["outcome"], document["meter"]) == ("upgraded", {"krn": 3, "proved": True})
        assert [answer["source"] for answer in document["answers"]] == ["picture"] * 4

    @pytest.mark.parametrize("model", ["auto-accept", "enter-key", "conlog-like"])
    def test_every_model(self, capsys: Out, model: str) -> None:
        status, out, _ = krn(capsys, "upgrade", "--demo", "--meter", "gpio", "--model", model, "--json")
        assert (status, json.loads(out)["outcome"]) == (0, "upgraded")

    @pytest.mark.parametrize(
        ("fault", "code"),
        [("periksa", "UPG-06"), ("wrong-meter", "UPG-07"), ("dead-row", "UPG-04"), ("slow-scan", "UPG-04")],
    )
    def test_a_fault_ends_with_its_reason(self, capsys: Out, fault: str, code: str) -> None:
        status, _, err = krn(capsys, "upgrade", "--demo", "--meter", "gpio", "--fault", fault, "--seed", "1")
        assert status == 1
        assert code in err

    @pytest.mark.parametrize("meter", ["virtual", "optical"])
    @pytest.mark.parametrize("fault", ["mute", "locked-out"])
    def test_a_fault_that_would_not_play_is_refused(self, capsys: Out, meter: str, fault: str) -> None:
        status, out, err = krn(capsys, "upgrade", "--demo", "--meter", meter, "--fault", fault)
        assert (status, out) == (1, "")
        assert f"only --demo --meter gpio plays this fault: {fault}" in err

    def test_a_model_that_is_not_there(self, capsys: Out) -> None:
        status, _, err = krn(capsys, "upgrade", "--demo", "--meter", "gpio", "--model", "nonsense")
        assert status == 1
        assert "HW-09" in err
        assert "generic-4x3" in err

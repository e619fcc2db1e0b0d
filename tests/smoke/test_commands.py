"""Every command of `krn`, run once in its smallest form."""

import argparse
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kiosk.cli import COMMANDS, GROUPS, parser_for
from krn_engine.demo import DemoCase, DemoProvince
from tests.krn_engine.sts.vectors import EA11_SETS
from tests.support.bulk import RECIPIENT
from tests.support.cli import Out, krn
from tests.support.commands import below, whole_parser
from tests.support.softhsm import LIBRARY, PIN, initialise
from tests.support.softhsm_folder import configuration

pytestmark = pytest.mark.slow

SET = EA11_SETS[0]
TOKEN = {"ea": 11, "key": SET["expected"]["old_key"], "token": SET["expected"]["tokens"][0]}
VAULT = "--vault province/vault --passphrase-file province/passphrase"
METER = DemoProvince().first(DemoCase.FOUR_ROWS).meter_number
SAID = "--because looked --by Contoh"
PERIOD = 20.0
"""Seconds in which a process begins, and in which it ends when it is told to."""


@dataclass(frozen=True)
class Run:
    """What is asked of `krn` in the folder of a demo office, one command line after the other; the last one counts."""

    lines: tuple[str, ...]
    says: str
    """What stands somewhere in its output."""
    typed: str = ""
    """Its standard input."""


@dataclass(frozen=True)
class Alone:
    """As above, in a process of its own. One that `serves` is told to end after its first line."""

    line: str
    says: str
    serves: bool = False
    softhsm: bool = False
    """It needs a token, `krn`, of SoftHSM2."""


SMALLEST: dict[str, Run | Alone] = {
    "kiosk": Alone("kiosk --demo", "KRN 1 is now KRN 3"),
    "upgrade": Run(("upgrade --demo",), "KRN 3"),
    "rows": Run(("rows --json",), SET["expected"]["tokens"][0], json.dumps(SET) + "\n"),
    "decode": Run(("decode --json",), '"crc_ok": true', json.dumps(TOKEN) + "\n"),
    "office import": Run(("office import --new list.csv --register new.db",), "1 customers stored"),
    "office demo": Run(("office demo --customers 1 --out small",), "1 invented customers"),
    "office report": Run(("office report --register province/register.db",), "meters               16"),
    "office forget-rows": Run(("office forget-rows --accept --register province/register.db",), "of 0 meters"),
    "office holds": Run(
        ("office demo --customers 1 --out held", f"office holds {METER} --krn 2 {SAID} --register held/register.db"),
        "KRN 2, 2 rows to go",
    ),
    "office retract": Run(
        ("office demo --customers 1 --out back", f"office retract {METER} {SAID} --register back/register.db"),
        "KRN 1, 4 rows to go",
    ),
    "office serve": Alone("office serve --port 0 --config province/kiosk.toml", "listening on http://127", serves=True),
    "office enrol": Run(("office enrol kiosk-1 --unit 99001 --register province/register.db",), "code for kiosk-1"),
    "office audit key": Run(("office audit key --out audit-key --json",), '"public_key": "'),
    "office audit verify": Run(
        ("office demo --customers 1 --out verified", "office audit verify --config verified/kiosk.toml"),
        "2 entries whole from 1 on",
    ),
    "office audit list": Run(
        ("office audit list --after 1 --register province/register.db",), "local        taken-over"
    ),
    "office audit accept": Run(
        (f"office audit accept {SAID} --register province/register.db",), "there is nothing to accept"
    ),
    "office audit checkpoint": Run(
        ("office demo --customers 1 --out signed", "office audit checkpoint --config signed/kiosk.toml"), '"seq": 2'
    ),
    "office kiosks": Run(("office kiosks --register province/register.db",), "nobody is enrolled"),
    "vault init": Run(("vault init --vault new --passphrase-file province/passphrase",), "made an empty vault"),
    "vault import": Run((f"vault import keys.csv {VAULT}",), "check value D5D44F"),
    "vault list": Run((f"vault list {VAULT}",), "SGC 999007  KRN 1"),
    "vault to-module": Alone(
        f"vault to-module keys-04.csv --library {LIBRARY} --token krn --pin-file pin-of-token",
        'label = "krn-999011-1-2"',
        softhsm=True,
    ),
    "bulk": Run(
        (f"bulk --worklist list.csv --out rows.age --to {RECIPIENT} --config province/kiosk.toml",),
        "meters without       1",
    ),
    "meter serve": Alone("meter serve --demo --socket socket --journal journal", "listening on socket", serves=True),
    "meter probe": Run(("meter probe --demo",), "meter number   99100000001"),
    "meter type": Run(("meter type --demo",), "ACCEPTED"),
    "meter calibrate": Run(("meter calibrate --demo",), "shortest_press"),
    "meter loop-back": Run(("meter loop-back --demo",), "enter      good"),
    "meter bench": Alone("meter bench --wires wires", "listening on wires", serves=True),
    "doctor": Run(("doctor --demo",), "Printer"),
    "setup": Run(("setup --folder etc --state state",), "written to", "\n" * 10),
    "office people add": Run(
        ("office people add sari --all-units --register province/register.db",), "sari can sign in", "271828\n"
    ),
    "office people list": Run(
        ("office demo --customers 1 --out empty", "office people list --register empty/register.db"),
        "nobody can sign in",
    ),
    "office people password": Run(
        (
            "office demo --customers 1 --out peopled",
            "office people add sari --all-units --register peopled/register.db",
            "office people password sari --register peopled/register.db",
        ),
        "has another PIN or password now",
        "271828\n314159\n",
    ),
    "office people remove": Run(
        (
            "office demo --customers 1 --out left",
            "office people add sari --all-units --register left/register.db",
            "office people remove sari --register left/register.db",
        ),
        "can sign in no more",
        "271828\n",
    ),
    "office orders list": Run(("office orders list 99001 --config province/kiosk.toml",), "orders: "),
    "office orders make": Run(
        ("office orders make 99001 --officer sari --out made.xlsx --out made.pdf --config province/kiosk.toml",),
        "orders for sari",
    ),
    "office orders results": Run(
        (
            "office orders make 99001 --officer sari --out back.csv --config province/kiosk.toml",
            "office orders results back.csv --config province/kiosk.toml",
        ),
        "0 results on record (each once, however often it comes)",
    ),
    "backup": Run(("backup --config province/kiosk.toml --to copies",), "copies/register-"),
    "restore": Run(
        (
            "backup --config province/kiosk.toml --to other-copies",
            "restore other-copies/register-*.db --config province/kiosk.toml",
        ),
        "is the register now",
    ),
    "out-of-service": Alone("out-of-service --seconds 0.1", ""),
    "outbox": Run(("outbox --config networked.toml",), "the office has everything"),
    "pin": Run(("pin pin-file",), "kept in pin-file", "271828\n"),
    "chat": Run(("chat --demo",), "Upgrade meter listrik prabayar PLN", "halo\n"),
    "bench": Run(("bench rows --quick",), "rows_ea11_derived"),
}
"""Each command, and how it is run."""


def commands(parser: argparse.ArgumentParser, words: tuple[str, ...] = ()) -> Iterator[str]:
    """Every command and subcommand of a parser, without those that only have others below them."""
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for action in below:
        for word, deeper in action.choices.items():
            yield from commands(deeper, (*words, word))
    if not below:
        yield " ".join(words)


def test_every_command_has_a_smoke_run() -> None:
    assert set(commands(whole_parser())) == set(SMALLEST)


def test_a_command_without_one_is_found() -> None:
    parser = whole_parser()
    below(parser)["new"] = argparse.ArgumentParser()
    assert set(commands(parser)) - set(SMALLEST) == {"new"}


def test_every_command_of_a_module_is_in_the_table() -> None:
    every = set(commands(whole_parser()))
    assert {words for asked in COMMANDS for words in commands(parser_for(asked.split()))} == every


def test_help_names_every_command_and_imports_none() -> None:
    program = [sys.executable, "-m", "tests.programs.parsed"]
    imported = subprocess.run(program, capture_output=True, text=True, check=True).stdout.split()
    assert [name for name in imported if name.startswith("kiosk.commands.") or "sqlalchemy" in name] == []
    assert set(commands(parser_for([]))) == set(COMMANDS)
    assert all(text in " ".join(parser_for([]).format_help().split()) for text in GROUPS.values())


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo office, which all commands work in. Each writes to files of its own."""
    folder = tmp_path_factory.mktemp("office")
    command = [sys.executable, "-m", "kiosk.cli", "office", "demo", "--customers", "16", "--out", "province"]
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=True)
    (folder / "list.csv").write_text("IDPEL,NOMOR_METER\n990000000001,99100000001\n")
    (folder / "networked").mkdir()
    (folder / "networked.toml").write_text('office_url = "http://localhost:1"\nstate = "networked"\n')
    (folder / "keys.csv").write_text("SGC,KRN,KT,DKGA,BASE_DATE,KEN,KEY\n012345,1,2,2,1993,255,0123456789abcdef\n")
    return folder


@pytest.mark.parametrize("name", [name for name, how in SMALLEST.items() if isinstance(how, Run)])
def test_it_runs(name: str, office: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    how = SMALLEST[name]
    assert isinstance(how, Run)
    assert how.lines[-1].startswith(name)
    monkeypatch.chdir(office)
    monkeypatch.setattr("sys.stdin", io.StringIO(how.typed))
    for line in how.lines:
        status, out, err = krn(capsys, *_expanded(line, office))
        assert (status, err) == (0, "")
    assert how.says in out


def _expanded(line: str, folder: Path) -> list[str]:
    """The words of a command line, as a shell gives them."""
    return [str(found) for word in line.split() for found in (folder.glob(word) if "*" in word else [word])]


def softhsm_in(folder: Path) -> dict[str, str]:
    """A token, its PIN and a key for it; gives the environment in which it is found."""
    environment = dict(configuration(folder))
    initialise("krn", environment)
    (folder / "pin-of-token").write_text(PIN)
    (folder / "pin-of-token").chmod(0o600)
    (folder / "keys-04.csv").write_text(
        f"SGC,KRN,KT,DKGA,BASE_DATE,KEN,KEY\n999011,1,2,4,1993,255,{'0123456789' * 4}\n"
    )
    return environment


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, how in SMALLEST.items() if isinstance(how, Alone)])
def test_it_runs_in_a_process_of_its_own(name: str, office: Path) -> None:
    how = SMALLEST[name]
    assert isinstance(how, Alone)
    assert how.line.startswith(name)
    if how.softhsm and LIBRARY is None:
        pytest.skip("apt-get install softhsm2")
    command = [sys.executable, "-m", "kiosk.cli", *how.line.split()]
    environment = os.environ | {"SDL_VIDEODRIVER": "dummy"} | (softhsm_in(office) if how.softhsm else {})
    with subprocess.Popen(
        command, cwd=office, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = ""
        if how.serves:
            said = process.stdout.readline()
            process.send_signal(signal.SIGTERM)
        try:
            rest, errors = process.communicate(timeout=PERIOD)
        finally:
            process.kill()
    assert process.returncode == 0, errors
    assert how.says in said + rest

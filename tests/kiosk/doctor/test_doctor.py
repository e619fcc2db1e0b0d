"""Each part of a kiosk, in each of its states; and the command that tells them."""

import errno
import json
import os
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hardware.adapter import MeterAdapter
from hardware.errors import LineLost, MeterProcessBusy, MeterProcessGone
from hardware.keypad_tools import LoopBack
from hardware.printer.port import PrinterState
from hardware.virtual.printer import VirtualPrinter
from kiosk.cli import main
from kiosk.demo.workplace import DemoWorkplace
from kiosk.doctor import devices, examine, lobby, machine
from kiosk.doctor.check import Check
from kiosk.settings.config import Config
from kiosk.view.parts import Mood
from kiosk.workplace import Workplace, configured_workplace, light_model
from krn_engine.demo import DEMO_DAY, DemoCase, DemoProvince
from krn_engine.issuing.errors import KeyNotProtected
from krn_engine.issuing.sources.port import Health, SourceKind
from krn_engine.issuing.vault import KdfCost, Vault, check_value
from krn_engine.office.audit.keeper import Keeper
from krn_engine.office.audit.key import key_from_system, make_key
from krn_engine.register.backup import back_up
from krn_engine.register.database import Register, sqlite_url
from krn_engine.register.errors import RegisterBusy, RegisterDamaged, RegisterError
from tests.support.cli import krn
from tests.support.scripted import Scripted, ScriptedTools
from tests.support.workplaces import demo_in


@pytest.fixture
def here(tmp_path: Path) -> Iterator[DemoWorkplace]:
    with demo_in(tmp_path) as workplace:
        yield replace(workplace, folders=(tmp_path,))


def states(here: Workplace) -> dict[str, Mood]:
    checks = list(examine(here))
    for check in checks:
        assert bool(check.advice) == (check.mood is not Mood.GOOD), check
    return {check.part: check.mood for check in checks}


def test_a_kiosk_that_is_ready(here: DemoWorkplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "SYNCHRONISED", Path(__file__))
    found = states(here)
    assert found["office"] is found["disk"] is found["clock"] is found["printer"] is Mood.GOOD
    assert found["records"] is Mood.CAREFUL
    assert "meter" not in found


class Damaged:
    """An office whose register broke."""

    def progress(self) -> None:
        raise RegisterDamaged("the register is damaged")


def test_an_office_that_cannot_be_asked(here: DemoWorkplace) -> None:
    assert states(replace(here, office=Damaged()))["office"] is Mood.BAD  # type: ignore[arg-type]


def test_a_register_that_is_not_whole_is_told(here: DemoWorkplace) -> None:
    def is_not() -> None:
        raise RegisterDamaged("the register is damaged")

    assert states(replace(here, require_whole=is_not))["office"] is Mood.BAD


@pytest.mark.parametrize("asked", [(), ("--opens",)], ids=["all", "opens"])
def test_the_doctor_reads_all_of_a_register(
    tmp_path: Path, asked: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "register.db"
    Register.create(sqlite_url(path)).close()
    (tmp_path / "kiosk.toml").write_text(f'register = "{sqlite_url(path)}"\n')
    read: list[Register] = []

    def reads(register: Register) -> None:
        read.append(register)

    monkeypatch.setattr(Register, "require_whole", reads)
    main(["doctor", *asked, "--config", str(tmp_path / "kiosk.toml")])
    assert len(read) == 1


def test_a_module_that_rows_come_from_is_told(here: DemoWorkplace) -> None:
    down = Health(SourceKind.STS_MODULE, (), "SRC-01", "it does not answer")
    found = states(replace(here, row_sources=lambda: (Health(SourceKind.PKCS11, ()), down)))
    assert (found["source-pkcs11"], found["source-sts-module"]) == (Mood.GOOD, Mood.BAD)


@pytest.mark.parametrize("text", ["[other]", '[pkcs11]\nlibrary = "/none.so"\ntoken = "krn"'])
def test_a_file_of_sources_that_cannot_be_used_is_one_line_among_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    with Register.create(sqlite_url(tmp_path / "register.db")) as register:
        DemoProvince(4).load(register)
    (tmp_path / "sources.toml").write_text(text)
    config = tmp_path / "kiosk.toml"
    config.write_text(f'register = "{sqlite_url(tmp_path / "register.db")}"\nsources = "{tmp_path / "sources.toml"}"\n')
    _, out, _ = krn(capsys, "doctor", "--config", str(config), "--json")
    checks = {check["part"]: check for check in json.loads(out)["checks"]}
    assert "SRC-08" in checks["start"]["says"]
    assert checks["office"]["state"] == "good"


def test_rows_of_a_workplace_come_from_the_source_that_its_settings_name(tmp_path: Path) -> None:
    province = DemoProvince(4)
    with Register.create(sqlite_url(tmp_path / "register.db")) as register:
        province.load(register)
    (tmp_path / "sources.toml").write_text(
        '[pkcs11]\nlibrary = "/none.so"\ntoken = "krn"\n[[pkcs11.key]]\nlabel = "a"\nsgc = "999007"\nkrn = 1\n'
        'base_date = 1993\ncheck_value = "000000"\n'
    )
    config = Config(sqlite_url(tmp_path / "register.db"), sources=tmp_path / "sources.toml")
    with configured_workplace(config) as here:
        (health,) = here.row_sources()
        assert (health.kind, health.code) == (SourceKind.PKCS11, "SRC-01")
        with pytest.raises(KeyNotProtected):
            here.office.issue(province.first(DemoCase.FOUR_ROWS).meter_number, "r1")


@pytest.mark.parametrize(("units", "told"), [(None, None), (["99001"], None), (["51101"], "4")])
def test_customers_of_other_units_are_told(tmp_path: Path, units: list[str] | None, told: str | None) -> None:
    with Register.create(sqlite_url(tmp_path / "register.db")) as register:
        DemoProvince(4).load(register)
    config = Config(sqlite_url(tmp_path / "register.db"), units=None if units is None else tuple(units))
    with configured_workplace(config) as here:
        said = [check.says.values["customers"] for check in examine(here) if check.part == "units"]
    assert said == ([] if told is None else [told])


@pytest.mark.parametrize(
    ("has_key", "is_installed", "mood"),
    [(True, True, Mood.GOOD), (True, False, Mood.GOOD), (False, True, Mood.CAREFUL), (False, False, None)],
)
def test_rows_in_the_clear_are_told_on_an_installed_kiosk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_key: bool, is_installed: bool, mood: Mood | None
) -> None:
    url, copies = sqlite_url(tmp_path / "register.db"), tmp_path / "copies"
    Register.create(url).close()
    back_up(tmp_path / "register.db", copies, DEMO_DAY)
    (tmp_path / "krn-rows").write_bytes(bytes(range(32)))
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    monkeypatch.setattr(lobby, "UNITS", tmp_path)
    if is_installed:
        (tmp_path / lobby.INSTALLED).touch()
    with configured_workplace(Config(url, backups=copies, rows_key="credential" if has_key else None)) as here:
        told = {check.part: check for check in examine(here)}
    assert (told["rows"].mood if "rows" in told else None) is mood
    assert ("rows-copies" in told) is has_key
    assert not has_key or told["rows-copies"].says.values == {"files": "1"}


@pytest.mark.parametrize(
    ("error", "mood"),
    [(None, None), (RegisterBusy("a list is going in"), Mood.CAREFUL), (RegisterDamaged("it is gone"), Mood.BAD)],
)
def test_a_list_of_which_half_is_in_is_told(
    here: DemoWorkplace, error: RegisterError | None, mood: Mood | None
) -> None:
    told = [check for check in examine(replace(here, half_list=lambda: error)) if check.part == "list"]
    assert [(check.mood, check.advice) for check in told] == ([] if error is None else [(mood, error.message)])


def test_how_far_the_audit_is_signed(tmp_path: Path) -> None:
    """Nothing of it in a demo; without a key that is told, and with one whether its end is signed."""
    url, key = sqlite_url(tmp_path / "register.db"), tmp_path / "key"
    with Register.create(url):
        pass
    make_key(key)

    def told(key: Path | None = None) -> Check:
        with configured_workplace(Config(url, audit_key=key)) as here:
            (found,) = (check for check in examine(here) if check.part == "audit")
            return found

    assert (told().mood, told().says.values) == (Mood.GOOD, {"entries": "1", "signed": "0"})
    assert told().says.text.endswith("tidak ditandatangani")
    assert told(key).mood is Mood.CAREFUL
    with Register.open(url) as register:
        Keeper(register, key_from_system(key)).sign_now()
    assert (told(key).mood, told(key).says.values) == (Mood.GOOD, {"entries": "1", "signed": "1"})
    key.chmod(0o644)
    assert (told(key).mood, told(key).says.values) == (Mood.BAD, {"code": "AUD-02"})


def test_a_demo_says_nothing_of_an_audit(here: DemoWorkplace) -> None:
    assert "audit" not in {check.part for check in examine(here)}


def test_what_a_killed_program_left_is_taken_away_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The register of the settings has half a list, a row of another list beside it, and half a copy."""
    url, copies = sqlite_url(tmp_path / "register.db"), tmp_path / "copies"
    (tmp_path / "krn-rows").write_bytes(bytes(range(32)))
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    config = Config(url, backups=copies, rows_key="credential")
    copies.mkdir()
    with Register.create(url) as register, register.write() as connection:
        connection.exec_driver_sql("INSERT INTO counters (name, value) VALUES ('list', 5)")
    left = [tmp_path / "register.db.list-new", copies / "register-000001-2026-01-15-000000.new"]
    for path in left:
        path.touch()
    with configured_workplace(config) as here:
        assert not any(path.exists() for path in left)
        told = {check.part: check for check in examine(here)}
        assert told["list"].mood is Mood.BAD
        assert "rows-copies" not in told
        for path in left:
            path.touch()
        told = {check.part: check for check in examine(here)}
        assert told["rows-copies"].says.values == {"files": "2"}


@pytest.mark.parametrize("state", PrinterState)
def test_the_printer_is_examined_in_each_of_its_states(here: DemoWorkplace, state: PrinterState) -> None:
    found = states(replace(here, printer=VirtualPrinter(condition=state)))
    assert found["printer"] is (Mood.GOOD if state is PrinterState.READY else Mood.CAREFUL)
    assert "printer" not in states(replace(here, printer=None))


@pytest.mark.parametrize("there", [True, False])
def test_the_meter_process_is_examined(here: DemoWorkplace, there: bool) -> None:
    def connect(_number: str, _model: str) -> MeterAdapter:
        if not there:
            raise MeterProcessGone("is krn-meter running?")
        return Scripted([])

    found = states(replace(here, connect=connect, demo=False))
    assert found["meter"] is (Mood.GOOD if there else Mood.BAD)
    assert found["pin"] is Mood.CAREFUL


@pytest.mark.parametrize("by_keys", [True, False])
@pytest.mark.parametrize("there", [True, False])
def test_an_optical_head_is_examined(here: DemoWorkplace, there: bool, by_keys: bool) -> None:
    def connect(_number: str, model: str) -> MeterAdapter:
        if not there and model == "dlms-hdlc":
            raise LineLost("no optical head is plugged in")
        meter = Scripted([])
        meter.set_aside = 3
        return meter

    lit = replace(here, connect=connect, demo=False, by_keys=by_keys, light=light_model("dlms-hdlc"))
    found = list(examine(lit))
    parts = [check.part for check in found if check.part in ("meter", "head", "meter-journal")]
    assert parts == [
        *(["meter", "meter-journal"] if by_keys else []),
        "head",
        *(["meter-journal"] * (there and not by_keys)),
    ]
    head = next(check for check in found if check.part == "head")
    assert (head.mood, head.advice) == ((Mood.GOOD, "") if there else (Mood.BAD, "no optical head is plugged in"))
    assert "head" not in states(replace(here, connect=connect, demo=False))


def test_a_head_is_examined_when_the_session_before_is_out(
    here: DemoWorkplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "AGAIN_SECONDS", 0.0)
    left = [3]

    def connect(_number: str, _model: str) -> MeterAdapter:
        left[0] -= 1
        if left[0] >= 0:
            raise MeterProcessBusy("another session")
        return Scripted([])

    lit = replace(here, connect=connect, demo=False, by_keys=False, light=light_model("dlms-hdlc"))
    assert states(lit)["head"] is Mood.GOOD
    left[0] = 1000
    assert states(lit)["head"] is Mood.BAD


@pytest.mark.parametrize(("lines", "mood"), [(0, None), (3, Mood.CAREFUL)])
def test_damaged_lines_of_the_meter_processs_journal_are_told(
    here: DemoWorkplace, lines: int, mood: Mood | None
) -> None:
    meter = Scripted([])
    meter.set_aside = lines
    checks = examine(replace(here, connect=lambda _number, _model: meter, demo=False))
    told = [check for check in checks if check.part == "meter-journal"]
    assert [check.mood for check in told] == ([] if mood is None else [mood])
    assert all("journal.damaged" in check.advice and "3" in check.says.values.values() for check in told)


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        (None, None),
        ('[keypad.contacts]\nform = "lines"\nenable = 27\n[keypad.contacts.keys]\n1 = 17\n', None),
        ('[contacts]\nform = "lines"\nenable = 27\n[contacts.keys]\n1 = 17\n', Mood.CAREFUL),
        ("no settings", None),
    ],
)
def test_settings_of_an_earlier_release_are_told(
    here: DemoWorkplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, mood: Mood | None
) -> None:
    path = tmp_path / "meter.toml"
    if text is not None:
        path.write_text(text)
    monkeypatch.setattr(devices, "METER_SETTINGS", path)
    told = [check for check in examine(here) if check.part == "meter-settings"]
    assert [check.mood for check in told] == ([] if mood is None else [mood])
    assert all(f"{path} is written as for an earlier release" in check.advice for check in told)
    assert all("[keypad.contacts]" in check.advice for check in told)


@pytest.mark.parametrize(
    ("loop", "mood"),
    [
        (None, None),
        (LoopBack(("1", "2"), ("1", "2"), ()), Mood.GOOD),
        (LoopBack(("1", "2"), ("1",), ("2",)), Mood.BAD),
        (LoopBack(("1", "2"), ("1",), ()), Mood.BAD),
    ],
)
def test_the_contacts_are_examined_by_the_loop_back(
    here: DemoWorkplace, loop: LoopBack | None, mood: Mood | None
) -> None:
    tools = ScriptedTools(plug=loop)
    found = states(replace(here, connect=lambda _number, _model: Scripted([], keypad=tools), demo=False))
    assert found.get("contacts") is mood
    assert found["meter"] is Mood.GOOD


@pytest.mark.parametrize(
    ("headphones", "there", "mood"),
    [(None, True, None), ("hw:1", True, Mood.GOOD), ("hw:1", False, Mood.CAREFUL), (None, False, None)],
)
def test_the_voice_is_examined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, headphones: str | None, there: bool, mood: Mood | None
) -> None:
    Register.create(sqlite_url(tmp_path / "register.db")).close()
    monkeypatch.setattr("shutil.which", lambda program: f"/usr/bin/{program}" if there else None)
    with configured_workplace(Config(sqlite_url(tmp_path / "register.db"), headphones=headphones)) as here:
        assert states(here).get("voice") is mood


def test_a_clock_that_is_not_synchronised_is_told(here: DemoWorkplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "SYNCHRONISED", Path("/nowhere"))
    assert states(here)["clock"] is Mood.CAREFUL
    monkeypatch.setattr(time, "time", lambda: 86400.0)
    assert states(here)["clock"] is Mood.BAD


def test_a_disk_that_is_nearly_full_is_told(here: DemoWorkplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "LEAST_FREE", 1e18)
    assert states(here)["disk"] is Mood.BAD


@pytest.mark.parametrize(("text", "mood"), [("45000", Mood.GOOD), ("76000", Mood.CAREFUL), ("85000", Mood.BAD)])
def test_the_heat_of_the_processor_is_examined(
    here: DemoWorkplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, mood: Mood
) -> None:
    (tmp_path / "temp").write_text(f"{text}\n")
    monkeypatch.setattr(machine, "THERMAL", tmp_path / "temp")
    assert states(here)["heat"] is mood
    (tmp_path / "temp").write_text("?")
    assert "heat" not in states(here)


@pytest.mark.parametrize(("text", "mood"), [("0", Mood.GOOD), ("50000", Mood.CAREFUL), ("50005", Mood.BAD)])
def test_the_power_supply_is_examined(
    here: DemoWorkplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, mood: Mood
) -> None:
    (tmp_path / "throttled").write_text(f"{text}\n")
    monkeypatch.setattr(machine, "THROTTLED", tmp_path / "throttled")
    assert states(here)["supply"] is mood


@pytest.mark.parametrize(("device", "mood"), [("E:ID_INPUT_TOUCHSCREEN=1", Mood.GOOD), ("E:ID_INPUT=1", Mood.CAREFUL)])
def test_the_touchscreen_is_examined(
    here: DemoWorkplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, device: str, mood: Mood
) -> None:
    monkeypatch.setattr(machine, "UDEV", Path("/nowhere"))
    assert "touch" not in states(here)
    (tmp_path / "c13:64").write_text(f"I:1\n{device}\n")
    monkeypatch.setattr(machine, "UDEV", tmp_path)
    assert states(here)["touch"] is mood


@pytest.mark.parametrize(("text", "mood"), [("N", Mood.GOOD), ("Y", Mood.CAREFUL)])
def test_what_the_kernel_does_with_a_line_of_a_killed_process(
    here: DemoWorkplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, mood: Mood
) -> None:
    assert "lines" not in states(here)
    (tmp_path / "persist").write_text(f"{text}\n")
    monkeypatch.setattr(machine, "PERSISTENT", (tmp_path / "persist", tmp_path / "other"))
    assert states(here)["lines"] is mood
    assert "lines" not in states(replace(here, connect=None))


def test_vending_keys_by_their_check_values(here: DemoWorkplace) -> None:
    told = [check.says.values for check in examine(replace(here, vault=here.province.vault)) if check.part == "keys"]
    assert [values["check"] for values in told] == [check_value(entry.key) for entry in here.province.vault.keys]
    assert not any(entry.key.value.hex().upper() in repr(told) for entry in here.province.vault.keys)
    assert states(replace(here, vault=Vault()))["keys"] is Mood.BAD


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register and a vault, and a file that holds another passphrase than the vault's."""
    folder = tmp_path_factory.mktemp("demo")
    assert main(["office", "demo", "--customers", "1", "--out", str(folder)]) == 0
    (folder / "wrong").write_text("not the passphrase")
    (folder / "wrong").chmod(0o600)
    return folder


OPENS = "register = 'sqlite:///DEMO/register.db'\nvault = 'DEMO/vault'\n"


class TestCommand:
    def run(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
        status, out, _ = krn(capsys, "doctor", "--json", *arguments)
        return status, json.loads(out)

    def test_the_demo_is_ready(self, capsys: pytest.CaptureFixture[str]) -> None:
        status, told = self.run(capsys, "--demo")
        assert (status, told["ready"]) == (0, True)
        assert {"part": "office", "state": "good", "says": "Customer records: 64 meters"} in told["checks"]

    def test_a_kiosk_that_cannot_be_opened_is_not(self, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
        config = tmp_path / "kiosk.toml"
        config.write_text(f'register = "sqlite:///{tmp_path}/none.db"')
        status, told = self.run(capsys, "--config", str(config))
        assert (status, told["ready"]) == (1, False)
        assert told["checks"][0]["says"].startswith("The kiosk cannot be opened: REG-")

    @pytest.mark.parametrize(
        ("text", "code", "advice"),
        [
            (
                None,
                "KSK-01",
                r"no configuration at .*kiosk.toml: write one with krn setup.* --config.* --demo",
            ),
            ("register = ", "KSK-01", r"is not TOML.*Mend .*kiosk.toml .*krn setup"),
            ("colour = 1", "KSK-01", r"register is missing.*unknown setting colour.*Mend .*kiosk.toml .*krn setup"),
            ('register = "x"', "KSK-01", r"register must be the URL.*Mend .*kiosk.toml"),
            ('register = "oops://x"', "KSK-01", r"register must be the URL.*Mend .*kiosk.toml"),
            ("\udcff", "KSK-01", r"kiosk.toml cannot be read: it is not UTF-8 text.*krn setup"),
            (
                'register = "sqlite:////no/register.db"',
                "REG-01",
                "no register at /no/register.db: .*krn office import",
            ),
            (f"{OPENS}passphrase_file = 'WRONG'", "VLT-04", "take the one with which the vault was made"),
            (
                f"{OPENS}passphrase_file = '/no/file'",
                "VLT-09",
                "the passphrase file /no/file cannot be read: No such file or directory$",
            ),
            (OPENS, "VLT-09", "no passphrase for the vault: .*; if the kiosk alone is given it, sudo krn-doctor"),
            (f"{OPENS}campaign = '/no/file'", "ISS-01", "Name another in the setting campaign"),
            (f"{OPENS}campaign = 'WRONG'", "ISS-01", r"not TOML.*Mend .*wrong"),
        ],
    )
    def test_every_refusal_says_what_to_do(
        self, capsys: pytest.CaptureFixture[str], demo: Path, tmp_path: Path, text: str | None, code: str, advice: str
    ) -> None:
        path = tmp_path / "kiosk.toml"
        if text is not None:
            text = text.replace("DEMO", str(demo)).replace("WRONG", str(demo / "wrong"))
            path.write_bytes(text.encode(errors="surrogateescape"))
        status, told = self.run(capsys, "--config", str(path))
        check, *others = told["checks"]
        assert (status, check["says"]) == (1, f"The kiosk cannot be opened: {code}")
        # What stays closed hides no other part; without settings nobody knows what the parts are.
        parts = {other["part"] for other in others}
        assert ("clock" in parts, "office" in parts) == (code != "KSK-01", code not in {"KSK-01", "REG-01"})
        assert re.search(advice, check["advice"])

    def test_all_faults_are_told_at_once(self, capsys: pytest.CaptureFixture[str], demo: Path, tmp_path: Path) -> None:
        path = tmp_path / "kiosk.toml"
        lines = [f"{name} = '/no/{name}'" for name in ("vault", "campaign", "technician_pin", "meter_socket")]
        path.write_text("\n".join(["register = 'sqlite:////no/register.db'", *lines]))
        status, told = self.run(capsys, "--config", str(path))
        assert (status, told["ready"]) == (1, False)
        bad = [check for check in told["checks"] if check["state"] == "bad"]
        codes = {check["says"].rpartition(": ")[2] for check in bad}
        assert {"ISS-01", "REG-01", "VLT-09", "KSK-07", "HW-11"} <= codes
        assert len([check for check in bad if check["part"] == "start"]) == 4
        # Nothing is said of a part that cannot be looked at, and each fault is told once.
        assert not {"office", "records", "pin", "keys"} & {check["part"] for check in told["checks"]}
        assert {"clock", "meter"} <= {check["part"] for check in told["checks"]}

    def test_a_key_that_is_missing_hides_no_missing_register(
        self, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        path = tmp_path / "kiosk.toml"
        path.write_text("register = 'sqlite:////no/register.db'\nrows_key = 'credential'\n")
        status, told = self.run(capsys, "--config", str(path))
        found = [check for check in told["checks"] if check["part"] == "start"]
        assert (status, [check["says"][-6:] for check in found]) == (1, ["REG-01", "ISS-06"])
        assert ["sudo krn-doctor" in check["advice"] for check in found] == [False, True]
        assert krn(capsys, "office", "report", "--config", str(path))[2].endswith("[REG-01]\n")

    @pytest.mark.parametrize("rows_key", ["otp", "credential"])
    def test_nobody_is_sent_to_the_kiosks_place_who_would_find_nothing_there(
        self,
        capsys: pytest.CaptureFixture[str],
        demo: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        rows_key: str,
    ) -> None:
        """The board's key is the same for all users; and whoever is in the kiosk's place has its credentials."""
        path = tmp_path / "kiosk.toml"
        path.write_text(f"register = 'sqlite:///{demo}/register.db'\nrows_key = '{rows_key}'\n")
        if rows_key == "credential":
            monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
        _, told = self.run(capsys, "--config", str(path))
        assert told["checks"][0]["says"].endswith("ISS-06")
        assert "krn-doctor" not in told["checks"][0]["advice"]

    @pytest.mark.parametrize(("setting", "code"), [("technician_pin", "KSK-07"), ("campaign", "ISS-01")])
    def test_a_missing_file_hides_nothing_else(
        self, capsys: pytest.CaptureFixture[str], demo: Path, tmp_path: Path, setting: str, code: str
    ) -> None:
        path = tmp_path / "kiosk.toml"
        path.write_text(f"register = 'sqlite:///{demo}/register.db'\n{setting} = '/no/file'\n")
        status, told = self.run(capsys, "--config", str(path))
        assert status == 1
        first, *others = told["checks"]
        assert first["says"].endswith(code)
        assert {"office", "disk", "clock"} <= {other["part"] for other in others}

    def test_a_clock_in_the_past_hides_nothing_else(
        self, capsys: pytest.CaptureFixture[str], demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "kiosk.toml"
        path.write_text(f"register = 'sqlite:///{demo}/register.db'\n")
        monkeypatch.setattr("time.time", lambda: 1000.0)
        status, told = self.run(capsys, "--config", str(path))
        assert status == 1
        states = {check["part"]: check["state"] for check in told["checks"]}
        assert (states["clock"], states["office"]) == ("bad", "good")

    def test_what_to_do_stands_below_the_line(self, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
        status, out, _ = krn(capsys, "doctor", "--config", str(tmp_path / "kiosk.toml"))
        first, second = out.splitlines()
        assert (status, first) == (1, "BAD   The kiosk cannot be opened: KSK-01")
        assert second.startswith(
            f"      there is no configuration at {tmp_path / 'kiosk.toml'}: write one with krn setup"
        )

    def test_a_configuration_that_may_not_be_read(
        self, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Root may read everything, so the refusal is made."""
        path = tmp_path / "kiosk.toml"

        def refuse(_path: Path, **_: str) -> str:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

        monkeypatch.setattr(Path, "read_text", refuse)
        status, told = self.run(capsys, "--config", str(path))
        assert status == 1
        assert told["checks"][0]["advice"].startswith(
            f"the configuration {path} cannot be read: Permission denied. Let"
        )

    def test_the_doctor_tells_in_words(self, capsys: pytest.CaptureFixture[str]) -> None:
        status, out, _ = krn(capsys, "doctor", "--demo")
        assert status == 0
        assert "ok    Customer records: 64 meters" in out


@pytest.mark.parametrize(
    ("has_vault", "guarded", "told"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_a_vault_stands_in_a_guarded_place_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, has_vault: bool, guarded: bool, told: bool
) -> None:
    Register.create(sqlite_url(tmp_path / "register.db")).close()
    secret, vault = tmp_path / "secret", tmp_path / "vault"
    secret.touch(0o600)
    secret.write_text("twenty characters and more\n")
    Vault().write(vault, "twenty characters and more", KdfCost(log2_n=10))
    settings = f'register = "{sqlite_url(tmp_path / "register.db")}"\nvault_guarded = {str(guarded).lower()}\n'
    if has_vault:
        settings += f'vault = "{vault}"\npassphrase_file = "{secret}"\n'
    with configured_workplace(Config.parse(settings)) as here:
        assert states(here).get("vault-place") is (Mood.CAREFUL if told else None)
    assert ("vault-unguarded" in caplog.text) is told

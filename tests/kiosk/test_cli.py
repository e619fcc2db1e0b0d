"""The command line as others rely on it: JSON, exit status, and one line for an error."""

import io
import json
import logging
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest
from openpyxl import load_workbook

from hardware.virtual.adapter import Pace
from kiosk.cli import main
from kiosk.commands import upgrade
from krn_engine.demo import UNIT, DemoCase, DemoProvince
from krn_engine.masking import mask_name
from krn_engine.office.contract import Grade, RowOutcome, RowRecord
from krn_engine.office.local import LocalOffice
from krn_engine.register.database import Register, sqlite_url
from krn_engine.register.digest import prepare
from krn_engine.sts.ea07 import SAMPLE_TABLES
from tests.krn_engine.sts.vectors import EA11_SETS, SHARED, load, needs_shared
from tests.support.cli import Out, krn

ROOT = Path(__file__).parents[2]
PROVINCE = DemoProvince()
SCREEN_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")


@pytest.fixture(autouse=True)
def _typed_without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upgrade, "FAST", Pace(0, 0))


def test_a_command_that_crashes_leaves_no_memory_on_a_disk(capsys: Out) -> None:
    before, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))
    try:
        assert krn(capsys, "office", "demo", "--customers", "0", "--out", "none")[0] == 1
        assert resource.getrlimit(resource.RLIMIT_CORE) == (0, most)
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (before, most))


def test_upgrade_demo_json(capsys: Out) -> None:
    status, out, err = krn(capsys, "upgrade", "--demo", "--json")
    document = json.loads(out)
    assert (status, err) == (0, "")
    assert document["outcome"] == "upgraded"
    assert document["meter"] == {"krn": 3, "proved": True}
    assert [(a["row"], a["outcome"], a["seen"]) for a in document["answers"]] == [
        (row, "ACCEPTED", "BENAR") for row in (1, 2, 3, 4)
    ]
    assert [len(row) for row in document["rows"]] == [20] * 4
    assert document["plan"] == [{"from_krn": 1, "to_krn": 2, "rows": 2}, {"from_krn": 2, "to_krn": 3, "rows": 2}]
    assert document["customer"]["name"].startswith("C*** ")


def test_the_same_every_time(capsys: Out) -> None:
    assert krn(capsys, "upgrade", "--demo", "--json") == krn(capsys, "upgrade", "--demo", "--json")


@pytest.mark.parametrize(
    ("case", "status", "outcome", "krn_after"),
    [
        (DemoCase.TWO_ROWS, 0, "upgraded", 3),
        (DemoCase.EA11, 0, "upgraded", 3),
        (DemoCase.HALF_DONE, 0, "upgraded", 3),
        (DemoCase.READY_MADE, 0, "upgraded", 3),
        (DemoCase.PERIKSA, 1, "periksa", 1),
    ],
)
def test_each_demo_case_ends_as_its_meter_answers(
    capsys: Out, case: DemoCase, status: int, outcome: str, krn_after: int
) -> None:
    done, out, _ = krn(capsys, "upgrade", PROVINCE.first(case).idpel, "--demo", "--json")
    document = json.loads(out)
    assert (done, document["outcome"], document["meter"]["krn"]) == (status, outcome, krn_after)


def test_rows_without_a_meter_and_nothing_to_do(capsys: Out) -> None:
    status, out, _ = krn(capsys, "upgrade", "--demo", "--meter", "none", "--json")
    assert (status, json.loads(out)["outcome"], len(json.loads(out)["rows"])) == (0, "rows-issued", 4)
    status, out, _ = krn(capsys, "upgrade", PROVINCE.first(DemoCase.DONE).idpel, "--demo", "--json")
    assert (status, json.loads(out)["outcome"]) == (0, "nothing-to-do")


@pytest.mark.slow
def test_upgrade_by_light_ends_at_the_new_krn_by_the_meters_own_register(capsys: Out) -> None:
    status, out, err = krn(capsys, "upgrade", "--demo", "--meter", "optical", "--json")
    document = json.loads(out)
    assert (status, err, document["outcome"]) == (0, "", "upgraded")
    assert document["meter"] == {"krn": 3, "proved": True}
    assert [(answer["outcome"], answer["source"]) for answer in document["answers"]] == [
        ("PARTIAL", "status code"),
        ("ACCEPTED", "status code"),
    ] * 2


def test_upgrade_by_light_needs_a_head_and_a_model_that_there_is(tmp_path: Path, capsys: Out) -> None:
    status, _, err = krn(capsys, "upgrade", "--demo", "--meter", "optical", "--model", "generic-4x3")
    assert (status, "HW-09" in err) == (1, True)
    Register.create(sqlite_url(tmp_path / "register.db")).close()
    config = tmp_path / "kiosk.toml"
    config.write_text(f'register = "{sqlite_url(tmp_path / "register.db")}"\n')
    status, _, err = krn(capsys, "upgrade", "1", "--meter", "optical", "--config", str(config))
    assert status == 1
    assert "set optical_model" in err


def test_upgrade_in_words(capsys: Out) -> None:
    status, out, _ = krn(capsys, "upgrade", "--demo")
    assert status == 0
    assert out.count("the meter says BENAR") == 4
    assert "KRN 3" in out


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ("12345", "too short"),
        ("1" * 20, "token"),
        ("123456789012", "not in the register"),
    ],
)
def test_errors_are_one_line_and_status_1(capsys: Out, wanted: str, says: str) -> None:
    status, out, err = krn(capsys, "upgrade", wanted, "--demo")
    assert (status, out) == (1, "")
    assert err.startswith("krn: error: ")
    assert says in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("case", "says"), [(DemoCase.BLOCKED, "blocked"), (DemoCase.UNKNOWN_STATE, "does not say its EA")]
)
def test_whose_meter_it_is_stands_before_what_is_wrong_with_it(capsys: Out, case: DemoCase, says: str) -> None:
    customer = PROVINCE.first(case)
    status, out, err = krn(capsys, "upgrade", customer.idpel, "--demo")
    assert status == 1
    assert out.startswith(f"{mask_name(customer.name)}, meter {customer.meter_number}, KRN ")
    assert out.count("\n") == 1
    assert err.startswith("krn: error: ")
    assert says in err


def test_staff_say_what_a_meter_holds_and_take_a_claim_back(capsys: Out, tmp_path: Path) -> None:
    assert krn(capsys, "office", "demo", "--customers", "16", "--out", str(tmp_path / "p"))[0] == 0
    register = str(tmp_path / "p" / "register.db")
    number = PROVINCE.first(DemoCase.DONE).meter_number
    because = ("--because", "04 shows 2", "--by", "Contoh Satu", "--register", register)
    assert krn(capsys, "office", "holds", number, "--krn", "2", *because) == (
        0,
        f"meter {number}: KRN 2, 2 rows to go\n",
        "",
    )
    _, out, _ = krn(capsys, "office", "holds", number, "--krn", "3", *because, "--json")
    assert json.loads(out) == {"meter_number": number, "krn": 3, "standing": "up to date"}
    due = PROVINCE.first(DemoCase.FOUR_ROWS).meter_number
    with Register.open(sqlite_url(Path(register))) as opened:
        office = LocalOffice(opened, PROVINCE.campaign, PROVINCE.vault)
        for change in office.issue(due, "r1").changes:
            for section in (1, 2):
                attempt = f"{change.id}-{section}"
                row = RowRecord(change.id, section, RowOutcome.ACCEPTED, "BENAR", "customer", "x", attempt)
                office.record(replace(row, grade=Grade.CUSTOMER))
    _, out, _ = krn(capsys, "upgrade", due, "--config", str(tmp_path / "p" / "kiosk.toml"))
    assert "A customer says that all rows are in" in out
    _, out, _ = krn(capsys, "office", "report", "--register", register, "--json")
    assert json.loads(out)["claimed"] == 1
    _, out, _ = krn(capsys, "office", "retract", due, *because)
    assert out == f"meter {due}: KRN 1, 4 rows to go\n"
    _, out, _ = krn(capsys, "office", "report", "--register", register, "--json")
    assert json.loads(out)["claimed"] == 0
    for wrong in (("holds", number, "--krn", "10"), ("holds", "12345678901", "--krn", "1")):
        status, out, err = krn(capsys, "office", *wrong, *because)
        assert (status, out) == (1, "")
        assert err.startswith("krn: error: ")


def test_a_command_goes_by_the_campaign_of_its_settings(capsys: Out, tmp_path: Path) -> None:
    with Register.create(sqlite_url(tmp_path / "register.db")) as register:
        PROVINCE.load(register)
    campaign, config = tmp_path / "campaign.toml", tmp_path / "kiosk.toml"
    campaign.write_text(
        'name = "KRN 2"\nminutes_for_a_change = 10\ndeadline = 2999-12-31\n[[hop]]\nkrn = 2\nbase_date = 1993\n'
        '[route]\nea07 = "hop-by-hop"\nea11 = "straight"\n'
    )
    config.write_text(f'register = "{sqlite_url(tmp_path / "register.db")}"\ncampaign = "{campaign}"\n')
    by_settings = ("--config", str(config))
    by_word = ("--register", str(tmp_path / "register.db"), "--campaign", str(campaign))
    told = [json.loads(krn(capsys, "office", "report", *by, "--json")[1]) for by in (by_settings, by_word)]
    assert [one.pop("at") is not None for one in told] == [True, True]
    assert told[0] == told[1]
    assert (told[0]["campaign"], told[0]["pace"]["deadline"]) == ("KRN 2", "2999-12-31")
    number = PROVINCE.first(DemoCase.FOUR_ROWS).meter_number
    said = options({"because": "04 shows 2", "by": "Contoh Satu"})
    _, out, _ = krn(capsys, "office", "holds", number, "--krn", "2", *said, *by_settings)
    assert out == f"meter {number}: KRN 2, up to date\n"


@pytest.mark.parametrize("sign", ["\x1b", "\n", "\t", "\x7f", "\u0085", "\u202e", "\u2028", "\u200b"])
@pytest.mark.parametrize("word", ["because", "by"])
def test_what_hides_in_a_history_is_no_word_of_staff(capsys: Out, tmp_path: Path, word: str, sign: str) -> None:
    with Register.create(sqlite_url(tmp_path / "register.db")) as register:
        PROVINCE.load(register)
    number = PROVINCE.first(DemoCase.FOUR_ROWS).meter_number
    register_of = ("--register", str(tmp_path / "register.db"))
    said = {"because": "04 dibaca\u00a0di loket", "by": "Contoh Ésa"}
    for command in (("holds", number, "--krn", "2"), ("retract", number)):
        wrong = said | {word: f"a{sign}b"}
        status, out, err = krn(capsys, "office", *command, *register_of, *options(wrong))
        assert (status, out) == (1, "")
        assert f"(U+{ord(sign):04X}): type it anew" in err
        assert err.endswith("[OFF-07]\n")
        assert krn(capsys, "office", *command, *register_of, *options(said))[0] == 0


def options(words: dict[str, str]) -> list[str]:
    return [part for name, value in words.items() for part in (f"--{name}", value)]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("because", ("office", "holds", "99100000001", "--krn", "2", "--because", "\udcff", "--by", "x")),
        ("by", ("office", "retract", "99100000001", "--because", "x", "--by", "a\udce9")),
        ("meter", ("office", "holds", "\udcff", "--krn", "2", "--because", "x", "--by", "x")),
        ("register", ("office", "report", "--register", "\udcff.db")),
        ("id", ("upgrade", "\udcff", "--demo")),
    ],
)
def test_bytes_that_are_no_text_are_told(capsys: Out, name: str, arguments: tuple[str, ...]) -> None:
    status, out, err = krn(capsys, *arguments)
    assert (status, out) == (1, "")
    assert err.startswith(f"krn: error: what is given for {name} is not UTF-8 text: ")
    assert err.endswith("[KSK-04]\n")


def test_a_path_may_be_any_bytes(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/\xff"
    command: list[str | bytes] = [sys.executable, "-m", "kiosk.cli", "pin", path]
    strict = os.environ | {"PYTHONIOENCODING": "utf-8:strict"}
    done = subprocess.run(command, input=b"271828\n", capture_output=True, check=False, env=strict)
    assert (done.returncode, done.stdout) == (0, b"kept in " + path + b"\n")


@pytest.mark.parametrize("arguments", [(), ("nothing",), ("upgrade", "--colour"), ("bench", "nothing"), ("vault",)])
def test_wrong_use_is_status_2(capsys: Out, arguments: tuple[str, ...]) -> None:
    assert krn(capsys, *arguments)[0] == 2


def lines(capsys: Out, monkeypatch: pytest.MonkeyPatch, command: str, *requests: object) -> list[dict[str, Any]]:
    text = "".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in requests)
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    _, out, _ = krn(capsys, command, "--json")
    return [json.loads(line) for line in out.splitlines()]


def test_rows_reads_ea11_requests(capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = lines(capsys, monkeypatch, "rows", *EA11_SETS)
    assert [answer["tokens"] for answer in answers] == [case["expected"]["tokens"] for case in EA11_SETS]


@needs_shared
def test_rows_reads_every_reference_request(capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = load("kct")
    requests = [vector["inputs"] | {"tables": str(SHARED / "sta-tables.json")} for vector in vectors]
    for vector, answer in zip(vectors, lines(capsys, monkeypatch, "rows", *requests), strict=True):
        for expected, token in zip(vector["expected"]["tokens"], answer["tokens"], strict=True):
            assert expected in (None, token)


@needs_shared
def test_decode_reads_every_reference_request(capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = load("decode")
    requests = [vector["inputs"] | {"tables": str(SHARED / "sta-tables.json")} for vector in vectors]
    answers = lines(capsys, monkeypatch, "decode", *requests)
    assert answers == [vector["expected"] for vector in vectors]


def test_decode_tells_a_wrong_key_from_a_wrong_token(capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    case = EA11_SETS[0]
    good = {"ea": 11, "key": case["expected"]["old_key"], "token": case["expected"]["tokens"][2]}
    fine, wrong_key, no_token, no_key, not_json = lines(
        capsys, monkeypatch, "decode", good, good | {"key": "00" * 16}, good | {"token": "9" * 20}, {"ea": 11}, "{"
    )
    assert (fine["crc_ok"], fine["class"], fine["sub"]) == (True, 2, 8)
    assert wrong_key == {"crc_ok": False, "class": 2}
    assert "code" in no_token
    assert "error" in no_key
    assert "error" in not_json


@pytest.mark.parametrize(
    "change",
    [
        {"new": None},
        {"old": {}},
        {"ken": 256},
        {"tables": "/nowhere"},
        {"old": EA11_SETS[0]["old"] | {"vk": "00"}},
        {"old": EA11_SETS[0]["old"] | {"dkga": 3}},
        {"old": EA11_SETS[0]["old"] | {"ea": 9}},
        {"old": EA11_SETS[0]["old"] | {"ea": 7}},
        {"old": EA11_SETS[0]["old"] | {"pan": "1"}},
    ],
)
def test_a_wrong_request_is_answered_and_the_next_one_read(
    capsys: Out, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    ea07 = (
        {"old": EA11_SETS[0]["old"] | {"ea": 7}, "new": EA11_SETS[0]["new"] | {"ea": 7}} if "tables" in change else {}
    )
    wrong, right = lines(capsys, monkeypatch, "rows", EA11_SETS[0] | ea07 | change, EA11_SETS[0])
    assert next(iter(wrong)) == "error"
    assert right["tokens"] == EA11_SETS[0]["expected"]["tokens"]


def test_office_demo_import_report_and_vault(capsys: Out, tmp_path: Path) -> None:
    folder = tmp_path / "province"
    assert krn(capsys, "office", "demo", "--customers", "40", "--out", str(folder))[0] == 0
    assert krn(capsys, "office", "demo", "--out", str(folder))[0] == 1
    config = str(folder / "kiosk.toml")
    status, out, _ = krn(capsys, "upgrade", PROVINCE.first(DemoCase.FOUR_ROWS).idpel, "--config", config, "--json")
    assert (status, json.loads(out)["outcome"]) == (0, "rows-issued")
    register = str(folder / "register.db")
    status, out, _ = krn(capsys, "office", "report", "--register", register, "--json")
    assert json.loads(out)["meters"] == 40
    status, out, err = krn(capsys, "office", "report", "--register", register, "--json", "--units", "--recount")
    assert {unit: numbers["meters"] for unit, numbers in json.loads(out)["units"].items()} == {UNIT: 40}
    assert (status, err) == (0, "")
    with closing(sqlite3.connect(folder / "register.db")) as other, other:
        prepare(other)
        other.execute("DELETE FROM tallies")
    status, out, err = krn(capsys, "office", "report", "--register", register, "--units", "--recount")
    assert (status, "it is now" in err) == (0, True)
    assert f"unit {UNIT}" in out
    assert "meters 40" in out
    campaign = tmp_path / "campaign.toml"
    hop = "[[hop]]\nkrn = 3\nbase_date = 2014\n"
    campaign.write_text(f'name = "one hop"\ndeadline = 2100-12-31\n{hop}', encoding="utf-8")
    asked = ("office", "report", "--register", register, "--campaign", str(campaign))
    told = json.loads(krn(capsys, *asked, "--json")[1])
    assert told["half_done"] + told["refused"] + told["visit_asked"] + told["not_started"] == told["due"]
    assert (told["pace"]["deadline"], told["pace"]["last_7_days"], told["over_time"]) == ("2100-12-31", None, [])
    assert (told["reference"]["done"], told["reference"]["left"]) == (394_762, 267_479)
    assert "units" not in told
    out = krn(capsys, *asked)[1]
    assert "deadline             2100-12-31" in out
    assert "pace last 7 days     unknown" in out
    assert "59.61 % of 662241 meters: 394762 done, 267479 left" in out
    files = {"--html": tmp_path / "report.html", "--xlsx": tmp_path / "report.xlsx"}
    written = [word for option, file in files.items() for word in (option, str(file))]
    assert krn(capsys, *asked, *written, "--language", "en")[0] == 0
    assert "Report of the campaign one hop" in files["--html"].read_text(encoding="utf-8")
    assert load_workbook(files["--xlsx"]).sheetnames == ["Summary", "Unit", "Reason", "Day"]
    status, _, err = krn(capsys, *asked, *written)
    assert (status, "[REP-01]" in err) == (1, True)
    assert krn(capsys, *asked, *written, "--force")[0] == 0
    assert "Laporan kampanye one hop" in files["--html"].read_text(encoding="utf-8")
    listing = ("vault", "list", "--vault", str(folder / "vault"), "--passphrase-file", str(folder / "passphrase"))
    status, out, _ = krn(capsys, *listing)
    assert out.count("check value") == 6
    assert len(json.loads(krn(capsys, *listing, "--json")[1])["keys"]) == 6
    (folder / "register.db").write_bytes(b"")
    status, _, err = krn(capsys, "upgrade", "1", "--config", config)
    assert (status, "REG-02" in err) == (1, True)


def test_import_reports_every_refused_line(capsys: Out, tmp_path: Path) -> None:
    worklist, register = tmp_path / "list.csv", str(tmp_path / "register.db")
    worklist.write_text("IDPEL,NOMOR_METER,WARNA\n990000000001,99100000001,x\n1.3E+11,99100000002,x\n")
    status, out, err = krn(capsys, "office", "import", "--new", str(worklist), "--register", register)
    assert status == 1
    assert "line 3: IDPEL was turned into 1.3E+11" in out
    assert "columns not used: WARNA" in out
    assert "nothing was stored" in err
    status, out, _ = krn(capsys, "office", "import", str(worklist), "--register", register, "--skip-bad", "--json")
    assert (status, json.loads(out)["taken"]) == (0, 1)


def test_import_asks_before_it_takes_away(capsys: Out, tmp_path: Path) -> None:
    worklist, register = tmp_path / "list.csv", str(tmp_path / "register.db")
    command = ("office", "import", str(worklist), "--register", register)
    worklist.write_text("IDPEL,NOMOR_METER,NAMA,BLOCKED\n990000000001,99100000001,CANARY,a reason\n")
    assert krn(capsys, *command, "--new")[0] == 0
    worklist.write_text("IDPEL,NOMOR_METER,BLOCKED\n990000000001,99100000005,\n990000000002,99100000001,HAPUS\n")
    status, out, err = krn(capsys, *command)
    assert (status, "[REG-11]" in err, "--accept" in err) == (1, True, True)
    assert "blocks lifted: 1\n  line 3: BLOCKED of customer 99…0002, meter 99…0001\n" in out
    assert "customers moved to another meter: 1\n  line 2: customer 99…0001, meter 99…0005\n" in out
    assert "0 customers stored" in out
    status, out, _ = krn(capsys, *command, "--json")
    document = json.loads(out)
    assert (status, document["stored"]) == (1, False)
    assert [(taken["kind"], taken["count"]) for taken in document["takes_away"]] == [
        ("blocks lifted", 1),
        ("customers moved to another meter", 1),
    ]
    assert not [canary for canary in ("CANARY", "990000000001", "a reason") if canary in out]
    assert krn(capsys, *command, "--accept")[0] == 0
    assert krn(capsys, *command)[0] == 0


def test_import_never_begins_an_empty_register_by_itself(capsys: Out, tmp_path: Path) -> None:
    """A lost or emptied file is a loss to be told, not a register to be filled again."""
    worklist, register = tmp_path / "list.csv", tmp_path / "register.db"
    worklist.write_text("IDPEL,NOMOR_METER\n990000000001,99100000001\n")
    command = ("office", "import", str(worklist), "--register", str(register))
    status, _, err = krn(capsys, *command)
    assert (status, "[REG-01]" in err, register.exists()) == (1, True, False)
    register.write_bytes(b"")
    for option, code in ((), "[REG-02]"), (("--new",), "[REG-08]"):
        status, _, err = krn(capsys, *command, *option)
        assert (status, code in err, register.read_bytes()) == (1, True, b"")
    register.unlink()
    assert krn(capsys, *command, "--new")[0] == 0
    assert krn(capsys, *command)[0] == 0


@pytest.mark.slow
def test_vault_import_says_check_values_and_never_keys(capsys: Out, tmp_path: Path) -> None:
    secret, vault, keys = tmp_path / "secret", tmp_path / "vault", tmp_path / "keys.csv"
    secret.write_text("a long passphrase\n")
    secret.chmod(0o600)
    common = ("--vault", str(vault), "--passphrase-file", str(secret))
    assert krn(capsys, "vault", "init", *common)[0] == 0
    assert krn(capsys, "vault", "init", *common)[0] == 1
    keys.write_text("SGC,KRN,KT,DKGA,BASE_DATE,KEN,KEY\n012345,1,2,2,1993,255,0123456789abcdef\n")
    tables = tmp_path / "tables.json"
    tables.write_text(json.dumps({"S1": SAMPLE_TABLES.s1, "S2": SAMPLE_TABLES.s2, "P": SAMPLE_TABLES.p}))
    status, out, _ = krn(capsys, "vault", "import", str(keys), "--tables", str(tables), *common)
    assert (status, "check value D5D44F" in out, "1 new" in out) == (0, True, True)
    assert "0123456789abcdef" not in out.lower()
    assert "1 there already" in krn(capsys, "vault", "import", str(keys), *common)[1]
    before = vault.read_bytes()
    keys.write_text("SGC,KRN,KT,DKGA,BASE_DATE,KEN,KEY\n012345,1,2,2,1993,255,0123456789abcdee\n")
    status, _, err = krn(capsys, "vault", "import", str(keys), *common)
    assert (status, "KEY-03" in err) == (1, True)
    assert vault.read_bytes() == before


def test_no_secret_and_no_name_in_logs_or_errors(capsys: Out, caplog: pytest.LogCaptureFixture) -> None:
    """Canaries: a whole demo upgrade, and failures, at the most talkative level."""
    caplog.set_level(logging.DEBUG)
    customer = PROVINCE.first(DemoCase.FOUR_ROWS)
    rows = json.loads(krn(capsys, "upgrade", "--demo", "--json")[1])["rows"]
    _, out, err = krn(capsys, "upgrade", PROVINCE.first(DemoCase.PERIKSA).idpel, "--demo")
    logged = caplog.text + err
    for row in rows:
        assert row not in logged
    for word in customer.name.split()[1:]:
        assert word not in logged + out
    for entry in PROVINCE.vault.keys:
        assert entry.key.value.hex() not in logged + out


@pytest.mark.slow
@pytest.mark.parametrize("display", [{}, {"DISPLAY": ":4711"}, {"SDL_VIDEODRIVER": "dummy"}], ids=str)
def test_the_demo_without_a_display(tmp_path: Path, display: dict[str, str]) -> None:
    """Without one, and with the name of one that is gone."""
    environment = {name: value for name, value in os.environ.items() if name not in SCREEN_VARIABLES} | display
    command = [sys.executable, "-m", "kiosk.cli", "kiosk", "--demo"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("No display here")
    assert done.stdout.count("the meter says BENAR") == 4
    assert "KRN 1 is now KRN 3" in done.stdout
    assert len(list((tmp_path / "demo-output").glob("*.png"))) >= 8


@pytest.mark.slow
def test_a_kiosk_without_a_screen_says_so(tmp_path: Path, capsys: Out) -> None:
    folder = tmp_path / "province"
    krn(capsys, "office", "demo", "--customers", "4", "--out", str(folder))
    environment = os.environ | {"SDL_VIDEODRIVER": "kmsdrm-that-is-none"}
    command = [sys.executable, "-m", "kiosk.cli", "kiosk", "--config", str(folder / "kiosk.toml")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("krn: error: no screen can be opened")
    assert "KSK-05" in done.stderr


def test_ctrl_c_gives_no_traceback_while_a_command_is_looked_for_and_after_its_end(
    capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_arguments: object) -> NoReturn:
        signal.raise_signal(signal.SIGINT)
        pytest.fail("nobody heard it")

    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr("kiosk.cli.parser_for", interrupted)
    monkeypatch.setattr("sys.argv", ["krn", "bulk"])
    try:
        assert main() == 130
        assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL
    except KeyboardInterrupt:
        pytest.fail("it is told as a traceback")
    finally:
        signal.signal(signal.SIGINT, before)
    assert capsys.readouterr().err == "krn: stopped\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("package", "extra", "words", "where"),
    [
        ("pygame", "kiosk", "kiosk --demo", ""),
        ("numpy", "bulk", "bulk --help", ""),
        ("numpy", "bulk", "bench bulk --quick", "the group bulk failed: "),
    ],
)
def test_a_command_without_its_extra_says_which(
    tmp_path: Path, package: str, extra: str, words: str, where: str
) -> None:
    program = [sys.executable, "-m", "tests.programs.without", package, *words.split()]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(program, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        f"krn: error: {where}this needs {package}, which is not installed: install krn-kiosk[{extra}]\n"
    )


@pytest.mark.slow
def test_an_office_needs_no_pygame_and_no_kiosk_needs_openpyxl() -> None:
    for command, unwanted in (
        ("office", "pygame"),
        ("upgrade", "pygame"),
        ("kiosk", "openpyxl"),
        ("rows", "sqlalchemy"),
    ):
        program = [sys.executable, "-m", "tests.programs.parsed", command]
        said = subprocess.run(program, capture_output=True, text=True, check=True)
        modules = said.stdout.split()
        assert "argparse" in modules
        assert unwanted not in modules, (command, unwanted)


@pytest.mark.parametrize(
    ("command", "has_demo"),
    [
        (("upgrade", "990000000000"), True),
        (("doctor",), True),
        (("doctor", "--opens"), True),
        (("backup",), False),
        (("restore", "copy.db"), False),
        (("restore", "--accept"), False),
    ],
)
def test_a_missing_configuration_is_told_with_the_ways_that_this_command_has(
    capsys: Out, tmp_path: Path, command: tuple[str, ...], has_demo: bool
) -> None:
    status, out, err = krn(capsys, *command, "--config", str(tmp_path / "none.toml"))
    assert status == 1
    assert "KSK-01" in out + err
    assert "krn setup" in out + err
    assert ("--demo" in out + err) is has_demo


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("office", "demo", "--out", "{file}"), "REG-07"),
        (("office", "demo", "--out", "/proc/x"), "REG-07"),
        (("upgrade", "--demo", "--model", "nope"), "HW-09"),
        (("meter", "bench", "--wires", "{file}"), "HW-10"),
        (("meter", "bench", "--wires", "/nope/x"), "HW-10"),
        (("doctor", "--config", "{mysql}"), "KSK-01"),
        (("doctor", "--config", "{deep}"), "KSK-01"),
    ],
)
def test_what_cannot_be_is_refused_with_a_code(
    capsys: Out, tmp_path: Path, command: tuple[str, ...], code: str
) -> None:
    texts = {"file": "a file", "mysql": 'register = "mysql://x"', "deep": "a = " + "[" * 3000}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    places = {name: str(tmp_path / name) for name in texts}
    status, out, err = krn(capsys, *(word.format(**places) for word in command))
    assert status == 1
    assert code in out + err
    assert {name: (tmp_path / name).read_text() for name in texts} == texts

"""Key files: each mistake its own message, and none that tells the key."""

import json
from datetime import date
from pathlib import Path

import pytest

from krn_engine.issuing.errors import DuplicateKey, KeyFileInvalid, KeyLengthWrong, KeyParityWrong
from krn_engine.issuing.key_file import read_key_file, read_tables_file
from krn_engine.sts.ea07 import SAMPLE_TABLES
from krn_engine.sts.errors import InvalidTables

GOOD = "0123456789abcdef"
TOML = f"""
[[key]]
sgc = "012345"
krn = 1
kt = 2
dkga = 2
base_date = 1993
ken = 255
key = "{GOOD}"
"""
CSV = (
    "SGC,KRN,KT,DKGA,BASE_DATE,KEN,EXPIRES,KEY\n"
    f"012345,1,2,2,1993,255,,{GOOD}\n"
    f"012345,2,2,2,1993,255,2030-01-02,{GOOD}\n"
)


def write(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_text(text, encoding=encoding)
    return path


def test_toml_and_csv_hold_the_same_keys(tmp_path: Path) -> None:
    (only,) = read_key_file(write(tmp_path, "k.toml", TOML)).entries
    assert (str(only.key.sgc), only.key.value.hex(), only.expires) == ("012345", GOOD, None)
    first, second = read_key_file(write(tmp_path, "k.csv", CSV, "utf-8-sig")).entries
    assert first == only
    assert second.expires == date(2030, 1, 2)


def test_toml_with_tables_and_expiry(tmp_path: Path) -> None:
    tables = {"S1": list(SAMPLE_TABLES.s1), "S2": list(SAMPLE_TABLES.s2), "P": list(SAMPLE_TABLES.p)}
    listed = "\n".join(f"{name} = {values}" for name, values in tables.items())
    given = read_key_file(write(tmp_path, "k.toml", TOML + f"expires = 2030-01-02\n[tables]\n{listed}\n"))
    assert given.tables == SAMPLE_TABLES
    assert given.entries[0].expires == date(2030, 1, 2)
    assert read_tables_file(write(tmp_path, "t.json", json.dumps(tables | {"note": "x"}))) == SAMPLE_TABLES


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        (TOML.replace(GOOD, "0123456789abcdee"), KeyParityWrong, "odd parity"),
        (TOML.replace(GOOD, GOOD[:-2]), KeyLengthWrong, "has 8 bytes, this one has 7"),
        (TOML.replace("dkga = 2", "dkga = 4"), KeyLengthWrong, "20 bytes"),
        (TOML + TOML, DuplicateKey, "key 2: SGC 012345, KRN 1"),
        (TOML.replace(GOOD, "xyz"), KeyFileInvalid, "hex digits"),
        (TOML.replace(f'"{GOOD}"', "12"), KeyFileInvalid, "in quotes"),
        (TOML.replace('"012345"', "12345"), KeyFileInvalid, "leading zeros"),
        (TOML.replace('"012345"', "012345"), KeyFileInvalid, "line 3"),
        (TOML.replace("krn = 1", "krn = 0"), KeyFileInvalid, "1 to 9"),
        (TOML.replace("krn = 1", 'krn = "one"'), KeyFileInvalid, "1 to 9"),
        (TOML.replace("dkga = 2", "dkga = 1"), KeyFileInvalid, "DKGA01"),
        (TOML.replace("ken = 255\n", ""), KeyFileInvalid, "lacks ken"),
        (TOML + "colour = 3", KeyFileInvalid, "colour"),
        ("other = 1", KeyFileInvalid, "other"),
        ("key = 3", KeyFileInvalid, r"\[\[key\]\]"),
        ("# nothing", KeyFileInvalid, "no key"),
        ("", KeyFileInvalid, "empty"),
        (TOML + 'expires = "soon"', KeyFileInvalid, "2027-12-31"),
    ],
)
def test_a_wrong_key_file_in_toml_is_refused_without_a_key_in_the_message(
    tmp_path: Path, text: str, error: type[KeyFileInvalid], says: str
) -> None:
    with pytest.raises(KeyFileInvalid, match=says) as caught:
        read_key_file(write(tmp_path, "k.toml", text))
    assert type(caught.value) is error
    assert "0123456789abcd" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (CSV.replace("KEY\n", "KAY\n"), "lacks the column KEY"),
        (CSV.replace("012345,2,", "012345,1,"), "line 3.*twice"),
        (CSV.replace(f",,{GOOD}", f",{GOOD}"), "line 2 has 7 columns"),
        (CSV.replace(GOOD, '"', 1), "quotation mark"),
        (CSV.partition("\n")[0] + "\n\n", "no key"),
        (CSV.replace("012345,1,", "012345,x,"), "line 2"),
    ],
)
def test_a_wrong_key_file_in_csv_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(KeyFileInvalid, match=says):
        read_key_file(write(tmp_path, "k.csv", text))


def test_wrong_encoding_and_missing_file(tmp_path: Path) -> None:
    (tmp_path / "k.csv").write_bytes(b"\xff\xfe\x00S")
    with pytest.raises(KeyFileInvalid, match="UTF-8"):
        read_key_file(tmp_path / "k.csv")
    with pytest.raises(KeyFileInvalid, match="cannot be read"):
        read_key_file(tmp_path / "none.toml")


def test_a_parser_message_that_quotes_the_line_is_not_passed_on(tmp_path: Path) -> None:
    with pytest.raises(KeyFileInvalid) as caught:
        read_key_file(write(tmp_path, "k.toml", f"key = {GOOD}zz"))
    assert GOOD not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("text", ["[1]", "{", '{"S1": []}'])
def test_a_wrong_file_of_ea07_tables_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises((KeyFileInvalid, InvalidTables)):
        read_tables_file(write(tmp_path, "t.json", text))

"""Key files, as a key ceremony hands them over: TOML (`[[key]]`, perhaps `[tables]`) or CSV, and JSON table files.

TOML::

    [[key]]
    sgc = "123456"
    krn = 1
    kt = 2
    dkga = 2
    base_date = 1993
    ken = 255
    expires = 2027-12-31        # may be left out
    key = "…16 or 40 hex digits…"

CSV has the same columns in any order: SGC, KRN, KT, DKGA, BASE_DATE, KEN, EXPIRES (optional), KEY. No message of
this module holds a part of a key.
"""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from krn_engine.errors import KrnError
from krn_engine.issuing.errors import DuplicateKey, KeyFileInvalid, KeyLengthWrong, KeyParityWrong
from krn_engine.issuing.vault import VaultEntry
from krn_engine.strict_toml import parse_toml
from krn_engine.sts.ea07 import Ea07Tables
from krn_engine.sts.errors import InvalidKey
from krn_engine.sts.identity import is_digits
from krn_engine.sts.keys import ATTRIBUTES, Dkga, VendingKey, has_odd_parity

_COLUMNS = (*ATTRIBUTES, "key")
_OPTIONAL = "expires"


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What a key file holds."""

    entries: tuple[VaultEntry, ...]
    tables: Ea07Tables | None = None


def read_key_file(path: Path) -> KeyFile:
    """A TOML or CSV key file. Raises KeyFileInvalid, or its leaves, naming the entry."""
    text = _text(path)
    if path.suffix.lower() == ".csv":
        return KeyFile(_entries(_csv_items(text)))
    try:
        data = parse_toml(text)
    except ValueError as error:
        # The message of the parser may quote the line, and the line may be a key: only its place is told.
        place = str(error).rpartition("(")[2].rstrip(")")
        raise KeyFileInvalid(f"the key file is not TOML ({place}): numbers with leading zeros need quotes") from None
    unknown = sorted(set(data) - {"key", "tables"})
    if unknown:
        raise KeyFileInvalid(f"a key file has [[key]] and [tables], not {', '.join(unknown)}")
    items, tables = data.get("key", []), data.get("tables")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise KeyFileInvalid("each vending key is a table: [[key]]")
    if not items and tables is None:
        raise KeyFileInvalid("the key file holds no key")
    if tables is not None and not isinstance(tables, dict):
        raise KeyFileInvalid("[tables] is a table with S1, S2 and P")
    entries = _entries([(f"key {number}", item) for number, item in enumerate(items, 1)])
    return KeyFile(entries, None if tables is None else Ea07Tables.parse(tables))


def read_tables_file(path: Path) -> Ea07Tables:
    """Operational EA07 tables: a JSON object with the lists S1, S2 and P. Raises KeyFileInvalid, InvalidTables."""
    try:
        data = json.loads(_text(path))
    except json.JSONDecodeError as error:
        raise KeyFileInvalid(f"the table file is not JSON (line {error.lineno})") from None
    if not isinstance(data, dict):
        raise KeyFileInvalid("a table file is a JSON object with the lists S1, S2 and P")
    return Ea07Tables.parse(data)


def _text(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise KeyFileInvalid(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise KeyFileInvalid(f"{path.name} is not UTF-8 text: save it as UTF-8") from None
    if not text.strip():
        raise KeyFileInvalid(f"{path.name} is empty")
    return text


def _csv_items(text: str) -> list[tuple[str, Mapping[str, Any]]]:
    try:
        lines = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error:
        raise KeyFileInvalid("the key file is not CSV: a quotation mark is open, or a line is broken") from None
    names = [name.strip().lower() for name in lines[0]]
    missing = [name.upper() for name in _COLUMNS if name not in names]
    if missing:
        raise KeyFileInvalid(f"the key file lacks the column {', '.join(missing)}")
    items: list[tuple[str, Mapping[str, Any]]] = []
    for number, cells in enumerate(lines[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            raise KeyFileInvalid(f"line {number} has {len(cells)} columns, the first line has {len(names)}")
        item = {name: cell.strip() for name, cell in zip(names, cells, strict=True) if cell.strip()}
        numbers = {name: _whole(item[name]) for name in ATTRIBUTES if name in item and name != "sgc"}
        items.append((f"line {number}", item | numbers))
    if not items:
        raise KeyFileInvalid("the key file holds no key")
    return items


def _whole(text: str) -> int | str:
    return int(text) if is_digits(text) else text


def _entries(items: list[tuple[str, Mapping[str, Any]]]) -> tuple[VaultEntry, ...]:
    entries: dict[object, VaultEntry] = {}
    for where, item in items:
        entry = _entry(where, item)
        if entry.name in entries:
            key = entry.key
            raise DuplicateKey(
                f"{where}: SGC {key.sgc}, KRN {key.krn}, {key.kt.name}, {key.dkga.name} stands twice in the file"
            )
        entries[entry.name] = entry
    return tuple(entries.values())


def _entry(where: str, item: Mapping[str, Any]) -> VaultEntry:
    missing = [name for name in _COLUMNS if name not in item]
    unknown = sorted(set(item) - {*_COLUMNS, _OPTIONAL})
    if missing or unknown:
        what = f"lacks {', '.join(missing)}" if missing else f"has unknown {', '.join(unknown)}"
        raise KeyFileInvalid(f"{where} {what}")
    if not isinstance(item["sgc"], str):
        raise KeyFileInvalid(f"{where}: the SGC must stand in quotes, or its leading zeros are lost")
    value = _key_bytes(where, item["key"])
    try:
        key = VendingKey.of_attributes(item, value)
    except InvalidKey as error:
        raise KeyLengthWrong(f"{where}: {error.message}") from None
    except (KrnError, TypeError, ValueError) as error:
        detail = error.message if isinstance(error, KrnError) else "a number is not a number"
        raise KeyFileInvalid(f"{where}: {detail}") from None
    if key.dkga is Dkga.DKGA02 and not has_odd_parity(value):
        raise KeyParityWrong(f"{where}: this DES key does not have odd parity, so a digit of it is wrong")
    return VaultEntry(key, _expires(where, item.get(_OPTIONAL)))


def _key_bytes(where: str, text: object) -> bytes:
    if not isinstance(text, str):
        raise KeyFileInvalid(f"{where}: the key must be hex digits in quotes")
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise KeyFileInvalid(f"{where}: the key must be hex digits, two for each byte") from None


def _expires(where: str, value: object) -> date | None:
    if value is None:
        return None
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise KeyFileInvalid(f"{where}: the date of expiry is written 2027-12-31") from None

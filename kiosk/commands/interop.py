"""`krn rows` and `krn decode`: the engine on JSON lines, for tests against other implementations.

They take test keys from their input and nothing else; production keys stay in the vault.
"""

import argparse
import functools
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kiosk.errors import InputInvalid
from krn_engine.errors import KrnError
from krn_engine.sts.codec import decode
from krn_engine.sts.ea07 import SAMPLE_TABLES, Ea07Tables
from krn_engine.sts.errors import CrcMismatch, InvalidTables
from krn_engine.sts.framing import from_digits
from krn_engine.sts.identity import ReferencePan, Ti
from krn_engine.sts.key_change import KeyChange
from krn_engine.sts.keys import DecoderKey, Ea, VendingKey, cipher_for, derive
from krn_engine.sts.tokens import (
    CreditToken,
    CurrencyToken,
    ManagementToken,
    Section1,
    Section2,
    Section3,
    Section4,
    TestToken,
    Token,
)

Fields = dict[str, Any]


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `krn rows` and `krn decode`."""
    for name, answer in (("rows", key_change_rows), ("decode", decoded)):
        parser = subparsers.add_parser(name)
        parser.add_argument("--json", action="store_true", help="JSON lines; there is no other form")
        parser.set_defaults(run=functools.partial(run, answer=answer))


def run(_args: argparse.Namespace, answer: Callable[[Mapping[str, Any]], Fields]) -> int:
    """One answer a line; a line that is refused is answered with its error, and the next one is read."""
    failed = 0
    for line in sys.stdin:
        if line.strip():
            result = _answer(line, answer)
            failed += "error" in result
            print(json.dumps(result), flush=True)
    return 1 if failed else 0


def _answer(line: str, answer: Callable[[Mapping[str, Any]], Fields]) -> Fields:
    try:
        request = json.loads(line)
        if not isinstance(request, dict):
            raise InputInvalid("each line is one JSON object")
        return answer(request)
    except json.JSONDecodeError as error:
        return {"error": f"not JSON: {error}"}
    except KrnError as error:
        return {"error": error.message, "code": error.code}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return {"error": f"not a request that this command reads ({type(error).__name__}: {error})"}


def key_change_rows(request: Mapping[str, Any]) -> Fields:
    """{"old":…,"new":…,"ken":…,"ro":…} to {"tokens":[…]}; `ro` as given, or by the base dates if it is left out."""
    ro = request.get("ro")
    change = KeyChange(
        _decoder_key(request["old"], 255),
        _decoder_key(request["new"], request.get("ken", 255)),
        rolls_over=None if ro is None else bool(ro),
    )
    if change.old.ea is not Ea.EA07:
        return {"tokens": list(change.tokens())}
    return {"tokens": list(change.tokens(_tables(request)))}


def _decoder_key(side: Mapping[str, Any], ken: int) -> DecoderKey:
    attributes = {**side, "base_date": side.get("base", 1993), "ken": ken}
    vending_key = VendingKey.of_attributes(attributes, bytes.fromhex(side["vk"]))
    return derive(vending_key, ReferencePan(side["pan"]), Ti.parse(side["ti"]), Ea.parse(side["ea"]))


def _tables(request: Mapping[str, Any]) -> Ea07Tables:
    path = request.get("tables")
    return SAMPLE_TABLES if path is None else _read_tables(str(path))


@functools.cache
def _read_tables(path: str) -> Ea07Tables:
    try:
        tables = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidTables(f"the table file {path} cannot be read: {error}") from error
    if not isinstance(tables, dict):
        raise InvalidTables("a table file is a JSON object with the lists S1, S2 and P")
    return Ea07Tables.parse(tables)


def decoded(request: Mapping[str, Any]) -> Fields:
    """{"ea":…,"key":…,"token":…} to the token's fields; a CRC that does not fit is an answer, not an error."""
    ea = Ea.parse(request["ea"])
    cipher = cipher_for(ea, bytes.fromhex(request["key"]), _tables(request) if ea is Ea.EA07 else None)
    try:
        token = decode(request["token"], cipher)
    except CrcMismatch:
        return {"crc_ok": False, "class": from_digits(request["token"])[0]}
    return {"crc_ok": True, "class": token.token_class, "sub": int(token.subclass), **_fields(token)}


def _fields(token: Token) -> Fields:
    match token:
        case CreditToken():
            return {"rnd": token.rnd, "tid": int(token.tid), "units": token.units}
        case CurrencyToken():
            return {"tid": int(token.tid), "units": token.units}
        case ManagementToken():
            return {"rnd": token.rnd, "tid": int(token.tid), "raw": token.value}
        case TestToken():
            return {"control": token.control, "mfr": token.manufacturer}
        case Section1():
            return {
                "kenho": token.ken_high,
                "krn": token.krn,
                "ro": token.ro,
                "res": token.reserved,
                "kt": token.kt,
                "nkho": f"{token.key_word:08x}",
            }
        case Section2():
            return {"kenlo": token.ken_low, "ti": token.ti, "nklo": f"{token.key_word:08x}"}
        case Section3():
            return {"sgclo": token.sgc_low, "nkmo2": f"{token.key_word:08x}"}
        case Section4():
            return {"sgcho": token.sgc_high, "nkmo1": f"{token.key_word:08x}"}

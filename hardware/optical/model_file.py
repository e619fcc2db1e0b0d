"""The files of the optical models: one TOML file a model, in `hardware/optical/models`.

Every value of a file names its source in the file's table `[sources]`, or says there that it is a guess; what a file
leaves out has a safe default.
"""

from collections.abc import Mapping
from dataclasses import fields
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from hardware.adapter import MeterRegister
from hardware.errors import ProfileInvalid
from hardware.optical.line import LineFormat
from hardware.optical.model import Access, CosemAttribute, OpticalModel, Route, Timing, TokenForm
from krn_engine.strict_toml import StrictTable, parse_toml

FOLDER = Path(__file__).parent / "models"
PARITIES = ("N", "E", "O")
NAMED = frozenset({"title", "maker", "series", "sources"})
"""What needs no source in `[sources]`: names, and the sources themselves."""
E = TypeVar("E", bound=Enum)


def parse_model(text: str, name: str) -> OpticalModel:
    """From the text of a model's file; raises ProfileInvalid with everything that is wrong."""
    try:
        data = parse_toml(text)
    except ValueError as error:
        raise ProfileInvalid(f"the optical model {name} is not TOML: {error}") from error
    top = StrictTable(data)
    usual = OpticalModel(name)
    model = OpticalModel(
        name=name,
        title=top.text("title"),
        maker=top.text("maker", usual.maker),
        series=top.text("series", usual.series),
        route=_one_of(top, "route", Route, usual.route),
        identification=top.texts("identification", usual.identification),
        start=_line(top, "start", usual.start),
        fastest=int(top.number("fastest", usual.fastest, 300, 115200)),
        data=_line(top, "data", usual.data),
        client=int(top.number("client", usual.client, 1, 127)),
        logical_device=int(top.number("logical_device", usual.logical_device, 0, 16383)),
        physical_device=int(top.number("physical_device", usual.physical_device, 0, 16383)),
        address_bytes=top.whole("address_bytes", usual.address_bytes, (1, 2, 4)),
        access=_one_of(top, "access", Access, usual.access),
        ciphered=top.truth("ciphered", usual.ciphered),
        counter=_attribute(top, "counter"),
        gateway=_obis(top, "gateway", usual.gateway),
        token_form=_one_of(top, "token_form", TokenForm, usual.token_form),
        results=_results(top),
        lockout=top.texts("lockout", usual.lockout),
        locked_for=_attribute(top, "locked_for"),
        waits=top.texts("waits", usual.waits),
        objects=_objects(top.table("objects")),
        read_out=_read_out(top.table("read_out")),
        timing=_timing(top.table("timing"), usual.timing),
        section_timeout=top.number("section_timeout", usual.section_timeout, 10.0, 86400.0),
        sources=_texts_by_name(top, "sources", data),
    )
    problems = [*top.problems(), *_contradictions(model, data)]
    if problems:
        raise ProfileInvalid(f"the optical model {name} cannot be used: " + "; ".join(problems))
    return model


def _one_of(table: StrictTable, name: str, kind: type[E], default: E) -> E:
    return kind(table.text(name, default.value, tuple(member.value for member in kind)))


def _line(table: StrictTable, name: str, default: LineFormat) -> LineFormat:
    """A line as it is said, such as "300 7E1"."""
    text = table.text(name, str(default))
    match text.split(" "):
        case [baud, bits] if baud.isdecimal() and 300 <= int(baud) <= 115200 and bits[:1] in "78" and len(bits) == 3:
            if bits[1] in PARITIES and bits[2] == "1":
                return LineFormat(int(baud), int(bits[0]), bits[1])
    table.refuse(name, 'must be a line such as "300 7E1": baud, data bits, parity, one stop bit')
    return default


def _obis(table: StrictTable, name: str, default: str) -> str:
    text = table.text(name, default)
    if text and not is_obis(text):
        table.refuse(name, 'must be an OBIS code such as "0.0.96.1.0.255"')
    return text


def is_obis(text: str) -> bool:
    """True for six numbers from 0 to 255 with dots between them."""
    parts = text.split(".")
    return len(parts) == 6 and all(part.isascii() and part.isdecimal() and int(part) < 256 for part in parts)


def _attribute(table: StrictTable, name: str) -> CosemAttribute | None:
    if not table.has(name):
        return None
    inner = table.table(name)
    return CosemAttribute(
        class_id=int(inner.number("class", 1, 1, 65535)),
        obis=_obis(inner, "obis", ""),
        attribute=int(inner.number("attribute", 2, 1, 127)),
    )


def _objects(table: StrictTable) -> dict[MeterRegister, CosemAttribute]:
    found = {register: _attribute(table, register.name.lower()) for register in MeterRegister}
    return {register: attribute for register, attribute in found.items() if attribute is not None}


def _read_out(table: StrictTable) -> dict[MeterRegister, str]:
    found = {register: table.text(register.name.lower(), "") for register in MeterRegister}
    return {register: address for register, address in found.items() if address}


def _timing(table: StrictTable, usual: Timing) -> Timing:
    return Timing(**{f.name: table.number(f.name, getattr(usual, f.name), 0.0, 300.0) for f in fields(Timing)})


def _results(top: StrictTable) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, table in enumerate(top.tables("results"), 1):
        bits, name = table.text("bits"), table.text("name")
        if not bits or set(bits) - set("01"):
            top.refuse(f"results[{number}].bits", "must be the bits of data_value, of 0 and 1")
        found[bits] = name
    return found


def _texts_by_name(top: StrictTable, name: str, data: Mapping[str, Any]) -> dict[str, str]:
    """A table whose names are free, each with a text."""
    table = top.table(name)
    raw = data.get(name)
    names = raw if isinstance(raw, dict) else {}
    return {key: table.text(key) for key in names}


def _contradictions(model: OpticalModel, data: Mapping[str, Any]) -> list[str]:
    """What no single setting shows to be wrong."""
    problems = [f"{name} has no source: name it in [sources], or say guess" for name in _unsourced(model, data)]
    problems += [f"sources.{name} is no setting of this file" for name in sorted(set(model.sources) - set(data))]
    problems += [problem for problem in (model.address_problem, model.access_problem) if problem]
    if model.series and not model.maker:
        problems.append("series needs a maker")
    if model.route is Route.READ_OUT and MeterRegister.METER_NUMBER not in model.read_out:
        problems.append("a read-out must tell where the meter's number is")
    if model.takes_tokens and MeterRegister.METER_NUMBER not in model.objects:
        problems.append("objects must tell where the meter's number is: nothing is sent before it was read")
    known = set(model.results.values())
    problems += [f"{name} is none of results" for name in (*model.lockout, *model.waits) if name not in known]
    return problems


def _unsourced(model: OpticalModel, data: Mapping[str, Any]) -> list[str]:
    return sorted(name for name in set(data) - NAMED if not model.sources.get(name))

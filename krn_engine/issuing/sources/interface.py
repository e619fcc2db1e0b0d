"""The interface of an STS security module, from its definition file: calls to bytes, bytes to answers (thriftpy2).

Everything of the Thrift library stays in this file, and what it gives is checked by name here: a module's maker may
number and type the same fields otherwise than the file of this project does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thriftpy2.parser.parser import parse
from thriftpy2.protocol.binary import TBinaryProtocol
from thriftpy2.thrift import TMessageType, TType
from thriftpy2.transport.memory import TMemoryBuffer

from krn_engine.issuing.errors import SourcesInvalid
from krn_engine.issuing.sources.well_formed import NotWellFormed, require_well_formed

OURS = Path(__file__).with_name("token_api.thrift")
SERVICE = "TokenApi"
ARGUMENTS = {"ping": 2, "signInWithPassword": 5, "issueKeyChangeTokens": 4, "fetchTokenResult": 3}
"""The methods that are called, and how many arguments each has; all are given in their order."""
METER, AMENDMENT = 2, 3
"""Places of the structures among the arguments of issueKeyChangeTokens."""
_STRUCTS = {
    ("signInWithPassword", 4): ("version", "culture"),
    ("issueKeyChangeTokens", METER): (
        *("drn", "ea", "tct", "sgc", "krn", "ti", "allowKrnUpdate", "ken", "allow3Kct", "allowKenUpdate"),
    ),
    ("issueKeyChangeTokens", AMENDMENT): ("toSgc", "toKrn", "toTi"),
}
_WHOLE = (TType.BYTE, TType.I16, TType.I32, TType.I64)
Value = str | int | bool | Mapping[str, "str | int | bool"]


class Unreadable(ValueError):
    """Bytes that are no answer to what was called."""


@dataclass(frozen=True, slots=True)
class ModuleRefused:
    """The module's ApiException. Its text is left out: it may name a meter."""

    code: str


Answer = Any
"""What a method returned: text, a structure with the names of the file, or a list of them. Believe no field of it."""


class Interface:
    """Calls and answers by one definition file. Raises SourcesInvalid for a file that lacks what is called."""

    def __init__(self, file: Path = OURS) -> None:
        try:
            self._api = parse(str(file.absolute()), include_dirs=[str(file.parent)], enable_cache=False)
        except Exception as error:  # whatever the parser meets in the file
            raise SourcesInvalid(
                f"the interface file {file} cannot be read ({type(error).__name__}): take the one that the module's "
                "maker gives, with a name that ends in .thrift"
            ) from None
        missing = list(self._missing())
        if missing:
            raise SourcesInvalid(f"the interface file {file} has no {', '.join(missing)}: is it that of TokenApi 1.1?")

    def call(self, method: str, number: int, *arguments: Value) -> bytes:
        """The message that calls a method. A mapping fills the structure at its place by the names of fields."""
        spec = self._arguments(method)
        payload = getattr(self._service, f"{method}_args")()
        for place, value in zip(spec.values(), arguments, strict=True):
            setattr(payload, place[1], _filled(place, value))
        buffer = TMemoryBuffer()
        protocol = TBinaryProtocol(buffer)
        protocol.write_message_begin(method, TMessageType.CALL, number)
        payload.write(protocol)
        message: bytes = buffer.getvalue()
        return message

    def answer(self, method: str, number: int, message: bytes) -> "Answer | ModuleRefused":
        """What the module answered to a call. Raises Unreadable, for whatever is not an answer to it."""
        try:
            require_well_formed(message)
            return self._read(method, number, message)
        except NotWellFormed:
            raise Unreadable("not a message") from None
        except Unreadable:
            raise
        except Exception as error:  # the library has no root for what it raises on a message
            raise Unreadable(type(error).__name__) from None

    def _read(self, method: str, number: int, message: bytes) -> "Answer | ModuleRefused":
        protocol = TBinaryProtocol(TMemoryBuffer(message), strict_decode=True)
        name, kind, answered = protocol.read_message_begin()
        if (name, kind, answered) != (method, TMessageType.REPLY, number):
            raise Unreadable("the answer to another call, or that of a module that failed")
        result = getattr(self._service, f"{method}_result")()
        result.read(protocol)
        for field, value in vars(result).items():
            if field != "success" and value is not None:
                return ModuleRefused(str(getattr(value, "eCode", "")))
        if getattr(result, "success", None) is None:
            raise Unreadable("an empty answer")
        return result.success

    @property
    def _service(self) -> Any:
        return getattr(self._api, SERVICE, None)

    def _arguments(self, method: str) -> dict[int, tuple[Any, ...]]:
        spec: dict[int, tuple[Any, ...]] = getattr(self._service, f"{method}_args").thrift_spec
        return spec

    def _missing(self) -> "list[str]":
        if self._service is None:
            return [f"service {SERVICE}"]
        known = set(self._service.thrift_services)
        wrong = [method for method in ARGUMENTS if method not in known]
        wrong += [m for m, count in ARGUMENTS.items() if m in known and len(self._arguments(m)) != count]
        if wrong:
            return [f"method {method} with {ARGUMENTS[method]} arguments" for method in wrong]
        missing = []
        for (method, place), names in _STRUCTS.items():
            spec = list(self._arguments(method).values())[place]
            there = {field[1] for field in spec[2].thrift_spec.values()} if spec[0] == TType.STRUCT else set()
            missing += [f"field {name} of {method}" for name in names if name not in there]
        return missing


def _filled(spec: tuple[Any, ...], value: Value) -> Any:
    """A value as the file types it: the same number may be a number or digits there."""
    if isinstance(value, Mapping):
        made = spec[2]()
        by_name = {field[1]: field for field in spec[2].thrift_spec.values()}
        for name, item in value.items():
            setattr(made, name, _filled(by_name[name], item))
        return made
    if isinstance(value, bool) or spec[0] == TType.BOOL:
        return bool(value)
    return int(value) if spec[0] in _WHOLE else str(value)

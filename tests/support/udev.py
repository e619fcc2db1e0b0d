"""udev's rules as udev evaluates them (udev(7)). A key that this project's rules do not use is a ValueError."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

_TOKEN = re.compile(r'\s*([A-Z]+)(?:\{(\w+)\})?(==|!=|\+=|=)"((?:[^"\\]|\\.)*)"\s*(?:,|$)')
_MATCHES = {"ACTION", "SUBSYSTEM", "KERNEL", "ENV", "ATTR", "ATTRS", "PROGRAM"}
_SETS = {"ENV", "ATTR", "RUN", "GOTO", "LABEL"}


@dataclass(frozen=True)
class Token:
    """One KEY{name}=="value" of a rule."""

    key: str
    name: str
    operator: str
    value: str

    @property
    def matches(self) -> bool:
        """It asks, and sets nothing."""
        return self.operator in ("==", "!=")


@dataclass
class Device:
    """What the kernel tells of a device, and the device that it hangs on."""

    path: str
    """Below /sys; the last part is its kernel name."""
    properties: Mapping[str, str]
    attributes: Mapping[str, str] = field(default_factory=dict)
    parent: "Device | None" = None
    subsystem: str = "usb"

    @property
    def line(self) -> Iterator["Device"]:
        """It and all that it hangs on."""
        device: Device | None = self
        while device is not None:
            yield device
            device = device.parent


@dataclass
class Told:
    """What the rules did with one device."""

    properties: dict[str, str]
    attributes: dict[str, str] = field(default_factory=dict)
    runs: list[str] = field(default_factory=list)


def parsed(text: str) -> list[list[Token]]:
    """The rules of a file. Raises ValueError for what this does not know, or what udev would not read."""
    rules = []
    for line in text.replace("\\\n", "").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        tokens, at = [], 0
        while at < len(line):
            found = _TOKEN.match(line, at)
            if found is None:
                raise ValueError(f"udev does not read: {line[at:]}")
            key, name, operator, value = found[1], found[2] or "", found[3], found[4]
            if key not in (_MATCHES if operator in ("==", "!=") else _SETS):
                raise ValueError(f"unknown here: {key}{operator}")
            tokens.append(Token(key, name, operator, value))
            at = found.end()
        rules.append(tokens)
    labels = {token.value for rule in rules for token in rule if token.key == "LABEL"}
    for rule in rules:
        for token in rule:
            if token.key == "GOTO" and token.value not in labels:
                raise ValueError(f"no such label: {token.value}")
    return rules


def evaluated(rules: list[list[Token]], device: Device, program: Callable[[str], bool], action: str = "add") -> Told:
    """What the rules do with a device; `program` says whether a PROGRAM ends well."""
    told = Told(dict(device.properties))
    awaited = ""
    for rule in rules:
        labels = {token.value for token in rule if token.key == "LABEL"}
        if awaited and awaited not in labels:
            continue
        awaited = ""
        if not _applies([token for token in rule if token.matches], device, told, program, action):
            continue
        for token in rule:
            match token.key, token.matches:
                case "ENV", False:
                    told.properties[token.name] = token.value
                case "ATTR", False:
                    told.attributes[token.name] = token.value
                case "RUN", False:
                    told.runs.append(_filled(token.value, device))
                case "GOTO", _:
                    awaited = token.value
    return told


def _applies(tokens: list[Token], device: Device, told: Told, program: Callable[[str], bool], action: str) -> bool:
    own: dict[str, Callable[[str], str | None]] = {
        "ACTION": lambda _: action,
        "SUBSYSTEM": lambda _: device.subsystem,
        "KERNEL": lambda _: device.path.rpartition("/")[2],
        "ENV": lambda name: told.properties.get(name, ""),
        "ATTR": device.attributes.get,
    }
    # All ATTRS of a rule are looked for on one device of the line.
    asked = [token for token in tokens if token.key == "ATTRS"]
    if not any(all(_fits(token, one.attributes.get(token.name)) for token in asked) for one in device.line):
        return False
    for token in tokens:
        if token.key == "PROGRAM":
            if program(_filled(token.value, device)) is not (token.operator == "=="):
                return False
        elif token.key in own and not _fits(token, own[token.key](token.name)):
            return False
    return True


def _fits(token: Token, value: str | None) -> bool:
    """An attribute that is not there fits nothing, not even what it should differ from."""
    if value is None:
        return False
    fits = any(fnmatchcase(value, pattern) for pattern in token.value.split("|"))
    return fits is (token.operator == "==")


def _filled(text: str, device: Device) -> str:
    return text.replace("%p", device.path).replace("$$", "$")

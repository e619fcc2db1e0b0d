"""The keypad's part of the meter process's settings: the table `[keypad]`. `docs/config.md` says what each means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hardware.keypad.forms import Form, LinesForm, MatrixForm, MultiplexerForm
from hardware.keypad.table import KeypadTable

CALIBRATED = "/var/lib/krn-meter/profiles"
FACTORIES = ("lgpio", "mock")
"""What may drive the lines: lgpio on every Pi, or nothing but memory."""


@dataclass(frozen=True, slots=True)
class KeypadSettings:
    """How the contacts are wired, what else is on a line, and where timings are kept that were found."""

    contacts: Form
    calibrated: Path = Path(CALIBRATED)
    pin_factory: str = "lgpio"
    tone_pin: int | None = None
    loop_pin: int | None = None

    @classmethod
    def of(cls, table: KeypadTable) -> "KeypadSettings":
        """From the table, which then knows every problem: also a GPIO number that is used twice."""
        settings = cls(
            contacts=_form(table.table("contacts")),
            calibrated=Path(table.text("calibrated", CALIBRATED)),
            pin_factory=table.text("pin_factory", "lgpio", FACTORIES),
            tone_pin=table.pin("tone_pin") if table.has("tone_pin") else None,
            loop_pin=table.pin("loop_pin") if table.has("loop_pin") else None,
        )
        table.one_use_each()
        return settings


def _form(table: KeypadTable) -> Form:
    kind = table.text("form", "", tuple(FORMS))
    enable = table.pin("enable")
    return FORMS[kind](table, enable) if kind in FORMS else LinesForm(enable, {})


def _lines(table: KeypadTable, enable: int) -> Form:
    return LinesForm(enable, table.pin_map("keys"))


def _matrix(table: KeypadTable, enable: int) -> Form:
    return MatrixForm(enable, table.pins("rows"), table.pins("columns"))


def _multiplexers(table: KeypadTable, enable: int) -> Form:
    return MultiplexerForm(enable, table.pin("gate"), table.pins("row_address"), table.pins("column_address"))


FORMS: Mapping[str, Callable[[KeypadTable, int], Form]] = {
    "lines": _lines,
    "matrix": _matrix,
    "multiplexers": _multiplexers,
}
"""The forms of contacts by the name that a settings file has for them."""

"""From the optical settings to a meter: the adapter that sends rows by light, or the one that only reads."""

from pathlib import Path

from hardware.adapter import MeterAdapter
from hardware.errors import SettingsInvalid
from hardware.optical.adapter import OpticalAdapter
from hardware.optical.echo import EchoLine
from hardware.optical.find import Found, find
from hardware.optical.line import Line
from hardware.optical.model import OpticalModel
from hardware.optical.models import all_models, read_model
from hardware.optical.reader import OpticalReader
from hardware.optical.serial_line import SerialLine, chosen_port, found_ports
from hardware.optical.settings import OpticalSettings


class OpticalBuilder:
    """Opens the adapter again and again on one head."""

    def __init__(self, settings: OpticalSettings) -> None:
        self._settings = settings

    def open(self, name: str) -> MeterAdapter:
        """The adapter for a model. Raises ProfileInvalid, SettingsInvalid, LineLost."""
        model = self._settings.applied_to(read_model(name))
        if not model.takes_tokens:
            return self._reader(model)
        # Told when it is opened, and not with the first row: no head, or one of several.
        chosen_port(self._settings.port)
        return OpticalAdapter(lambda: self._line(model), model, self._settings.secrets(), self._settings.title)

    def beside(self) -> OpticalReader | None:
        """What reads beside a keypad, if the settings want it."""
        name = self._settings.beside_keypad
        return None if name is None else self._reader(read_model(name))

    def _reader(self, model: OpticalModel) -> OpticalReader:
        return OpticalReader(lambda: self._line(model), model)

    def heads(self) -> tuple[Path, ...]:
        """The heads that there are: the one of the settings, or every serial adapter."""
        return found_ports() if self._settings.port is None else (self._settings.port,)

    def under(self, head: Path) -> Found:
        """Which meter is under a head. Raises NoAnswer, MeterAnswersWrong, LineLost, SettingsInvalid.

        A model that does not go together with the settings fits no meter here.
        """
        known, problem = [], SettingsInvalid("[optical]: there is no model")
        for model in all_models():
            try:
                known.append(self._settings.applied_to(model))
            except SettingsInvalid as error:
                problem = error
        if not any(model.takes_tokens for model in known):
            raise problem
        with EchoLine(SerialLine(head)) as line:
            return find(line, tuple(known))

    def _line(self, model: OpticalModel) -> Line:
        """The head, opened. Raises LineLost, SettingsInvalid."""
        return EchoLine(SerialLine(chosen_port(self._settings.port), model.start))

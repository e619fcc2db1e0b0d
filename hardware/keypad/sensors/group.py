"""All sensors that watch one meter, as one."""

from collections.abc import Callable, Sequence

from hardware.keypad.sensors.base import Sensor, Sighting, agreed

LISTEN_EVERY = 0.01
"""Seconds between two looks."""


class SensorGroup:
    """Asks each sensor, and knows what those that know agree on."""

    def __init__(self, sensors: Sequence[Sensor], clock: Callable[[], float], wait: Callable[[float], None]) -> None:
        self._sensors = tuple(sensors)
        self._clock = clock
        self._wait = wait

    def text(self) -> str | None:
        """What the display shows now, from the first sensor that is sure of it."""
        return next((text for sensor in self._sensors if (text := sensor.text()) is not None), None)

    def begin(self) -> None:
        """The row was submitted just now."""
        for sensor in self._sensors:
            sensor.begin()

    def listen(self, seconds: float, stop: Callable[[], bool]) -> Sighting | None:
        """Look until each knows, or so many seconds have passed, or `stop` says so."""
        end = self._clock() + seconds
        while self._sensors and self._clock() < end and not stop():
            now = self._clock()
            for sensor in self._sensors:
                sensor.sample(now)
            if all(sensor.sighting() is not None for sensor in self._sensors):
                break
            self._wait(LISTEN_EVERY)
        return agreed([sighting for sensor in self._sensors if (sighting := sensor.sighting()) is not None])

    def close(self) -> None:
        """Give every line and device back."""
        for sensor in self._sensors:
            sensor.close()

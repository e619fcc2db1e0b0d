"""A clock moved by hand: everything virtual can run on it, and a whole upgrade then takes milliseconds."""


class HandClock:
    """Seconds that pass only when they are told to; waiting on it takes no time."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        """As `time.sleep`."""
        self.now += seconds

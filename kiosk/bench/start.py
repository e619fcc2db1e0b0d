"""What a command takes of the processor before it does anything, and a whole small one."""

from collections.abc import Iterator

from kiosk.bench.child import krn, program, spent
from kiosk.bench.figure import ROUNDS, Figure, figure

COMMANDS = {
    "start_help": krn("--help"),
    "start_first_frame": program("first_frame"),
    "start_upgrade": krn("upgrade", "--demo", "--json"),
}
"""Each figure, and the process that it is of."""


def figures(rounds: int = ROUNDS) -> Iterator[Figure]:
    """Seconds of the processor, of whole processes from start to end, the commands in turn."""
    work: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(rounds):
        for name, command in COMMANDS.items():
            work[name].append(spent(command).work)
    for name, seconds in work.items():
        yield figure(name, "s", seconds)

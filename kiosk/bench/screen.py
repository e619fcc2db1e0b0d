"""What the screen costs: an idle home, a touch while a meter is typed into beside it, a thousand sessions."""

from collections.abc import Iterator

from kiosk.bench.child import printed, program
from kiosk.bench.figure import ROUNDS, Figure, figure

IDLE_SECONDS = 10
TOUCHES = 300
SESSIONS = 1000
NOT_COUNTED = 100
"""Sessions before those: what is made once is made in them."""


def figures(
    rounds: int = ROUNDS,
    idle_seconds: float = IDLE_SECONDS,
    touches: int = TOUCHES,
    sessions: int = SESSIONS,
    not_counted: int = NOT_COUNTED,
) -> Iterator[Figure]:
    """Idle, touched, and used all day."""
    yield figure("idle_cpu", "%", [printed(program("idle", idle_seconds)) for _ in range(rounds)])
    yield figure("touch_p99", "ms", [printed(program("touch", touches)) for _ in range(rounds)])
    yield figure("memory_1000_sessions", "MB", [printed(program("sessions", sessions, not_counted))])

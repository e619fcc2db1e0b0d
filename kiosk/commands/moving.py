"""The part of `krn setup` that asks what becomes of a kiosk's facts where it is to belong to another office."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from kiosk.commands.asking import yes
from kiosk.errors import ConfigInvalid
from kiosk.settings.config import Config
from krn_engine.office.offline.file import NAME
from krn_engine.office.offline.leaving import facts_in, leave


def leaves(before: Config | None, url: str, state: Path, *, told: bool) -> bool:
    """Whether the kiosk leaves its office, with what it has for it. `told`: somebody has said so already.

    What the kiosk has is never delivered to another office in any case (OFF-16). Raises ConfigInvalid where facts would
    be left without somebody's word.
    """
    if told or not (state / NAME).exists():
        return told
    was = None if before is None else before.office_url
    if was is None or was.rstrip("/").lower() == url.rstrip("/").lower():
        return False
    if yes(f"Is that the office of before ({was}), under another address?", default=False):
        return False
    facts = facts_in(state)
    if facts and not yes(
        f"This kiosk has {facts} facts for the office of before. Leave them aside, for it alone?", default=False
    ):
        raise ConfigInvalid(
            "the facts were not left aside: nothing was written. Lead the kiosk to the office of before until it has "
            "taken them (krn outbox), or say --leave-facts"
        )
    return True


def begin_anew(state: Path, give: Callable[[Path], None]) -> None:
    """Leave aside what is for the office of before; `give` makes a file the kiosk's. Raises what a disk refuses."""
    aside = leave(state, datetime.now(UTC)) if (state / NAME).exists() else None
    for path in (*state.glob("copy.*"), *state.glob("outbox.*"), *(() if aside is None else (aside, *aside.iterdir()))):
        give(path)
    if aside is not None:
        print(f"what this kiosk had for the office of before is in {aside}: krn outbox --left {aside}")

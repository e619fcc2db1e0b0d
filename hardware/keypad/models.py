"""The profiles that there are: those that ship, and the timings that were found for meters on this bench."""

import tomllib
from dataclasses import asdict, replace
from pathlib import Path

from hardware.errors import ProfileInvalid
from hardware.keypad.profile import FOLDER, Profile, Timing
from hardware.keypad.table import KeypadTable
from krn_engine.durable import replace_file

CALIBRATED = ".timing.toml"
DEFAULT_MODEL = "generic-4x3"


def models() -> tuple[str, ...]:
    """Names of all models."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def profiles() -> tuple[Profile, ...]:
    """The profiles of all models, the common one first."""
    return tuple(read_profile(name) for name in sorted(models(), key=lambda name: (name != DEFAULT_MODEL, name)))


def read_profile(model: str, calibrated: Path | None = None) -> Profile:
    """The profile of a model, at the pace that was calibrated for it, if `calibrated` is a folder that has one.

    Raises ProfileInvalid, which names the models that there are.
    """
    if model not in models():
        raise ProfileInvalid(f"there is no meter model {model!r}: choose from {', '.join(models())}")
    profile = Profile.parse((FOLDER / f"{model}.toml").read_text(encoding="utf-8"), model)
    timing = None if calibrated is None else calibrated / f"{model}{CALIBRATED}"
    if timing is None or not timing.exists():
        return profile
    try:
        table = KeypadTable(tomllib.loads(timing.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise ProfileInvalid(f"the calibrated timing {timing.name} cannot be read: delete it ({error})") from error
    faster = profile.with_timing(
        replace(
            profile.timing,
            **{name: table.number(name, value, 0.001, 10.0) for name, value in asdict(profile.timing).items()},
        )
    )
    if problems := table.problems():
        raise ProfileInvalid(f"the calibrated timing {timing.name} cannot be used: " + "; ".join(problems))
    return faster


def store_timing(model: str, timing: Timing, folder: Path) -> Path:
    """Keep a calibrated pace on disk, whole or not at all. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{model}{CALIBRATED}"
    about = f"# Seconds, found on this bench for the model {model}. Delete the file to return to the safe pace.\n"
    lines = "".join(f"{name} = {value:.4f}\n" for name, value in asdict(timing).items())
    replace_file(path, (about + lines).encode(), 0o644)
    return path

"""The optical models that there are."""

from hardware.errors import ProfileInvalid
from hardware.optical.model import OpticalModel
from hardware.optical.model_file import FOLDER, parse_model


def models() -> tuple[str, ...]:
    """Names of all models."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def read_model(name: str) -> OpticalModel:
    """The model of a name; raises ProfileInvalid, which names the models that there are."""
    if name not in models():
        raise ProfileInvalid(f"there is no optical model {name!r}: choose from {', '.join(models())}")
    return parse_model((FOLDER / f"{name}.toml").read_text(encoding="utf-8"), name)


def all_models() -> tuple[OpticalModel, ...]:
    """All of them, those that take tokens first."""
    found = [read_model(name) for name in models()]
    return tuple(sorted(found, key=lambda model: (not model.takes_tokens, model.name)))

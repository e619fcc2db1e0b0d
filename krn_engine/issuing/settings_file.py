"""A file of settings that the configuration of an office names: TOML. Each refusal says which file it is."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from krn_engine.errors import KrnError
from krn_engine.strict_toml import StrictTable, parse_toml

T = TypeVar("T")


def top_table(text: str, what: str, refused: type[KrnError]) -> StrictTable:
    """The whole of such a file. `what` it is, such as "file of the chats"; raises `refused` for what is not TOML."""
    try:
        return StrictTable(parse_toml(text))
    except ValueError as error:
        raise refused(f"the {what} is not TOML: {error}") from error


def read_file(path: Path, what: str, advice: str, refused: type[KrnError], parse: Callable[[str], T]) -> T:
    """What `parse` makes of the text of the file at `path`; `advice` says what to do where that cannot be read.

    Raises `refused`, which names the file. What else `parse` raises comes as it is.
    """
    try:
        return parse(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise refused(f"the {what} {path} is not UTF-8 text: save it as UTF-8") from None
    except OSError as error:
        raise refused(f"the {what} {path} cannot be read: {error.strerror}. {advice}") from error
    except refused as error:
        raise refused(f"{error.message}. Mend {path} (docs/config.md)") from error

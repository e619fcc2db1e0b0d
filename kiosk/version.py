"""Which version of the program this is. `pyproject.toml` is the one place that says it."""

import tomllib
from importlib import metadata
from pathlib import Path

NAME = "krn-kiosk"
_ROOT = Path(__file__).parents[1]


def version(root: Path = _ROOT) -> str:
    """The version, such as "0.2.0": from the `pyproject.toml` of the tree in `root`, else of the installed package.

    The tree is asked first: the installer copies it and installs no package, and an editable package remembers the
    version of the day on which it was installed. Raises PackageNotFoundError if there is neither.
    """
    try:
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8")).get("project", {})
    except FileNotFoundError:
        project = {}
    # Beside a package that was installed from a wheel a file of this name would be another project's.
    return str(project["version"]) if project.get("name") == NAME else metadata.version(NAME)

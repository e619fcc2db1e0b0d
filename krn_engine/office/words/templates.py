"""Templates of what an office shows in a browser."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def html_templates(*folders: Path) -> Environment:
    """The templates in these folders, each by its name in the first one that has it.

    What is put into one is escaped, and a name that it does not know is an error. They are read and
    compiled at their first use, and not looked at again: keep what this gives.
    """
    return Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )

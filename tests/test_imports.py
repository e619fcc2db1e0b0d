"""The map of the house: who imports whom, in all three packages, imports inside of functions included."""

from graphlib import TopologicalSorter

import grimp
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

PACKAGES = ("kiosk", "hardware", "krn_engine")


def imports() -> dict[str, set[str]]:
    """Each module, and the modules that it imports."""
    graph = grimp.build_graph(*PACKAGES)
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def test_there_is_no_circle() -> None:
    """`graphlib` names the modules of a circle that it finds."""
    found = imports()
    assert len(found) > 200
    TopologicalSorter(found).prepare()


def test_no_import_runs_up() -> None:
    """The layers are contracts in pyproject.toml, exhaustive ones: a new module has to find its place."""
    assert lint_imports(no_cache=True) == EXIT_STATUS_SUCCESS

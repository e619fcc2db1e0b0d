"""The map of the house: who imports whom, in the three packages and in the tests, also inside of functions."""

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from types import ModuleType

import grimp

PACKAGES = ("kiosk", "hardware", "krn_engine")
TESTS = Path(__file__).parent
MIGRATIONS = "krn_engine.register.migrations"
"""Alembic runs these; they cannot be imported beside it."""


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
    # In a process of its own: it sets the logging of the one that it runs in.
    done = subprocess.run([Path(sys.executable).with_name("lint-imports")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def imports_by_name(source: str) -> bool:
    """True if a module is imported there by a string: `importlib.import_module`, or `__import__`."""
    return any(
        (isinstance(node, ast.Attribute) and node.attr == "import_module")
        or (isinstance(node, ast.Name) and node.id in ("__import__", "import_module"))
        for node in ast.walk(ast.parse(source))
    )


def test_only_the_one_command_imports_by_name() -> None:
    """No linter and no reader sees such an import; krn imports the module of the command that it is asked for."""
    files = [file for package in PACKAGES for file in (TESTS.parent / package).rglob("*.py")]
    assert len(files) > 200
    assert [file.name for file in files if imports_by_name(file.read_text())] == ["cli.py"]
    assert imports_by_name("def f():\n    import importlib\n    return importlib.import_module('kiosk.flow')")


def names_imported_by(source: str) -> Iterator[str]:
    """Each module, and each name of a module, that a source file imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module or ''}.{alias.name}" for alias in node.names)


def of_a_test_module(name: str) -> bool:
    """A test function has such a name too: it cannot be imported without its module."""
    return name.startswith("tests.") and any(part.startswith("test_") for part in name.split("."))


def test_no_file_imports_from_a_test_module() -> None:
    """What two test modules need lies in tests/support."""
    files = {str(file.relative_to(TESTS)): file.read_text() for file in sorted(TESTS.rglob("*.py"))}
    assert len(files) > 100
    wrong = {file: name for file, text in files.items() for name in names_imported_by(text) if of_a_test_module(name)}
    assert wrong == {}


def test_an_import_from_a_test_module_is_found() -> None:
    for source in (
        "from tests.kiosk.test_cli import krn",
        "from tests.kiosk import test_cli",
        "import tests.kiosk.test_cli",
        "def f():\n    from tests.kiosk.test_cli import krn",
    ):
        assert any(map(of_a_test_module, names_imported_by(source))), source
    assert not any(map(of_a_test_module, names_imported_by("from tests.support.cli import krn\nimport pytest")))


def test_no_package_hides_its_own_modules() -> None:
    """`from package import module` must give the module, and not something that the package bound to its name."""
    hidden = []
    for name in imports():
        parent, _, module = name.rpartition(".")
        if parent and not name.startswith(MIGRATIONS):
            importlib.import_module(name)
            if not isinstance(getattr(sys.modules[parent], module), ModuleType):
                hidden.append(name)
    assert hidden == []

"""No program stands in a string, where no type checker, no linter and no test sees that it is broken."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("kiosk", "hardware", "krn_engine", "tests")


def handed_over(source: str) -> Iterator[int]:
    """Lines with a list or a call that starts Python and hands it a program: `sys.executable`, and "-c" after it."""
    if "-c" not in source or "sys.executable" not in source:
        return
    for node in ast.walk(ast.parse(source)):
        parts = [ast.unparse(part) for part in ast.iter_child_nodes(node)]
        if "sys.executable" in parts and "'-c'" in parts:
            yield node.lineno if isinstance(node, ast.expr) else 0


def test_no_python_file_hands_a_program_over_in_a_string() -> None:
    files = [file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.py"))]
    assert len(files) > 300
    found = [f"{file.relative_to(ROOT)}:{line}" for file in files for line in handed_over(file.read_text())]
    assert found == []


def test_the_makefile_has_none() -> None:
    assert re.findall(r"python3? (?:-\S+ )*-c .*", (ROOT / "Makefile").read_text()) == []


@pytest.mark.parametrize(
    "source", ['run([sys.executable, "-c", code])', 'run((sys.executable, "-W", "ignore", "-c", HOLD), check=True)']
)
def test_one_would_be_found(source: str) -> None:
    assert list(handed_over(source)) == [1]

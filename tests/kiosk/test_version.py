"""`krn --version`, from a tree and from a wheel; and what the wheel holds beside Python."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from kiosk.cli import main
from kiosk.version import NAME, version

ROOT = Path(__file__).parents[2]
PYPROJECT = (ROOT / "pyproject.toml").read_text()
VERSION = tomllib.loads(PYPROJECT)["project"]["version"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=60,
    )
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_version_is_pyprojects(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out == f"krn {VERSION}\n"


def test_a_tree_tells_its_own_version_whatever_is_installed(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f'[project]\nname = "{NAME}"\nversion = "7.8.9"\n')
    assert version(tmp_path) == "7.8.9"


def test_the_pyproject_of_another_project_is_not_asked(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "another"\nversion = "7.8.9"\n')
    assert version(tmp_path) == metadata.version(NAME)


def test_a_wheel_tells_its_version_without_any_other_package(wheel: Path, tmp_path: Path) -> None:
    """-S: nothing is installed but the wheel, so no pygame either."""
    asked = subprocess.run(
        [sys.executable, "-S", "-m", "kiosk.cli", "--version"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(wheel)},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (asked.returncode, asked.stdout, asked.stderr) == (0, f"krn {VERSION}\n", "")


def test_the_installer_reads_the_same_version(tmp_path: Path) -> None:
    """It has no Python environment yet when it names the release, so it reads the line with sed."""
    script = (ROOT / "systemd/install.sh").read_text()
    read = re.search(r"^version=\$\((sed .*) \"\$HERE/pyproject\.toml\"\)$", script, re.MULTILINE)
    assert read is not None
    told = subprocess.run(
        ["sh", "-c", f"{read[1]} pyproject.toml"], cwd=ROOT, check=True, capture_output=True, text=True, timeout=60
    )
    assert told.stdout == f"{VERSION}\n"


def test_the_wheel_holds_all_that_the_tree_has_and_says_that_it_is_typed(wheel: Path) -> None:
    def files(root: Path) -> set[Path]:
        """Without the bytecode that whoever imports them leaves beside them."""
        found = {path.relative_to(root) for path in (root / package).rglob("*") if path.is_file()}
        return {path for path in found if "__pycache__" not in path.parts}

    for package in ("kiosk", "hardware", "krn_engine"):
        assert (wheel / package / "py.typed").is_file()
        assert files(wheel) == files(ROOT)

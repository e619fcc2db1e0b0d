"""The project's Makefile, run elsewhere."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The project's Makefile in another folder, with what these tests run in, which it takes as set up."""
    command = ["make", "-f", str(ROOT / "Makefile"), "-o", ".venv/.installed", *arguments, f"BIN={BIN}"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "SDL_VIDEODRIVER": "dummy"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)

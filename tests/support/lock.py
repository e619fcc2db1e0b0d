"""The lock files as another machine reads them: pip decides by the machine it runs on what a line is for."""

from pathlib import Path

from packaging.markers import Marker

ROOT = Path(__file__).parents[2]


def locked(extra: str, python: str, machine: str) -> str:
    """The lock file of `extra`, with what is for this Python (3.11) and processor (aarch64) alone, and no markers."""
    # The rest is Linux, and is how the tests themselves are run.
    there = {"platform_machine": machine, "python_version": python, "python_full_version": f"{python}.0"}
    lines, taken = [], True
    for line in (ROOT / f"requirements/{extra}.txt").read_text(encoding="utf-8").splitlines():
        package, semicolon, marker = line.removesuffix("\\").partition(" ; ")
        if line[:1].isalnum():
            taken = not semicolon or Marker(marker.strip()).evaluate(there)
        if taken:
            lines.append(f"{package} \\" if semicolon else line)
    return "\n".join(lines) + "\n"

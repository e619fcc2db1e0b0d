"""Where SoftHSM2 keeps its tokens in a test. It reads that from its environment, once for a process."""

from collections.abc import Mapping
from pathlib import Path


def configuration(folder: Path) -> Mapping[str, str]:
    """Write SoftHSM2's configuration for a folder; gives the environment that leads to it."""
    tokens = folder / "tokens"
    tokens.mkdir(exist_ok=True)
    file = folder / "softhsm2.conf"
    file.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
    return {"SOFTHSM2_CONF": str(file)}

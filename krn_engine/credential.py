"""A secret that systemd hands to a service alone: LoadCredential= or LoadCredentialEncrypted= (systemd.exec(5))."""

import os
from pathlib import Path

FOLDER = "CREDENTIALS_DIRECTORY"
"""The variable by which a service finds its credentials."""


def credential(name: str) -> Path | None:
    """The file of a credential; None outside of such a service, or if it was given none of this name."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return None
    path = Path(folder) / name
    return path if path.is_file() else None

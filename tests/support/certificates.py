"""An authority of a test's own, and certificates of it, made by openssl."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

installed = pytest.mark.skipif(shutil.which("openssl") is None, reason="apt-get install openssl")


@dataclass(frozen=True)
class Certificate:
    """A certificate and its key, as files."""

    certificate: Path
    key: Path


def authority(folder: Path, name: str) -> Certificate:
    """A certificate that signs others."""
    made = Certificate(folder / f"{name}.pem", folder / f"{name}.key")
    _openssl(
        "req", "-x509", *_NEW_KEY, "-keyout", made.key, "-out", made.certificate, "-days", "2", "-subj", f"/CN={name}"
    )
    return made


def certificate(folder: Path, by: Certificate, name: str, days: int = 2) -> Certificate:
    """A certificate for a name of a machine, `localhost` or an address, good from now on for so many days."""
    file = name.replace(".", "-")
    made, request, extra = (
        Certificate(folder / f"{file}.pem", folder / f"{file}.key"),
        folder / "request",
        folder / "extra",
    )
    _openssl("req", *_NEW_KEY, "-keyout", made.key, "-out", request, "-subj", f"/CN={name}")
    kind = "IP" if name[0].isdigit() else "DNS"
    extra.write_text(f"subjectAltName={kind}:{name}\n")
    authority_of = ("-CA", by.certificate, "-CAkey", by.key, "-CAcreateserial")
    _openssl("x509", "-req", "-in", request, *authority_of, "-out", made.certificate, "-days", days, "-extfile", extra)
    return made


_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def _openssl(*words: object) -> None:
    subprocess.run(["openssl", *map(str, words)], capture_output=True, check=True)

"""The project's configuration of nginx, with the places of a test in it, and a real nginx that runs by it."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONFIGURATION = ROOT / "systemd/office-proxy.nginx.conf"
KIOSKS, PEOPLE = 8443, 443
"""The ports of its two doors."""
PERIOD = 20.0
_FILE = "/etc/krn/proxy/"
_SOCKET = "/run/krn-office.sock"

installed = pytest.mark.skipif(shutil.which("nginx") is None, reason="needs a proxy: apt-get install nginx-light")


def certificates(folder: Path) -> None:
    """Make what docs/operations.md says, by its own commands, for an office called `localhost`."""
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    (commands,) = re.findall(r"^```sh\n(new=.*?)^```$", page, re.MULTILINE | re.DOTALL)
    script = commands.replace("office.example", "localhost")
    subprocess.run(["bash", "-euc", script], cwd=folder, capture_output=True, check=True)


def certificate(folder: Path, name: str, subject: str) -> None:
    """Another certificate for a client of the authority in `folder`, for this subject."""
    (folder / "kiosk.ext").write_text("extendedKeyUsage=clientAuth\n")
    script = (
        f'openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "{subject}" -keyout {name}.key '
        f"-out {name}.csr\nopenssl x509 -req -in {name}.csr -CA authority.pem -CAkey authority.key -CAcreateserial "
        f"-days 2 -extfile kiosk.ext -out {name}.pem"
    )
    subprocess.run(["bash", "-euc", script], cwd=folder, capture_output=True, check=True)


@contextmanager
def proxy(folder: Path, office: Path, **changed: str) -> Iterator[dict[int, str]]:
    """nginx before the office's socket, with the certificates in `folder`; gives the URL of each door.

    `changed`: directives with other values than the configuration has.
    """
    text = CONFIGURATION.read_text(encoding="utf-8").replace(_FILE, f"{folder}/").replace(_SOCKET, str(office))
    urls: dict[int, str] = {}
    for door in (KIOSKS, PEOPLE):
        port = _free()
        text = _replaced(text, f"listen {door} ssl;", f"listen 127.0.0.1:{port} ssl;")
        urls[door] = f"https://localhost:{port}"
    for name, value in changed.items():
        text, count = re.subn(rf"^( *){name} .*;$", rf"\g<1>{name} {value};", text, flags=re.MULTILINE)
        assert count, name
    place = Path(tempfile.mkdtemp(prefix="nginx-", dir=folder))
    main = place / "nginx.conf"
    user = "user root;\n" if os.geteuid() == 0 else ""
    places = "".join(
        f"{kind}_temp_path {place}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main.write_text(
        f"{user}daemon off;\npid {place}/nginx.pid;\nerror_log {place}/error.log warn;\nworker_processes 1;\n"
        f"events {{}}\nhttp {{\n{places}{text}\n}}\n"
    )
    with subprocess.Popen(["nginx", "-p", str(place), "-e", str(place / "error.log"), "-c", str(main)]) as running:
        try:
            end = time.monotonic() + PERIOD
            while not _answers(int(urls[PEOPLE].rpartition(":")[2])):
                assert running.poll() is None, (place / "error.log").read_text()
                assert time.monotonic() < end
                time.sleep(0.02)
            yield urls
        finally:
            running.terminate()
            running.wait(PERIOD)


def _replaced(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


def _free() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True

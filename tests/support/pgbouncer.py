"""A PgBouncer in transaction mode before a PostgreSQL of the tests."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from kiosk.bench.postgres import OWNER, USER, Server

PORT = 6432
SESSIONS = 2
"""Of the server, for all that come: fewer than those, so that nobody keeps one."""
PERIOD = 20.0

installed = pytest.mark.skipif(shutil.which("pgbouncer") is None, reason="needs a pool: apt-get install pgbouncer")


@contextmanager
def pgbouncer(server: Server, database: str) -> Iterator[str]:
    """It runs; gives the URL by which the product reaches a database through it."""
    folder = server.folder / "pool"
    folder.mkdir()
    (folder / "users").write_text(f'"{USER}" ""\n')
    (folder / "ini").write_text(
        f"[databases]\n* = host={server.folder}\n[pgbouncer]\npool_mode = transaction\nlisten_port = {PORT}\n"
        f"listen_addr =\nunix_socket_dir = {folder}\nauth_type = trust\nauth_file = {folder}/users\n"
        f"default_pool_size = {SESSIONS}\nlogfile = {folder}/log\n"
    )
    command = ["pgbouncer", str(folder / "ini")]
    if os.geteuid() == 0:
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, OWNER, OWNER)
        command = ["setpriv", "--reuid", OWNER, "--regid", OWNER, "--clear-groups", *command]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            end = time.monotonic() + PERIOD
            while not (folder / f".s.PGSQL.{PORT}").exists():
                assert running.poll() is None
                assert time.monotonic() < end
                time.sleep(0.02)
            psycopg.connect(f"host={folder} port={PORT} user={USER} dbname={database}").close()
            yield server.url(database).partition("?")[0] + f"?host={folder}&port={PORT}"
        finally:
            running.kill()
            shutil.rmtree(folder)

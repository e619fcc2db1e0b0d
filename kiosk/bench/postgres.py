"""A PostgreSQL of one's own: reached by a Unix socket alone, in a temporary folder, removed with all that is in it.

Debian's package is enough, and the cluster that the package may make is left alone. The server refuses to run as root,
so there it runs as the package's own user.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql
from sqlalchemy import URL

USER = "krn"
OWNER = "postgres"
"""Debian's user for it."""
PATIENCE = 20.0
"""Seconds for a server to begin."""
FLEETING = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "shared_buffers": "32MB",
    "max_connections": "120",
}
"""Settings of one whose content nobody needs tomorrow: nothing is synced to a disk."""
MEMORY, ROOM = Path("/dev/shm"), 2**30  # noqa: S108  a folder of its own is made in it
"""Where a database is made in a fifth of the time, if so much is free there."""


def programs() -> Path | None:
    """The folder of the newest server that is installed; None: there is none."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((path.parent for path in found), key=lambda path: float(path.parent.name), default=None)


class Server:
    """A running server; `stop` and `start` it as a machine would be."""

    def __init__(self, *, in_memory: bool = True, **settings: str) -> None:
        """`settings` take the place of those in `FLEETING`. Raises RuntimeError if no server is installed."""
        found = programs()
        if found is None:
            raise RuntimeError("needs a database server: apt-get install postgresql")
        self.programs = found
        """Where the programs of this release are."""
        self._settings = {"listen_addresses": ""} | FLEETING | settings
        self._as = ["setpriv", "--pdeathsig", "QUIT"]
        self.folder = Path(tempfile.mkdtemp(prefix="krn-pg-", dir=_roomy() if in_memory else None))
        if os.geteuid() == 0:
            self._as += ["--reuid", OWNER, "--regid", OWNER, "--clear-groups"]
            shutil.chown(self.folder, OWNER, OWNER)
        self._numbers = count(1)
        made = ["initdb", "-D", str(self._data), "-U", USER, "-A", "trust", "-E", "UTF8"]
        self._run([*made, "--locale=C.UTF-8", "--no-sync"])
        self.start()

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _run(self, command: list[str]) -> None:
        subprocess.run(
            [*self._as, self.programs / command[0], *command[1:]], cwd=self.folder, check=True, capture_output=True
        )

    def start(self) -> None:
        """Begin, and wait until it answers."""
        settings = [f"--{name}={value}" for name, value in self._settings.items()]
        command = [*self._as, str(self.programs / "postgres"), "-D", str(self._data), "-k", str(self.folder)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen([*command, *settings], cwd=self.folder, stdout=log, stderr=log)
        end = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(self._conninfo()).close()
            except psycopg.OperationalError:
                if time.monotonic() > end or self._process.poll() is not None:
                    raise
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        """As a power cut does: nobody is waited for, and nothing is written."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(PATIENCE)

    def kill(self) -> None:
        """The first process at once: the others find that it is gone, and end too."""
        others = [Path(f"/proc/{number}") for number in self._children()]
        self._process.kill()
        self._process.wait(PATIENCE)
        end = time.monotonic() + PATIENCE
        # Until the last of them has let its memory go, no other server begins on these files.
        while any(other.exists() for other in others) and time.monotonic() < end:
            time.sleep(0.02)

    def _children(self) -> list[str]:
        own = self._process.pid
        return Path(f"/proc/{own}/task/{own}/children").read_text().split()

    def remove(self) -> None:
        """Stop, and take the folder away."""
        with suppress(subprocess.TimeoutExpired):
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _conninfo(self) -> str:
        return f"host={self.folder} user={USER} dbname=postgres"

    def say(self, statement: sql.Composed) -> None:
        """To the server itself, outside of every test's database."""
        with closing(psycopg.connect(self._conninfo(), autocommit=True)) as connection:
            connection.execute(statement)

    def ask(self, database: str, statement: LiteralString) -> object:
        """The first value of what a database answers to a statement outside of any transaction; None: nothing."""
        target = f"{self._conninfo()} dbname={database}"
        with closing(psycopg.connect(target, autocommit=True)) as connection:
            done = connection.execute(statement)
            row = None if done.description is None else done.fetchone()
            return None if row is None else row[0]

    def url(self, database: str) -> str:
        """How the product reaches a database here."""
        made = URL.create("postgresql+psycopg", username=USER, database=database, query={"host": str(self.folder)})
        return made.render_as_string()

    def database(self, template: str = "template0") -> str:
        """The name of a new database, a copy of `template`."""
        name = f"test{next(self._numbers)}"
        copied: LiteralString = "CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy"
        self.say(sql.SQL(copied).format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop(self, database: str) -> None:
        """Take a database away, whoever is still connected to it."""
        self.say(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def _roomy() -> Path | None:
    """None: where temporary files are."""
    with suppress(OSError):
        if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM:
            return MEMORY
    return None

"""The processes of a service: one, or several under uvicorn's supervisor, on one listening socket."""

import ipaddress
import os
import signal
import socket
import ssl
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import uvicorn
from prometheus_client.multiprocess import mark_process_dead
from uvicorn.supervisors import Multiprocess

from krn_engine.office.net_errors import ServiceRefused
from krn_engine.office.server.metrics import FOLDER

BACKLOG = 512
START_SECONDS = 100.0
"""Within which the first of several processes answers, also on a machine that is busy with all of them."""
HANGS_AFTER = 10
"""Seconds after which a process that says nothing is replaced; who looks hears no signal meanwhile."""
STOP_SECONDS = 20
"""Seconds that requests have to end which had begun when the service was told to go."""
KEEP_ALIVE_SECONDS = 75
"""A kiosk asks again within a minute, and need not shake hands anew."""
Beat = Callable[[], None]
_PROTOCOL = "krn_engine.office.server.protocol:ProblemProtocol"


@dataclass(frozen=True, slots=True)
class Listening:
    """Where a service listens, and the files of its certificate."""

    host: str = "127.0.0.1"
    port: int = 8443
    fd: int | None = None
    """A socket that is there already, from systemd; None: make one."""
    certificate: Path | None = None
    key: Path | None = None
    behind_proxy: bool = False
    """A proxy on this machine is asked by others, and says where they come from."""

    @contextmanager
    def opened(self) -> Iterator[socket.socket]:
        """The socket. Raises ServiceRefused for one that cannot be had, and for plain HTTP on a network."""
        with self._socket() as listening:
            if self.behind_proxy and (self.certificate is not None or not _is_loopback(listening)):
                raise ServiceRefused(
                    "behind a proxy the service listens on a socket of this machine, without a certificate: else "
                    "anybody could say where they come from"
                )
            if self.certificate is None and not _is_loopback(listening):
                raise ServiceRefused(
                    "plain HTTP is for this machine alone: give --certificate and --key, or listen on 127.0.0.1"
                )
            self._require_certificate()
            yield listening

    def url(self, listening: socket.socket) -> str:
        """As a client on this machine names it."""
        if listening.family == socket.AF_UNIX:
            return f"unix:{listening.getsockname()}"
        host, port = listening.getsockname()[:2]
        return f"{'http' if self.certificate is None else 'https'}://{f'[{host}]' if ':' in host else host}:{port}"

    def _socket(self) -> socket.socket:
        try:
            if self.fd is not None:
                return socket.socket(fileno=os.dup(self.fd))
            family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
            # Named as TCP, or asyncio lets answers wait for an acknowledgement of their heads: 40 ms each.
            listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
            try:
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listening.bind((self.host, self.port))
                listening.listen(BACKLOG)
            except BaseException:
                listening.close()
                raise
        except (OSError, OverflowError) as error:
            raise ServiceRefused(f"nothing can listen there ({error}): name another --host, --port or --fd") from error
        return listening

    def _require_certificate(self) -> None:
        if self.certificate is None:
            return
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self.certificate, self.key, _no_password)
        except (OSError, ValueError) as error:
            kind = type(error).__name__
            raise ServiceRefused(
                f"certificate and key cannot be used ({kind}): both are PEM files, the key has no password"
            ) from error


def _no_password() -> NoReturn:
    """OpenSSL would ask a terminal for it, and there is none in the night."""
    raise ValueError


def _is_loopback(listening: socket.socket) -> bool:
    if listening.family == socket.AF_UNIX:
        return True
    return ipaddress.ip_address(listening.getsockname()[0]).is_loopback


def run_one(app: Any, at: Listening, listening: socket.socket, ready: Beat, beat: Beat) -> None:
    """Serve from this process until it is told to end; `ready` is called once it answers, `beat` while it lives."""

    async def alive() -> None:
        ready()
        beat()

    with _an_end_is_no_failure():
        uvicorn.Server(_config(app, at, callback_notify=alive, timeout_notify=1)).run(sockets=[listening])


def run_several(factory: str, workers: int, at: Listening, listening: socket.socket, ready: Beat, beat: Beat) -> None:
    """The same from several processes, each of which makes its application by the factory of that name.

    Raises ServiceRefused if they do not come up.
    """
    # They open what is secret: the Python of none of them runs a file of the folder that the service was started in.
    os.environ["PYTHONSAFEPATH"] = "1"
    with tempfile.TemporaryDirectory(prefix="krn-office-") as counts:
        os.environ[FOLDER] = counts
        try:
            supervisor = _Supervisor(_config(factory, at, factory=True, workers=workers), [listening], ready, beat)
            supervisor.run()
        finally:
            del os.environ[FOLDER]
    if not supervisor.came_up:
        raise ServiceRefused("the processes of the service did not come up: the lines above say why")


class _Supervisor(Multiprocess):
    """uvicorn's, which tells when the first process answers, and forgets what a process that died was doing."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket], ready: Beat, beat: Beat) -> None:
        super().__init__(config, sockets)
        self._ready = ready
        self._beat = beat
        self.came_up = False

    def init_processes(self) -> None:
        super().init_processes()
        # The others follow, and are looked after from now on.
        self.came_up = self.processes[0].wait_until_ready(START_SECONDS)
        if self.came_up:
            self._ready()
        else:
            self.should_exit.set()

    def keep_subprocess_alive(self) -> None:
        before = {process.pid for process in self.processes}
        super().keep_subprocess_alive()
        for pid in before - {process.pid for process in self.processes}:
            mark_process_dead(pid)  # type: ignore[no-untyped-call]
        self._beat()


def _config(app: Any, at: Listening, **more: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        # By its name: what a process is handed should not make it import everything before it can say that it lives.
        http=_PROTOCOL,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
        timeout_worker_healthcheck=HANGS_AFTER,
        ssl_certfile=at.certificate,
        ssl_keyfile=at.key,
        **more,
    )


@contextmanager
def _an_end_is_no_failure() -> Iterator[None]:
    """uvicorn raises the signal that ended it once more when it has ended well: here that is exit status 0."""

    def end(_number: int, _frame: Any) -> NoReturn:
        raise SystemExit(0)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)

"""The meter process: it owns the devices, alone and apart from every screen, and speaks over a Unix socket.

One session at a time. A row that was begun is journaled before its first key; if the kiosk goes away in the middle,
the row finishes or is aborted, as it was set, and its result is kept for when the kiosk asks again.
"""

import contextlib
import os
import socket
import threading
from pathlib import Path

from hardware.errors import MeterProcessBusy, SettingsInvalid
from hardware.journal import Journal
from hardware.notify import Pulse
from hardware.protocol import error_of, pack
from hardware.session import END_SECONDS, USUAL_LIMITS, ClientSession, Limits, OpenAdapter

SOCKET_MODE = 0o660
REST_SECONDS = 0.1
"""How long nobody is let in after the system could let nobody in."""


class MeterServer:
    """Serves one adapter after the other to one session after the other."""

    def __init__(
        self,
        path: Path,
        journal: Journal,
        open_adapter: OpenAdapter,
        *,
        abort_without_kiosk: bool,
        limits: Limits = USUAL_LIMITS,
    ) -> None:
        self._path = path
        self._journal = journal
        self._open_adapter = open_adapter
        self._abort_without_kiosk = abort_without_kiosk
        self._limits = limits
        self._stopped = threading.Event()
        self._one = threading.Lock()
        self._session: ClientSession | None = None
        self._listener = _listen(path)

    def serve(self, pulse: Pulse | None = None) -> None:
        """Let sessions in until `stop`, or an exception of a signal handler; `pulse` beats meanwhile."""
        pulse = pulse or Pulse({})
        pulse.ready()
        while not self._stopped.is_set():
            pulse.beat()
            try:
                self._listener.settimeout(pulse.rest)
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                # `stop` closed it; or somebody left before being let in, or there are no more files to open.
                self._stopped.wait(REST_SECONDS)
                continue
            self._let_in(connection)

    def _let_in(self, connection: socket.socket) -> None:
        """Begin a session in a thread of its own, or say that there is one: at once, so that a crowd holds nothing."""
        if self._one.acquire(blocking=False):
            threading.Thread(target=self._serve, args=(connection,), name="session", daemon=True).start()
            return
        busy = MeterProcessBusy("the meter process serves another session: end that one first")
        with connection, contextlib.suppress(OSError):
            connection.setblocking(False)
            connection.sendall(pack({"id": 0, "error": error_of(busy)}))

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                self._session = ClientSession(connection, self._journal, self._open_adapter, self._limits)
                self._session.run(abort_when_left=self._abort_without_kiosk)
            finally:
                self._session = None
                self._one.release()

    def stop(self) -> None:
        """Finish or release the press that is under way, open every contact, and let nobody in any more."""
        self._stopped.set()
        with contextlib.suppress(OSError):
            # A blocked accept is woken by a shutdown, not by a close.
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._path.unlink(missing_ok=True)
        session = self._session
        if session is not None:
            session.end()
            # What it still has to tell is told, if the kiosk reads it.
            if self._one.acquire(timeout=END_SECONDS):
                self._one.release()
        self._journal.close()


def _listen(path: Path) -> socket.socket:
    """The socket, readable and writable for its owner and group. The journal's lock says that no other process is.

    Raises SettingsInvalid if another kind of file has its name: only a socket that was left behind is taken away.
    """
    if path.exists() and not path.is_socket():
        raise SettingsInvalid(f"{path} is a file and no socket: name another place for the socket, or move it away")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o777 & ~SOCKET_MODE)
    try:
        path.unlink(missing_ok=True)
        listener.bind(str(path))
    except OSError as error:
        listener.close()
        raise SettingsInvalid(f"the socket {path} cannot be made ({error}): name a folder that is there") from error
    finally:
        os.umask(mask)
    listener.listen(4)
    return listener

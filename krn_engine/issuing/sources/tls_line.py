"""One TLS connection to a security module, with Thrift's frames on it, and one end of its time for all of it.

A frame is four bytes of length and as many of message (Apache Thrift, thrift-tframed-transport.md). A time-out on each
read would let a module that drips a byte a second hold its caller for ever, so time is counted over the whole.
"""

import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from krn_engine.issuing.errors import SourceDown, SourcesInvalid
from krn_engine.issuing.sources.one_thread import OneThread

LONGEST_FRAME = 1 << 16
"""Bytes: an answer with four tokens has less than two thousand."""
_LENGTH = 4
_names = OneThread("module names")


class Lost(Exception):
    """The call was sent as a whole, and no whole answer came: nobody here knows whether it was done."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """When the time is over, on the clock of `time.monotonic`."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """So many seconds from now."""
        return cls(time.monotonic() + seconds)

    def left(self) -> float:
        """Seconds; raises TimeoutError when there are none."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def trusting(ca: Path) -> ssl.SSLContext:
    """TLS that believes the certificates of this authority, and none that the system knows. Raises SourcesInvalid."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_verify_locations(ca)
    except OSError as error:  # ssl.SSLError is one
        raise SourcesInvalid(f"the certificate of the authority in {ca} cannot be read: {error.strerror}") from None
    return context


class TlsLine:
    """Open from `connect` to `close`. No error of it holds anything that went over it."""

    def __init__(self, connection: ssl.SSLSocket, where: str) -> None:
        self._connection = connection
        self._where = where

    @classmethod
    def connect(cls, host: str, port: int, context: ssl.SSLContext, deadline: Deadline) -> Self:
        """Raises SourceDown: nothing was asked yet."""
        where = f"{host}:{port}"
        try:
            plain = socket.create_connection((_address(host, port, deadline), port), deadline.left())
            try:
                plain.settimeout(deadline.left())
                # A call follows the end of the handshake: without this it waits for the other side's delayed ACK.
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                secured = context.wrap_socket(plain, server_hostname=host)
            except BaseException:
                plain.close()
                raise
        except TimeoutError:
            raise SourceDown(f"the security module at {where} does not answer in time") from None
        except ssl.SSLCertVerificationError:
            raise SourceDown(
                f"whatever answers at {where} is not the security module: its certificate is not of the authority, or "
                "not for this name, or not of today. Compare the settings address and ca, and this machine's clock"
            ) from None
        except OSError as error:
            raise SourceDown(f"the security module at {where} cannot be reached ({_why(error)})") from None
        return cls(secured, where)

    def exchange(self, message: bytes, deadline: Deadline) -> bytes:
        """The answer to one message. Raises SourceDown if it was not sent as a whole, and Lost after it was."""
        try:
            self._connection.settimeout(deadline.left())
            self._connection.sendall(len(message).to_bytes(_LENGTH, "big") + message)
        except OSError as error:
            raise SourceDown(f"the security module at {self._where} broke off ({_why(error)})") from None
        try:
            length = int.from_bytes(self._exactly(_LENGTH, deadline), "big")
            if not 0 < length <= LONGEST_FRAME:
                raise Lost("a frame of an impossible length")
            return self._exactly(length, deadline)
        except OSError as error:
            raise Lost(_why(error)) from None

    def close(self) -> None:
        """Without the farewell of TLS, which could wait for an answer."""
        self._connection.close()

    def _exactly(self, size: int, deadline: Deadline) -> bytes:
        got = bytearray()
        while len(got) < size:
            self._connection.settimeout(deadline.left())
            part = self._connection.recv(size - len(got))
            if not part:
                raise Lost("the connection ended in the middle")
            got += part
        return bytes(got)


def _address(host: str, port: int, deadline: Deadline) -> str:
    """The first address of a name. The system's resolver knows no time-out, so it is asked on a thread of its own."""
    look_up: Callable[[], str] = lambda: str(  # noqa: E731
        socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0]
    )
    return _names.ask(look_up, deadline.left())


def _why(error: OSError) -> str:
    """The kind of an error, never its text."""
    return type(error).__name__

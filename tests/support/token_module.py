"""A security module that is none: a server of the project's interface, over TLS and in frames, on a demo province.

It makes real rows, counts what it issues, remembers results as a module does, and can be told to behave badly. What
it counted and remembered outlives its server, as that of a module outlives its network: `Memory`.
"""

import contextlib
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import Any

from thriftpy2.parser.parser import parse
from thriftpy2.protocol.binary import TBinaryProtocol
from thriftpy2.thrift import TProcessor
from thriftpy2.transport.memory import TMemoryBuffer

from krn_engine.demo import DEMO_DAY, DemoProvince
from krn_engine.errors import KrnError
from krn_engine.issuing.key_state import KeyState
from krn_engine.issuing.plan import Step, rows_of
from krn_engine.issuing.sources.interface import OURS
from krn_engine.sts.identity import BaseDate, Drn, Ken, KeyType, Krn, MeterPan, Sgc, Ti
from krn_engine.sts.keys import Ea
from tests.support.certificates import Certificate

REALM, USER, PASSWORD = "local", "krn", "canary-password"
REMEMBERED = 100


class Fault(Enum):
    """What it does to the answer of the method that it is told of."""

    CLOSE_BEFORE = auto()
    """It closes the connection before it does anything."""
    CLOSE_AFTER = auto()
    """It does what it was asked, and closes without an answer."""
    HALF = auto()
    """Half of the answer, and an end."""
    DRIP = auto()
    """A byte of the answer each 20 ms."""
    SILENT = auto()
    """It does what it was asked, and says nothing."""
    SLEEPS = auto()
    """It says nothing, and does what it was asked when the office has long given up."""
    GARBAGE = auto()
    LONG_FRAME = auto()
    """A frame of two gigabytes is announced."""
    OTHER_CALL = auto()
    """The answer carries another number than the call."""
    NOT_KNOWN = auto()
    """The library's own exception: no such method."""
    HTML = auto()
    """What a proxy says, in no frame at all."""


@dataclass
class Memory:
    """What a module knows when its server is gone. With a `file` it is on disk before anything is answered."""

    file: Path | None = None
    issued: list[str] = field(default_factory=list)
    """The message id of each set of tokens that was made, in order: what a module counts."""
    results: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Each call that came, with what of it a test may look at."""

    def __post_init__(self) -> None:
        if self.file is not None and self.file.exists():
            kept = json.loads(self.file.read_text())
            self.issued, self.results = kept["issued"], kept["results"]

    def keep(self, message_id: str, tokens: list[dict[str, Any]]) -> None:
        """Remember a result, and forget the oldest."""
        self.issued.append(message_id)
        self.results[message_id] = tokens
        while len(self.results) > REMEMBERED:
            del self.results[next(iter(self.results))]
        if self.file is not None:
            self.file.write_text(json.dumps({"issued": self.issued, "results": self.results}))


class Handler:
    """The methods of the interface."""

    def __init__(self, api: Any, memory: Memory) -> None:
        self._api = api
        self._memory = memory
        self._province = DemoProvince()
        self.password = PASSWORD
        self.access = "access-1"
        self.signed_in = 0
        self.refuse: dict[str, str] = {}
        """The code with which a method refuses, by its name."""
        self.change: Callable[[list[dict[str, Any]]], object] = lambda _tokens: None
        """What is done to the tokens of a set before they are kept."""

    def expire(self) -> None:
        """The access tokens that were given out are good no more."""
        self.access = f"access-{self.signed_in + 1}"

    def ping(self, sleep_ms: int, echo: str) -> str:
        time.sleep(sleep_ms / 1000)
        return echo

    def signInWithPassword(  # noqa: N802  the interface's own name
        self, message_id: str, realm: str, username: str, password: str, options: Any
    ) -> Any:
        self._called("signInWithPassword", message_id, version=options.version)
        if (realm, username, password) != (REALM, USER, self.password):
            raise self._api.ApiException("ESignin.Password", f"no: {password}")
        self.signed_in += 1
        self.access = f"access-{self.signed_in}"
        return self._api.SignInResult(self.access)

    def issueKeyChangeTokens(  # noqa: N802
        self, message_id: str, access: str, meter: Any, amendment: Any
    ) -> list[Any]:
        self._called("issueKeyChangeTokens", message_id, **vars(meter), **vars(amendment))
        self._require(access)
        tokens = self._made(meter, amendment)
        self.change(tokens)
        self._memory.keep(message_id, tokens)
        return self._as_tokens(tokens)

    def fetchTokenResult(self, message_id: str, access: str, req_message_id: str) -> list[Any]:  # noqa: N802
        self._called("fetchTokenResult", message_id, of=req_message_id)
        self._require(access)
        if req_message_id not in self._memory.results:
            raise self._api.ApiException("ECacheMiss", "")
        return self._as_tokens(self._memory.results[req_message_id])

    def _called(self, method: str, message_id: str, **told: Any) -> None:
        assert 0 < len(message_id) <= 40
        assert message_id[0].isalnum()
        assert all(sign.isalnum() or sign in "_-.," for sign in message_id)
        self._memory.asked.append((method, told))
        if method in self.refuse:
            raise self._api.ApiException(self.refuse[method], "canary: meter 99100000004")

    def _require(self, access: str) -> None:
        if access != self.access:
            raise self._api.ApiException("EAuthentication.Token", f"no: {access}")

    def _made(self, meter: Any, to: Any) -> list[dict[str, Any]]:
        old = self._state(meter, meter.sgc, meter.krn, meter.ti)
        new = self._state(meter, to.toSgc, to.toKrn, to.toTi)
        pan = MeterPan.of(Drn(meter.drn))
        try:
            rows = rows_of(Step(old, new, Ken(meter.ken)), pan, self._province.vault, DEMO_DAY)
        except KrnError:
            raise self._api.ApiException("EKeystore.NotFound", f"canary: {meter.drn}") from None
        named = {"sgc": meter.sgc, "krn": meter.krn, "ti": meter.ti, "tokenClass": 2}
        tokens = [
            {"tokenDec": str(row), "subclass": subclass, **named}
            for row, subclass in zip(rows, (3, 4, 8, 9), strict=False)
        ]
        over = old.base_date != new.base_date
        advice = {"toSgc": to.toSgc, "toKrn": to.toKrn, "toTi": to.toTi, "toKen": meter.ken, "rollover": over}
        tokens[0]["newConfig"] = advice
        return tokens

    def _state(self, meter: Any, sgc: str, krn: int, ti: int) -> KeyState:
        """A module knows DKGA and base date of its keys by itself."""
        for entry in self._province.vault.keys:
            if (entry.key.sgc, entry.key.krn) == (Sgc(sgc), Krn(krn)):
                dkga, base = entry.key.dkga, entry.key.base_date
                return KeyState(Ea(meter.ea), dkga, Sgc(sgc), Ti(ti), Krn(krn), KeyType.DUTK, BaseDate(base))
        raise self._api.ApiException("EKeystore.NotFound", f"canary: {meter.drn}")

    def _as_tokens(self, tokens: list[dict[str, Any]]) -> list[Any]:
        made = []
        for token in tokens:
            advice = token.get("newConfig")
            told = token | ({"newConfig": self._api.MeterConfigAdvice(**advice)} if advice else {})
            made.append(self._api.Token(**told))
        return made


class TokenModule:
    """The server. `faults` has what it does to the next answer of a method, by its name."""

    def __init__(self, certificate: Certificate, memory: Memory | None = None, interface: Path = OURS) -> None:
        self.memory = Memory() if memory is None else memory
        api = parse(str(interface))
        self.handler = Handler(api, self.memory)
        self._processor = TProcessor(api.TokenApi, self.handler)
        self.faults: dict[str, list[Fault]] = {}
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate.certificate, certificate.key)
        self.port = 0
        self._listening: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self.late = threading.Event()
        """Lets go of the calls that sleep."""

    @contextmanager
    def serving(self) -> Iterator["TokenModule"]:
        """It answers meanwhile, on the port that it had before."""
        self.start()
        try:
            yield self
        finally:
            self.late.set()
            self.stop()

    def start(self) -> None:
        """Listen."""
        self._listening = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def stop(self) -> None:
        """Be gone, with every connection."""
        if self._listening is not None:
            with contextlib.suppress(OSError):
                self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def count(self, method: str) -> int:
        """How often a method was called."""
        return sum(name == method for name, _ in self.memory.asked)

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                plain, _ = listening.accept()
            except OSError:
                return
            self._open.add(plain)
            threading.Thread(target=self._serve, args=(plain,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        with contextlib.suppress(OSError, EOFError, ssl.SSLError):
            plain.settimeout(20)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._context.wrap_socket(plain, server_side=True) as connection:
                while self._one(connection):
                    pass
        self._open.discard(plain)
        plain.close()

    def _one(self, connection: ssl.SSLSocket) -> bool:
        """Answer one call; False when the connection is over."""
        message = _exactly(connection, int.from_bytes(_exactly(connection, 4), "big"))
        method = message[8 : 8 + int.from_bytes(message[4:8], "big")].decode()
        waiting = self.faults.get(method, [])
        fault = waiting.pop(0) if waiting else None
        if fault is Fault.CLOSE_BEFORE:
            return False
        if fault is Fault.SLEEPS:
            self.late.wait(20)
        answer = TMemoryBuffer()
        self._processor.process(TBinaryProtocol(TMemoryBuffer(message)), TBinaryProtocol(answer))
        return _send(connection, answer.getvalue(), fault)


def _send(connection: ssl.SSLSocket, answer: bytes, fault: Fault | None) -> bool:
    """Whether the connection stays open after it."""
    if fault is Fault.SILENT:
        time.sleep(5)
    elif fault is Fault.DRIP:
        for place in range(len(answer)):
            connection.sendall(_frame(answer)[place : place + 1])
            time.sleep(0.02)
    elif fault not in (Fault.CLOSE_AFTER, Fault.SLEEPS):
        connection.sendall(_frame(answer) if fault is None else _SPOILT[fault](answer))
    return fault is None


def _frame(answer: bytes) -> bytes:
    return len(answer).to_bytes(4, "big") + answer


def _of_another_call(answer: bytes) -> bytes:
    place = 8 + int.from_bytes(answer[4:8], "big")
    return _frame(answer[:place] + b"\x00\x00\x7f\x00" + answer[place + 4 :])


_SPOILT: dict[Fault, Callable[[bytes], bytes]] = {
    Fault.HALF: lambda answer: _frame(answer)[: len(answer) // 2],
    Fault.GARBAGE: lambda answer: _frame(bytes(byte ^ 0x5A for byte in answer)),
    Fault.LONG_FRAME: lambda answer: b"\x7f\xff\xff\xff" + answer,
    Fault.OTHER_CALL: _of_another_call,
    Fault.NOT_KNOWN: lambda answer: _frame(answer[:3] + b"\x03" + answer[4:]),
    Fault.HTML: lambda _answer: b"<html><body>502 Bad Gateway</body></html>",
}


def _exactly(connection: ssl.SSLSocket, size: int) -> bytes:
    got = b""
    while len(got) < size:
        part = connection.recv(size - len(got))
        if not part:
            raise EOFError
        got += part
    return got

"""The part of `krn setup` in which a kiosk is enrolled at an office on the network: a code becomes a token.

Everything that can go wrong is a sentence and another try; nothing of it is on disk before the office has answered.
"""

import socket
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from kiosk.commands.asking import again, ask, yes
from kiosk.commands.moving import begin_anew, leaves
from kiosk.errors import ConfigInvalid
from kiosk.office_link import token_file
from kiosk.settings.config import Config
from krn_engine.durable import replace_file, require_room
from krn_engine.errors import KrnError
from krn_engine.office.client.address import address_problem
from krn_engine.office.client.kept_token import KeptToken
from krn_engine.office.client.own_certificate import Files, good_between, not_good_at, require_certificate
from krn_engine.office.client.remote import RemoteOffice, enrol
from krn_engine.office.client.way import Way, require_authority
from krn_engine.office.net_errors import CertificateMissing, EnrolmentRefused, NotEnrolled, ServiceRefused
from krn_engine.office.wire.asked import CALLER_NAME, CODE, Enrolled, Scope

T = TypeVar("T")
CA = "office-ca.pem"
"""The office's certificate lies beside the settings under this name, wherever it was brought from."""
CERTIFICATE, KEY = "kiosk.pem", "kiosk.key"
"""So do this kiosk's own, where the office's door wants one, and its key."""
ROOM = 32768
"""Bytes that the disk must take before a code is used up: the token, its folder, and what is written beside."""
URL_USUAL = "https://office.example:8443"


@dataclass(frozen=True, slots=True)
class Where:
    """The address of an office, and the files that were brought for the way there, wherever they are now."""

    url: str
    ca: Path | None
    """Of the office's own authority; None: the office is on this machine."""
    own: Files | None
    """This kiosk's certificate and its key; None: the office's door wants none, as far as is known."""


@dataclass(frozen=True, slots=True)
class Belongs:
    """What came of it. `enrolled` is None where the kiosk keeps the token that it has."""

    at: Where
    enrolled: Enrolled | None
    leaves: bool = False
    """It leaves the office of before, with what it has for it."""

    def settings(self, folder: Path) -> dict[str, str | Path]:
        """What the kiosk's settings say of its office, with the places at which `write` puts the files."""
        told: dict[str, str | Path] = {"office_url": self.at.url}
        if self.at.ca is not None:
            told["office_ca"] = folder / CA
        if self.at.own is not None:
            told |= {"office_certificate": folder / CERTIFICATE, "office_certificate_key": folder / KEY}
        return told

    def write(self, folder: Path, state: Path, give: Callable[[Path], None]) -> None:
        """Put token and certificates on the disk; `give` makes a file the kiosk's. Raises TokenNotKept, OSError."""
        if self.enrolled is not None:
            path = token_file(state)
            KeptToken.keep(path, self.enrolled)
            give(path.parent)
            give(path)
        if self.leaves:
            # A kiosk that is stopped before this keeps its facts, and delivers them to nobody else.
            begin_anew(state, give)
        if self.at.ca is not None:
            _bring(self.at.ca, folder / CA, 0o644)
        if self.at.own is not None:
            certificate, key = self.at.own
            _bring(key, folder / KEY, 0o600)
            give(folder / KEY)
            _bring(certificate, folder / CERTIFICATE, 0o644)


def _bring(file: Path, to: Path, mode: int) -> None:
    if file.resolve() != to.resolve():
        replace_file(to, file.read_bytes(), mode)
    # Whoever asks may have made the file less open than that for others, or the file was there, more open.
    to.chmod(mode)


def belong(
    before: Config | None, state: Path, place: str, named: Files | None = None, *, leave: bool = False
) -> Belongs:
    """Ask until it is settled. `before` are the settings that were there, `named` a certificate of this kiosk.

    `leave`: what it has for the office of before stays behind. Raises ConfigInvalid where nobody answers, or
    where facts would be left without somebody's word.
    """
    known = _kept(state)
    if known is not None and not yes(
        f"This kiosk is enrolled as {known.known.name}. Enrol it anew, with another code?", default=False
    ):
        return replace(_as_before(before, known, named), leaves=leave)
    door: _Door | None = None
    leaving = leave
    name = known.known.name if known is not None else place if CALLER_NAME.fits(place) else socket.gethostname()
    while True:
        if door is None:
            door = _Door(_where(before, named))
            leaving = leaves(before, door.at.url, state, told=leave)
        name = ask("Under which name does the office know this kiosk?", name, _name_refusal)
        code = ask("The code that the office made for it (krn office enrol)?", "", _code_refusal)
        _require_room(state)
        try:
            return replace(_let_in(door, name, code), leaves=leaving)
        except KrnError as error:
            again(f"{error.message} [{error.code}]")
            if not isinstance(error, EnrolmentRefused):
                # It is not the code that was wrong.
                door = None


def _require_room(state: Path) -> None:
    """A code is good once: whether the token will find room is known before. Raises ConfigInvalid."""
    there = next(path for path in (state, *state.parents) if path.is_dir())
    try:
        require_room(there, ROOM)
    except OSError as error:
        raise ConfigInvalid(
            f"{there} takes no token ({error.strerror}): make room. The code was not used up, and is good still"
        ) from error


def _kept(state: Path) -> KeptToken | None:
    try:
        return KeptToken.read(token_file(state))
    except NotEnrolled:
        return None


def _as_before(before: Config | None, token: KeptToken, named: Files | None) -> Belongs:
    """The token stays; the office is asked whether it still knows it, and need not be there for that."""
    door = _Door(_where(before, named))
    try:
        door.ask(lambda way: RemoteOffice(way, token).ping())
    except KrnError as error:
        print(f"  the token is kept, and the office did not say that it is good: {error.message} [{error.code}]")
    return Belongs(door.at, None)


def _where(before: Config | None, named: Files | None) -> Where:
    """Address and certificate of the office, of which nothing is wrong that can be seen from here.

    Of a certificate of this kiosk nobody is asked here: the one that was named counts, else that of before.
    """
    was_url = URL_USUAL if before is None or before.office_url is None else before.office_url
    url = ask("Address of the office?", was_url, lambda given: address_problem(given, has_ca=True))
    if url.lower().startswith("http:"):
        if named is not None:
            print("  the certificate that was named is not used: nobody asks for one without TLS")
        return Where(url, None, None)
    was_ca = "" if before is None or before.office_ca is None else str(before.office_ca)
    ca = ask("File with the certificate of the office's own authority (PEM)?", was_ca, _ca_refusal)
    own = named if named is not None or before is None else before.certificate
    if own is not None and own_refusal(own):
        print(f"  {own_refusal(own)}; it is not used")
        own = None
    return Where(url, Path(ca).absolute(), own)


class _Door:
    """Of an office. Where it wants a certificate of this kiosk one is asked for, and is there for the next question."""

    def __init__(self, at: Where) -> None:
        self.at = at

    def ask_once(self, question: Callable[[Way], T]) -> T:
        """The answer. Raises what asking raises."""
        with closing(Way(self.at.url, self.at.ca, certificate=self.at.own)) as way:
            return question(way)

    def ask(self, question: Callable[[Way], T]) -> T:
        """The same, with certificates of the kiosk until one is taken. Raises CertificateMissing if none is given."""
        while True:
            try:
                return self.ask_once(question)
            except CertificateMissing as error:
                told = f"{error.message} [{error.code}]"
                if self.at.own is None:
                    print(f"  {told}")
                else:
                    reason = not_good_at(self.at.own[0], datetime.now(UTC))
                    again(f"{told} ({reason})" if reason else told)
                own = _own()
                if own is None:
                    raise
                self.at = replace(self.at, own=own)


def _own() -> Files | None:
    """This kiosk's own certificate, of which nothing is wrong that can be seen from here; None: there is none."""
    while True:
        given = ask("File with this kiosk's own certificate (PEM; empty: there is none)?", "", _pem_refusal)
        if not given:
            return None
        certificate = Path(given).absolute()
        beside = certificate.with_suffix(".key")
        usual = str(beside) if beside.exists() else ""
        key = Path(ask("File with its key (PEM, without a password)?", usual, _file_refusal)).absolute()
        refusal = own_refusal((certificate, key))
        if not refusal:
            return certificate, key
        again(refusal)


def _let_in(door: _Door, name: str, code: str) -> Belongs:
    """With the token for a code. Raises what asking raises, and EnrolmentRefused for one that is no kiosk's."""
    enrolled = door.ask(lambda way: enrol(way, name, code))
    if enrolled.scope is not Scope.KIOSK:
        raise EnrolmentRefused(
            f"this code was made for scope {enrolled.scope.value}, and this is a kiosk: ask for a kiosk's code"
        )
    try:
        # The door of people takes a code, too. It is used up by now: what is wrong with the door can be told at most.
        door.ask_once(lambda way: RemoteOffice(way, lambda: str(enrolled.token)).ping())
    except CertificateMissing as error:
        print(f"  the kiosk is enrolled, and has another office_url to be served at: {error.message} [{error.code}]")
    except KrnError as error:
        print(f"  the kiosk is enrolled, and the office did not answer it yet: {error.message} [{error.code}]")
    return Belongs(door.at, enrolled)


def own_refusal(own: Files) -> str:
    """What is wrong with files of a kiosk's certificate, as far as can be seen from here; empty: nothing."""
    try:
        require_certificate(*own)
        good_between(own[0])
    except ServiceRefused as error:
        return error.message
    return ""


def _pem_refusal(given: str) -> str:
    try:
        if given:
            good_between(Path(given))
    except ServiceRefused as error:
        return error.message
    return ""


def _file_refusal(given: str) -> str:
    return "" if given and Path(given).is_file() else "there is no such file"


def _ca_refusal(given: str) -> str:
    try:
        require_authority(Path(given))
    except ServiceRefused as error:
        return error.message
    return ""


def _name_refusal(given: str) -> str:
    return "" if CALLER_NAME.fits(given) else "a name has 1 to 32 letters, digits, - and _"


def _code_refusal(given: str) -> str:
    return "" if CODE.fits(given.strip().upper()) else "a code has 8 letters and digits, such as ABCD-2345"

"""An office's conversation with an STS security module: sign in, ask for key change tokens, fetch what was lost.

One connection for each conversation: what one call breaks, the next does not inherit, and none is found closed after a
quiet hour. The access token of a sign-in is kept; when the module has forgotten it, it is renewed once.
"""

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from ssl import SSLContext
from typing import NoReturn

from krn_engine.issuing.errors import (
    SourceAnswerWrong,
    SourceDown,
    SourceKeyMissing,
    SourceLocked,
    SourceRefused,
    VendingKeyExpired,
)
from krn_engine.issuing.secret import Secret
from krn_engine.issuing.sources.interface import Answer, Interface, ModuleRefused, Unreadable, Value
from krn_engine.issuing.sources.tls_line import Deadline, Lost, TlsLine
from krn_engine.sts.errors import CheckDigitWrong, InvalidIdentity

VERSION, CULTURE = "1.1", "en"
CACHE_MISS = "ECacheMiss"
TOKEN_REFUSED = "EAuthentication.Token"  # noqa: S105  a code of the interface
NOTHING_MADE = ("EKeystore", "ESts", "EParamRange")
"""The families of codes by which the module says that it made no tokens."""
_REFUSALS: Mapping[str, tuple[type[Exception], str]] = {
    "EKeystore.NotFound": (SourceKeyMissing, "has no vending key of this supply group and revision"),
    "ESts.VkExpired": (VendingKeyExpired, "says that the vending key has expired"),
    "ESts.VkBeforeBdt": (SourceRefused, "says that the vending key is not good yet for its base date"),
    "ESts.DrnOrPan.CheckDigit": (CheckDigitWrong, "says that the meter number does not fit its check digit"),
    "ESts.DrnOrPan": (InvalidIdentity, "does not take the meter number"),
    "ESm": (SourceDown, "says that its own security module fails"),
    "EParamRange": (SourceRefused, "says that something it was asked is out of range"),
    "EAuthentication.Permission": (SourceLocked, "does not let this user make key changes"),
    "EAuthentication": (SourceLocked, "lets this office not in"),
    "ESignin": (SourceLocked, "refuses the sign-in"),
}
"""By code, or by what a code begins with up to a full stop."""
_CODE_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.")
_LONGEST_CODE = 40


@dataclass(frozen=True, slots=True)
class ModuleUser:
    """Who signs in. `password` is asked for at each sign-in."""

    realm: str
    name: str
    password: Callable[[], Secret]


@dataclass(frozen=True, slots=True)
class ModuleAddress:
    """Where the module is, by which authority it is known, and how long one conversation may take, in seconds."""

    host: str
    port: int
    trust: SSLContext
    seconds: float


class TokenApi:
    """Calls by name, with values. Every refusal is a leaf of SourceError, or one of the standard's."""

    def __init__(self, interface: Interface, address: ModuleAddress, user: ModuleUser) -> None:
        self._interface = interface
        self._address = address
        self._user = user
        self._lock = threading.Lock()
        self._access = Secret()
        self._refused_password: Secret | None = None

    @contextmanager
    def conversation(self) -> Iterator["Conversation"]:
        """A connection, with `seconds` for all that is said on it. Raises SourceDown."""
        deadline = Deadline.after(self._address.seconds)
        line = TlsLine.connect(self._address.host, self._address.port, self._address.trust, deadline)
        try:
            yield Conversation(self, self._interface, line, deadline)
        finally:
            line.close()

    def access(self, talk: "Conversation", refused: Secret | None = None) -> Secret:
        """The access token, after signing in where there is none, or where the one that is here was `refused`.

        Raises SourceLocked. A password that was refused is not tried again: the module would lock its user.
        """
        # Whoever signs in talks to the module meanwhile: nobody waits for it longer than for the module itself.
        if not self._lock.acquire(timeout=talk.seconds_left()):
            raise SourceDown("the security module does not let this office in in time")
        try:
            if not self._access or self._access == refused:
                self._access = Secret()
                self._access = self._signed_in(talk)
            return self._access
        finally:
            self._lock.release()

    def _signed_in(self, talk: "Conversation") -> Secret:
        password = self._user.password()
        if password == self._refused_password:
            raise SourceLocked(
                "the security module refused this password before, and it is not tried again: put the right one in "
                "its file, or let the module's officer unlock the user"
            )
        options = {"version": VERSION, "culture": CULTURE}
        answer = talk.told("signInWithPassword", new_id("s"), self._user.realm, self._user.name, str(password), options)
        if isinstance(answer, ModuleRefused):
            if answer.code.startswith("ESignin"):
                self._refused_password = password
            refuse(answer.code)
        token = answer if isinstance(answer, str) else getattr(answer, "accessToken", None)
        if not isinstance(token, str) or not token:
            raise SourceAnswerWrong("the security module let this office in and gave no access token")
        return Secret(token)


class Conversation:
    """One connection to the module."""

    def __init__(self, api: TokenApi, interface: Interface, line: TlsLine, deadline: Deadline) -> None:
        self._api = api
        self._interface = interface
        self._line = line
        self._deadline = deadline
        self._number = 0

    def seconds_left(self) -> float:
        """Of its time. Raises SourceDown when it is over."""
        try:
            return self._deadline.left()
        except TimeoutError:
            raise SourceDown("the security module does not answer in time") from None

    def ping(self) -> None:
        """Raises SourceDown unless the module gives back what it is given."""
        echo = new_id("p")
        if self.told("ping", 0, echo) != echo:
            raise SourceDown("the security module does not give back what it is given: is it one?")

    def sign_in(self) -> None:
        """Sign in, if this office is not. Raises SourceLocked."""
        self._api.access(self)

    def fetch(self, asked_as: str) -> Sequence[Answer] | None:
        """The tokens that were made under a message id; None if the module knows of none, or made none.

        Raises SourceDown, SourceLocked and the like.
        """
        answer = self._authorised(lambda access: self.told("fetchTokenResult", new_id("f"), access, asked_as))
        if isinstance(answer, ModuleRefused):
            if answer.code == CACHE_MISS or answer.code.split(".")[0] in NOTHING_MADE:
                return None
            refuse(answer.code)
        return _tokens(answer)

    def issue(
        self, ask_as: str, meter: Mapping[str, str | int | bool], to: Mapping[str, str | int]
    ) -> Sequence[Answer]:
        """Key change tokens, asked for under a message id. Raises Lost if no answer came that can be read."""
        answer = self._authorised(lambda access: self._said("issueKeyChangeTokens", ask_as, access, meter, to))
        if isinstance(answer, ModuleRefused):
            refuse(answer.code)
        return _tokens(answer)

    def told(self, method: str, *arguments: Value) -> "Answer | ModuleRefused":
        """The answer to a call that changes nothing: one that is lost is a module that is down."""
        try:
            return self._said(method, *arguments)
        except Lost as lost:
            raise SourceDown(f"the security module gave no answer that can be read ({lost})") from None

    def _authorised(self, call: Callable[[str], "Answer | ModuleRefused"]) -> "Answer | ModuleRefused":
        """A call with the access token; once more with a new one if the module has forgotten it, and did nothing."""
        access = self._api.access(self)
        answer = call(str(access))
        if isinstance(answer, ModuleRefused) and answer.code == TOKEN_REFUSED:
            answer = call(str(self._api.access(self, refused=access)))
        return answer

    def _said(self, method: str, *arguments: Value) -> "Answer | ModuleRefused":
        """Raises Lost, and SourceDown if the call was not sent as a whole."""
        self._number += 1
        message = self._interface.call(method, self._number, *arguments)
        try:
            return self._interface.answer(method, self._number, self._line.exchange(message, self._deadline))
        except Unreadable as error:
            raise Lost(f"it cannot be read: {error}") from None


def new_id(kind: str) -> str:
    """A message id that was never used: 33 letters and digits, of the 1 to 40 of an IDENT."""
    return kind + uuid.uuid4().hex


def refuse(code: str) -> NoReturn:
    """Raise the refusal that an ApiException's code stands for. Its own text is not told: it may name a meter."""
    named = code if 0 < len(code) <= _LONGEST_CODE and _CODE_LETTERS.issuperset(code) else "no code"
    parts = named.split(".")
    for length in range(len(parts), 0, -1):
        found = _REFUSALS.get(".".join(parts[:length]))
        if found is not None:
            raise found[0](f"the security module {found[1]} ({named})")
    raise SourceRefused(f"the security module refused ({named}): its log has more")


def _tokens(answer: Answer) -> Sequence[Answer]:
    if not isinstance(answer, list):
        raise SourceAnswerWrong("the security module answered with something else than tokens")
    return answer

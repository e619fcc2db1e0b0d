"""The way to an office: one request, and an answer of the office or the refusal that says what came instead."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException, RemoteDisconnected
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import TypeVar

import requests
from urllib3.util import Retry

from krn_engine.errors import KrnError
from krn_engine.office.client.address import address_problem
from krn_engine.office.client.deadline import Deadline, DeadlineAdapter, Over, within
from krn_engine.office.client.own_certificate import Files, require_certificate
from krn_engine.office.net_errors import (
    AnswerBroken,
    CertificateMissing,
    ClockDiffers,
    OfficeNotTrusted,
    OfficeUnreachable,
    ServiceRefused,
    TooManyRequests,
    WireBroken,
)
from krn_engine.office.wire.asked import PROBLEM, PROBLEM_TYPE, refusal_of
from krn_engine.office.wire.text import LONGEST, from_bytes

T = TypeVar("T")
TRIES_AGAIN = 2
_JSON = "application/json"
_PART = 65536
_TOO_LATE = "the office gave no whole answer in time: try again, and look at the network"
_ALWAYS = frozenset({"GET", "PUT", "DELETE"})
_QUESTIONS = ("/v1/find", "/v1/history", "/v1/sync", "/v1/deliveries")
"""They change nothing, or nothing twice, so they may be asked again although they are POSTs."""
_NOT_YET, _NO_MORE = 9, 10
"""X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED of OpenSSL."""
_OF_FILES = (ssl.SSLError, PermissionError, FileNotFoundError)
"""What a certificate's files end in when they are read, and a network as well."""
_AWAY = frozenset({502, 503, 504})
"""So a proxy answers when the office behind it does not."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds."""

    connect: float = 3.05
    read: float = 12.0
    """Between two parts of an answer. An office waits up to 10 s for another writer."""
    whole: float = 20.0
    """For all tries of a request together."""


HURRIED = Patience(connect=1.5, read=4.0, whole=5.0)
"""For somebody who waits, where another place has an answer. A connection that is begun then may end a second later."""


class Way:
    """Asks one office. `ca` is the file of its own authority; no other is believed. May be used by several threads.

    `certificate`: files of this machine's own certificate and its key, where a proxy before the office wants one. Each
    new connection reads them, so that the next ones count without a restart.
    Raises ServiceRefused for plain HTTP to another machine, and for files that cannot be used.
    """

    def __init__(
        self,
        url: str,
        ca: Path | None = None,
        patience: Patience | None = None,
        certificate: Files | None = None,
    ) -> None:
        self._url = url.rstrip("/")
        self._patience = patience or Patience()
        self._certificate = certificate
        _require_url(self._url, ca)
        self._session = requests.Session()
        # Neither a proxy nor a password from this machine's environment, and nothing that an answer wants kept.
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        if ca is not None:
            self._session.verify = str(ca)
        if certificate is not None:
            require_certificate(*certificate)
            self._session.cert = (str(certificate[0]), str(certificate[1]))
        self._session.mount(self._url, DeadlineAdapter(max_retries=_retry(_ALWAYS)))
        for path in _QUESTIONS:
            self._session.mount(self._url + path, DeadlineAdapter(max_retries=_retry(_ALWAYS | {"POST"})))
        self.skew: float | None = None
        """Seconds by which the office's clock was ahead of this machine's at the last answer; None: not known."""
        self._in_hurry = threading.local()
        self._told: tuple[datetime, float] | None = None

    def ask(self, method: str, path: str, body: bytes | None = None, token: str | None = None) -> object:
        """The JSON of the answer, None for an empty one.

        Raises leaves of NetError, such as OfficeUnreachable and AnswerBroken, and what the office refused.
        """
        headers = {"Accept": f"{_JSON}, {PROBLEM_TYPE}", "Accept-Encoding": "identity"}
        if body is not None:
            headers["Content-Type"] = _JSON
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        patience = HURRIED if getattr(self._in_hurry, "here", False) else self._patience
        timeouts = (patience.connect, patience.read)
        with within(patience.whole) as deadline, _Told(deadline, self._certificate):
            answer = self._session.request(
                method,
                self._url + path,
                data=body,
                headers=headers,
                timeout=timeouts,
                stream=True,
                allow_redirects=False,
            )
            with answer:
                content = _content(answer)
        if deadline.over:
            # What was cut off may look like a short answer.
            raise OfficeUnreachable(_TOO_LATE)
        self._note_clock(answer)
        return _read(answer, content)

    @contextmanager
    def hurried(self) -> Iterator[None]:
        """What this thread asks meanwhile ends within 6 seconds."""
        before = getattr(self._in_hurry, "here", False)
        self._in_hurry.here = True
        try:
            yield
        finally:
            self._in_hurry.here = before

    @property
    def office_time(self) -> datetime | None:
        """What the office's clock tells now, by the Date of its last answer, to about a second; None: not known."""
        if self._told is None:
            return None
        at, ticks = self._told
        return at + timedelta(seconds=time.monotonic() - ticks)

    def close(self) -> None:
        """Give its connections back."""
        self._session.close()

    def _note_clock(self, answer: requests.Response) -> None:
        try:
            said = parsedate_to_datetime(answer.headers.get("Date", ""))
            self.skew, self._told = said.timestamp() - time.time(), (said.astimezone(UTC), time.monotonic())
        except (ValueError, OverflowError):
            self.skew = self._told = None


def _retry(methods: frozenset[str]) -> Retry:
    return Retry(
        total=TRIES_AGAIN,
        connect=TRIES_AGAIN,
        read=TRIES_AGAIN,
        status=TRIES_AGAIN,
        other=0,
        redirect=False,
        allowed_methods=methods,
        status_forcelist=_AWAY,
        backoff_factor=0.2,
        backoff_jitter=0.2,
        raise_on_status=False,
        # An answer could make this end wait as long as it likes.
        respect_retry_after_header=False,
    )


def _require_url(url: str, ca: Path | None) -> None:
    problem = address_problem(url, has_ca=ca is not None)
    if problem:
        raise ServiceRefused(problem)
    if ca is not None:
        require_authority(ca)


def require_authority(ca: Path) -> None:
    """See that a file holds the certificate of an authority. Raises ServiceRefused."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(ca)
    except (OSError, ValueError) as error:
        raise ServiceRefused(
            f"the certificate of the office's authority cannot be used ({type(error).__name__}): it is a PEM file"
        ) from error


class _Told:
    """Turns whatever the way breaks with into a refusal. The libraries' own words may quote an address: they stay."""

    def __init__(self, deadline: Deadline, certificate: Files | None) -> None:
        self._deadline = deadline
        self._certificate = certificate

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        ours = isinstance(error, KrnError)
        if ours or not isinstance(error, Over | OSError | requests.RequestException | ValueError):
            return
        raise self._refusal(error) from None

    def _refusal(self, error: BaseException) -> KrnError:
        if self._deadline.over or isinstance(error, Over | requests.Timeout):
            return OfficeUnreachable(_TOO_LATE)
        causes = list(_causes(error))
        for cause in causes:
            if isinstance(cause, ssl.SSLCertVerificationError):
                return _untrusted(cause)
        if any(isinstance(cause, _OF_FILES) for cause in causes) or not isinstance(error, requests.RequestException):
            missing = self._own_missing()
            if missing is not None:
                return missing
        if isinstance(error, requests.exceptions.SSLError):
            return OfficeNotTrusted("what answered does not speak TLS as the office does: nothing was sent to it")
        if isinstance(error, requests.exceptions.ChunkedEncodingError):
            return AnswerBroken("half an answer came: what was asked may have been done, and can be asked again")
        strange = any(isinstance(c, HTTPException) and not isinstance(c, RemoteDisconnected) for c in causes)
        if strange or not isinstance(error, OSError):
            return AnswerBroken("what answered does not speak HTTP: look at the office's address")
        if isinstance(error, requests.ConnectionError) or not isinstance(error, requests.RequestException):
            return OfficeUnreachable("the office cannot be reached: look at the network and at the office's address")
        return AnswerBroken(f"what answered cannot be read ({type(error).__name__})")

    def _own_missing(self) -> KrnError | None:
        """That this machine's own files went away, or cannot be used any more: a library tells it as the network's."""
        try:
            if self._certificate is not None:
                require_certificate(*self._certificate)
        except ServiceRefused as refused:
            return CertificateMissing(refused.message)
        return None


def _untrusted(error: ssl.SSLCertVerificationError) -> KrnError:
    if error.verify_code in (_NOT_YET, _NO_MORE):
        return ClockDiffers(
            "the office's certificate is not good at this machine's time: set the clock, or renew the certificate"
        )
    return OfficeNotTrusted(
        "what answered has no certificate of the office's own authority for this name: nothing was sent to it"
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, and all that it was made of, each once."""
    seen: set[int] = set()
    left = [error]
    while left:
        one = left.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inner = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        left += [cause for cause in inner if isinstance(cause, BaseException)]


def _content(answer: requests.Response) -> bytes:
    content = bytearray()
    for part in answer.iter_content(_PART):
        content += part
        if len(content) > LONGEST:
            raise AnswerBroken("the answer is longer than any of this office")
    return bytes(content)


def _read(answer: requests.Response, content: bytes) -> object:
    status = answer.status_code
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if status >= requests.codes.bad_request:
        raise _refused(status, kind, content)
    if status == requests.codes.no_content and not content:
        return None
    if status != requests.codes.ok or kind != _JSON:
        raise AnswerBroken("what answered is not the office: a proxy, or a redirect to another place")
    return of_office(lambda: from_bytes(content))


def _refused(status: int, kind: str, content: bytes) -> KrnError:
    if kind == PROBLEM_TYPE:
        problem = of_office(lambda: PROBLEM.read(from_bytes(content)))
        if problem.status != status:
            return AnswerBroken("the office's refusal contradicts itself")
        return refusal_of(problem)
    if status in _AWAY:
        return OfficeUnreachable("what stands before the office says that the office does not answer")
    if status == requests.codes.too_many_requests:
        return TooManyRequests("what stands before the office says that too much was asked: wait a minute")
    return AnswerBroken("what answered is not the office: a proxy's page, or another service")


def of_office(read: Callable[[], T]) -> T:
    """What the office sent, read. Raises AnswerBroken where it is not of its form."""
    try:
        return read()
    except WireBroken as error:
        raise AnswerBroken(f"the office's answer is not of the form that this program knows: {error.message}") from None

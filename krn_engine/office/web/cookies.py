"""The cookies of the pages: the session, the language, and what binds the form of who has no session yet.

Their names begin with `__Host-`, and they are Secure: a browser sends them over TLS alone, to this host alone. On plain
HTTP, which the service speaks on loopback alone (a demo, a test), browsers would not keep such cookies, so these have
neither there.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

_PREFIX = "__Host-"
SESSION, LANGUAGE, VISITOR = "krn-session", "krn-language", "krn-visitor"
_LONGEST = 128


@dataclass(frozen=True, slots=True)
class Cookies:
    """What a browser brought."""

    is_secure: bool
    """It came over TLS."""
    session: str | None
    """The token of a session; whether it is good is not known here."""
    language: str | None
    visitor: str | None
    """A secret of who has no session."""

    @classmethod
    def of(cls, request: Request, *, behind_proxy: bool) -> "Cookies":
        """The cookies of a request. `behind_proxy`: a proxy stands before the service, and TLS ends there."""
        is_secure = behind_proxy or request.url.scheme == "https"

        def value(name: str) -> str | None:
            found = request.cookies.get(_called(name, is_secure=is_secure))
            return None if not found or len(found) > _LONGEST or not found.isascii() else found

        return cls(is_secure, value(SESSION), value(LANGUAGE), value(VISITOR))

    def put(self, answer: Response, name: str, value: str) -> None:
        """Give the browser one, until it is closed."""
        answer.set_cookie(
            _called(name, is_secure=self.is_secure), value, secure=self.is_secure, httponly=True, samesite="strict"
        )

    def drop(self, answer: Response, name: str) -> None:
        """Take one away."""
        answer.delete_cookie(
            _called(name, is_secure=self.is_secure), secure=self.is_secure, httponly=True, samesite="strict"
        )


def _called(name: str, *, is_secure: bool) -> str:
    return _PREFIX + name if is_secure else name

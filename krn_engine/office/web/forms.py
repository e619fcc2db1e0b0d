"""Forms: read within bounds, with the fields that a page knows and no other, and only from this site's own pages."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

from krn_engine.office.web.errors import FormBroken, FormForeign

LONGEST = 16 * 1024
"""Bytes of a form without a file: the longest holds a sealed text and a few sentences."""
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
TOKEN = "form"  # noqa: S105  the name of a field
"""The field that says for which session a form was made."""
_MOST_FIELDS = 32
_TOKEN_SIGNS = 64
_PORTS = {"http": 80, "https": 443}
_FOREIGN = "this form was not made for this session, or came from another site: open the page anew and fill it in there"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form: how many signs it may have, and whether what was typed there is kept for a new session."""

    most: int
    kept: bool = False


class Stamp:
    """Marks forms as made for one session: by an HMAC of its secret, which no other site can know."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, secret: str) -> str:
        """The value of the field `TOKEN` for whoever has this secret in a cookie."""
        return hmac.new(self._key, secret.encode(), hashlib.sha256).hexdigest()

    def require(self, secret: str | None, given: str) -> None:
        """See that a form was made for whoever has this secret. Raises FormForeign if it was not."""
        if secret is None or not hmac.compare_digest(self.of(secret).encode(), given.encode()):
            raise FormForeign(_FOREIGN)


def require_own_site(request: Request, *, is_secure: bool) -> None:
    """See that a form is sent from a page of this site. Raises FormForeign where the browser says that it is not.

    A browser that says nothing is held to the stamp alone.
    """
    given = request.headers.getlist("origin")
    if not given:
        return
    own = _site(f"{'https' if is_secure else 'http'}://{request.headers.get('host', '')}")
    if len(given) != 1 or own is None or _site(given[0]) != own:
        raise FormForeign(_FOREIGN)


def _site(text: str) -> tuple[str, str, int] | None:
    """Scheme, host and port; None for what is none."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname:
        return None
    return parts.scheme, parts.hostname, _PORTS[parts.scheme] if port is None else port


def read(content: bytes, fields: Mapping[str, Field]) -> dict[str, str]:
    """The fields of a form that is sent as `URLENCODED`; those that were left out are empty.

    Raises FormBroken, which does not say again what was sent.
    """
    try:
        pairs = parse_qsl(
            content.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(content),
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise FormBroken("this form cannot be read: open the page anew and fill it in there") from None
    return fitting(pairs, fields)


def fitting(pairs: list[tuple[str, str]], fields: Mapping[str, Field]) -> dict[str, str]:
    """The fields of a form, from names and values in any order; those that were left out are empty.

    Raises FormBroken for a field that is none of `fields`, is there twice, or is too long.
    """
    known = {TOKEN: Field(_TOKEN_SIGNS), **fields}
    given = dict(pairs)
    if len(given) != len(pairs) or not given.keys() <= known.keys():
        raise FormBroken("this form has a field that the page does not know, or one twice: open the page anew")
    for name, value in given.items():
        if len(value) > known[name].most:
            raise FormBroken(f"a field of this form is too long: it has {known[name].most} characters at most")
        if "\0" in value:
            raise FormBroken("a field of this form has a control character: type it anew")
    return {name: given.get(name, "") for name in known}

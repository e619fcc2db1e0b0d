"""What is sent to a page: read within bounds of length and time, and a file only of who is let in."""

from contextlib import suppress
from dataclasses import replace

import anyio
import anyio.to_thread
from starlette.requests import Request

from krn_engine.errors import KrnError
from krn_engine.office.net_errors import OfficeNotReady
from krn_engine.office.server.asking import media_type
from krn_engine.office.server.service import Service
from krn_engine.office.web import signing
from krn_engine.office.web.come import LANGUAGE_PAGE, SIGN_IN, Come
from krn_engine.office.web.errors import FormBroken
from krn_engine.office.web.forms import LONGEST, TOKEN, URLENCODED, Field, Stamp, read, require_own_site
from krn_engine.office.web.gate import Gate
from krn_engine.office.web.multipart import read_with_file
from krn_engine.office.web.page import Page
from krn_engine.office.web.uploads import LONGEST as UPLOAD
from krn_engine.office.web.uploads import Uploads

DRAIN_SECONDS = 10.0
DRAINED, DRAINED_OF_FILE = 2 * 2**20, 2 * UPLOAD
"""Bytes."""
_LANGUAGE_FIELDS = {"language": Field(8), "to": Field(5000)}


class Reader:
    """Reads forms."""

    def __init__(self, service: Service, stamp: Stamp, uploads: Uploads, gate: Gate) -> None:
        self._service = service
        self._stamp = stamp
        self._uploads = uploads
        self._gate = gate

    async def read(self, come: Come) -> Come:
        """What came, with the fields of its form, if it is one.

        Raises FormForeign, FormBroken, OfficeNotReady where the form does not come to an end, and of a form with a file
        what `Gate.let_in` and `read_with_file` raise.
        """
        if not come.is_form:
            return come
        if come.refusal is not None:
            await self._content(come.request)
            return come
        require_own_site(come.request, is_secure=come.cookies.is_secure)
        if come.page is not None and come.page.takes_file:
            return await self._with_file(come, come.page)
        content = await self._content(come.request)
        if media_type(come.request) != URLENCODED:
            raise FormBroken("this is no form of a page: open the page and fill it in there")
        return replace(come, fields=read(content, _fields(come)))

    async def _content(self, request: Request) -> bytes:
        """The body of a form without a file. Raises FormBroken, OfficeNotReady."""
        content = bytearray()
        with anyio.move_on_after(self._service.body_seconds) as time:
            async for part in request.stream():
                content += part
                if len(content) > LONGEST:
                    break
        if time.cancelled_caught:
            raise OfficeNotReady("the form did not come to an end in time: send it again")
        if len(content) > LONGEST:
            await _drain(request, DRAINED)
            raise FormBroken(f"a form has {LONGEST} bytes at most: open the page anew and fill it in there")
        return bytes(content)

    async def _with_file(self, come: Come, page: Page) -> Come:
        """A form with a file: who sends it is let in before any of the file is kept."""

        def require(fields: dict[str, str]) -> None:
            self._stamp.require(come.cookies.session, fields[TOKEN])

        try:
            await anyio.to_thread.run_sync(self._gate.let_in, come, page)
            sent = await read_with_file(come.request, page.fields, self._uploads, require)
        except KrnError:
            await _drain(come.request, DRAINED_OF_FILE)
            raise
        return replace(come, fields=sent.fields, upload=sent)


def _fields(come: Come) -> dict[str, Field]:
    """Those that a form for this address may have."""
    if come.page is not None:
        return dict(come.page.fields)
    return {SIGN_IN: signing.FIELDS, LANGUAGE_PAGE: _LANGUAGE_FIELDS}.get(come.name, {})


async def _drain(request: Request, most: int) -> None:
    """What still comes is taken from the network and thrown away: who sends it would not hear else that it is refused.

    What is longer, or slower, does not.
    """
    length = 0
    # RuntimeError: the last of it had come already.
    with suppress(RuntimeError), anyio.move_on_after(DRAIN_SECONDS):
        async for part in request.stream():
            length += len(part)
            if length > most:
                return

"""A form with a file: its fields come before the file, and the file goes to where lists wait, part by part."""

from collections.abc import Callable, Mapping

import anyio.to_thread
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from krn_engine.office.server.asking import media_type
from krn_engine.office.web.errors import FormBroken, ListTooLarge
from krn_engine.office.web.forms import MULTIPART, Field, fitting
from krn_engine.office.web.uploads import LONGEST, Kept, Uploads, Writing

FILE = "file"
"""The field of the file."""
ROUND_IT = 64 * 1024
"""Bytes of all that stands round the file: fields, and what parts them."""
SECONDS = 300.0
"""Within which all of it has to be here."""
_MOST_HEAD = 4096
_BROKEN = "this form cannot be read: open the page anew, choose the file again, and send it"


class Sent:
    """What came of such a form."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self.file_name = ""
        self.kept: Kept | None = None
        """Where the file waits."""


class _Reading:
    """The parser's callbacks. `require` is asked when the file begins, with the fields that came before it."""

    def __init__(
        self, fields: Mapping[str, Field], uploads: Uploads, require: Callable[[dict[str, str]], None]
    ) -> None:
        self.sent = Sent()
        self._known = fields
        self._uploads = uploads
        self._require = require
        self._pairs: list[tuple[str, str]] = []
        self._head: list[tuple[str, str]] = []
        self._header: tuple[bytearray, bytearray] = (bytearray(), bytearray())
        self._name = ""
        self._value = bytearray()
        self.writing: Writing | None = None
        self.ended = False

    def on_part_begin(self) -> None:
        self._head = []
        self._header = (bytearray(), bytearray())
        self._value = bytearray()

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._add(self._header[0], data[start:end])

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._add(self._header[1], data[start:end])

    def _add(self, to: bytearray, more: bytes) -> None:
        to += more
        if len(to) > _MOST_HEAD or len(self._head) > 8:
            raise FormBroken(_BROKEN)

    def on_header_end(self) -> None:
        self._head.append((self._header[0].decode("latin-1").lower(), self._header[1].decode("latin-1")))
        self._header = (bytearray(), bytearray())

    def on_headers_finished(self) -> None:
        _, options = parse_options_header(dict(self._head).get("content-disposition", ""))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        if self._name != FILE:
            if b"filename" in options:
                raise FormBroken(_BROKEN)
            return
        if self.writing is not None:
            raise FormBroken(_BROKEN)
        self.sent.fields = fitting(self._pairs, self._known)
        self._require(self.sent.fields)
        self.sent.file_name = options.get(b"filename", b"").decode("utf-8", "replace")
        self.writing = self._uploads.begin()

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._name == FILE and self.writing is not None:
            self.writing.add(data[start:end])
            return
        self._add(self._value, data[start:end])

    def on_part_end(self) -> None:
        if self._name == FILE and self.writing is not None:
            self.sent.kept = self.writing.end()
            return
        if self.writing is not None:
            # What comes behind the file was not looked at when it began.
            raise FormBroken(_BROKEN)
        try:
            self._pairs.append((self._name, self._value.decode()))
        except UnicodeDecodeError:
            raise FormBroken(_BROKEN) from None

    def on_end(self) -> None:
        self.ended = True


async def read_with_file(
    request: Request, fields: Mapping[str, Field], uploads: Uploads, require: Callable[[dict[str, str]], None]
) -> Sent:
    """Such a form. `require` raises where the fields do not let the file in; then none of it is kept.

    Raises FormBroken, ListTooLarge, ListGone and what `require` raises.
    """
    _, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary", b"")
    if media_type(request) != MULTIPART or not 0 < len(boundary) <= 200:
        raise FormBroken(_BROKEN)
    reading = _Reading(fields, uploads, require)
    callbacks = {name: getattr(reading, name) for name in dir(_Reading) if name.startswith("on_")}
    parser = MultipartParser(boundary, callbacks)  # type: ignore[arg-type]
    length = 0
    try:
        with anyio.fail_after(SECONDS):
            async for part in request.stream():
                length += len(part)
                if length > LONGEST + ROUND_IT:
                    raise ListTooLarge(f"a list has {LONGEST // 2**20} MiB at most here")
                if part:
                    # It is written to a disk.
                    await anyio.to_thread.run_sync(parser.write, part)
        parser.finalize()
        if not reading.ended or reading.sent.kept is None:
            raise FormBroken(_BROKEN)
    except (FormParserError, TimeoutError):
        _give_up(reading)
        raise FormBroken(_BROKEN) from None
    except BaseException:
        _give_up(reading)
        raise
    return reading.sent


def _give_up(reading: _Reading) -> None:
    if reading.writing is not None:
        reading.writing.give_up()

"""The site: finds the page of an address, lets somebody in, reads what they send, and answers with a page, always.

All that is below `/web` is answered here, refusals too; what is elsewhere never sees a page.
"""

import re
import secrets
from contextlib import suppress
from dataclasses import dataclass, field, replace

import anyio
import anyio.to_thread
from fastapi import FastAPI
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from krn_engine.errors import KrnError
from krn_engine.office.access.callers import Known
from krn_engine.office.net_errors import (
    NotAllowed,
    OfficeFailed,
    OfficeNotReady,
    SessionOver,
    SignInLocked,
)
from krn_engine.office.server.asking import media_type, rest_of
from krn_engine.office.server.front import Trace
from krn_engine.office.server.origin import origin_of
from krn_engine.office.server.refusing import STRANGE
from krn_engine.office.server.service import Service
from krn_engine.office.service_events import ServiceEvent
from krn_engine.office.web import refused, signing
from krn_engine.office.web.cookies import LANGUAGE, SESSION, VISITOR, Cookies
from krn_engine.office.web.errors import FormBroken, NoSuchPage
from krn_engine.office.web.forms import (
    LONGEST,
    TOKEN,
    URLENCODED,
    Field,
    Stamp,
    read,
    require_own_site,
)
from krn_engine.office.web.frame import HEADERS, NAMES, Frame, MenuItem, render, style
from krn_engine.office.web.multipart import Sent, read_with_file
from krn_engine.office.web.page import Page
from krn_engine.office.web.pages import PAGES
from krn_engine.office.web.sealing import Seal, key_for
from krn_engine.office.web.uploads import LONGEST as UPLOAD
from krn_engine.office.web.uploads import Uploads
from krn_engine.office.web.visit import ROOT, Answer, Drawn, Moved, Shown, Visit
from krn_engine.office.words.texts import INDONESIAN, LANGUAGES, Texts

DRAIN_SECONDS = 10.0
DRAINED, DRAINED_OF_FILE = 2 * 2**20, 2 * UPLOAD
"""Bytes."""
SIGN_IN, SIGN_OUT, LANGUAGE_PAGE, STYLE = "sign-in", "sign-out", "language", "style.css"
_OWN = frozenset({SIGN_IN, SIGN_OUT, LANGUAGE_PAGE, STYLE})
"""Addresses that are no pages of the table."""
_ADDRESS = re.compile(rf"{ROOT}(?:/([a-z][a-z.-]{{0,31}})(?:/([A-Za-z0-9_-]{{1,4096}}))?)?/?")
_SEEN = frozenset({"GET", "HEAD"})
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_NO_PAGE = "there is no page at this address: choose one from the menu"
_OVER = "nobody is signed in"
_SECRET_BYTES = 24
_MADE = "krn-visitor"
"""Where a request keeps the secret that was made for it."""
_LANGUAGE_FIELDS = {"language": Field(8), "to": Field(5000)}


def web_site(app: FastAPI, service: Service) -> None:
    """The site for `build_app`."""
    web = Web(service)
    for path in (ROOT, f"{ROOT}/{{rest:path}}"):
        app.router.routes.append(Route(path, web.answer, methods=list(_METHODS)))


@dataclass(frozen=True, slots=True)
class _Come:
    """A request for one address."""

    request: Request
    trace: Trace
    cookies: Cookies
    say: Texts
    name: str = ""
    """Of the page; empty: none is named."""
    handle: str = ""
    page: Page | None = None
    fields: dict[str, str] = field(default_factory=dict, repr=False)
    upload: Sent | None = None
    refusal: KrnError | None = None
    """Why what was sent is not looked at."""

    @property
    def is_form(self) -> bool:
        return self.request.method not in _SEEN


class Web:
    """The pages of one process of the service."""

    def __init__(self, service: Service, uploads: Uploads | None = None) -> None:
        secret = service.callers.log_key()
        self._service = service
        self._seal = Seal(key_for(secret, "seal"))
        self._stamp = Stamp(key_for(secret, "form"))
        self._uploads = Uploads() if uploads is None else uploads
        self._pages = {page.name: page for page in PAGES}
        self._texts = {language: Texts(language, service.help_line) for language in LANGUAGES}

    async def answer(self, request: Request) -> Response:
        """One request."""
        trace: Trace = request.scope["krn"]
        trace.operation = "web"
        cookies = Cookies.of(request, behind_proxy=self._service.behind_proxy)
        say = self._texts.get(cookies.language or "", self._texts[INDONESIAN])
        come = _Come(request, trace, cookies, say)
        try:
            come = await self._read(self._found(come))
        except ClientDisconnect:
            raise
        except KrnError as refusal:
            come = replace(come, refusal=refusal)
        return await anyio.to_thread.run_sync(self._answered, come)

    # --- which page, and what is sent to it

    def _found(self, come: _Come) -> _Come:
        """The page of the address; where there is none, why."""
        form = _ADDRESS.fullmatch(come.request.url.path)
        name, handle = (form[1] or "", form[2] or "") if form else ("", "")
        page = self._pages.get(name)
        if page is not None or name in _OWN:
            come.trace.operation = f"web-{name}"
        is_there = (page is not None and page.has_handle == bool(handle)) or (name in _OWN and not handle)
        if form is None or not (is_there or not name):
            return replace(come, refusal=NoSuchPage(_NO_PAGE))
        come = replace(come, name=name, handle=handle, page=page)
        if not self._takes(come):
            return replace(come, refusal=NoSuchPage("this address takes no form, or nothing else: choose a page"))
        return come

    @staticmethod
    def _takes(come: _Come) -> bool:
        method = come.request.method
        if method not in ("POST", *_SEEN):
            return False
        if come.page is not None:
            return (come.page.act if come.is_form else come.page.show) is not None
        if come.name in ("", STYLE):
            return not come.is_form
        return come.name == SIGN_IN or come.is_form

    async def _read(self, come: _Come) -> _Come:
        """With the fields of its form. Raises what a form is refused with."""
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
        return replace(come, fields=read(content, self._fields(come)))

    def _fields(self, come: _Come) -> dict[str, Field]:
        if come.page is not None:
            return dict(come.page.fields)
        return {SIGN_IN: signing.FIELDS, LANGUAGE_PAGE: _LANGUAGE_FIELDS}.get(come.name, {})

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

    async def _with_file(self, come: _Come, page: Page) -> _Come:
        """A form with a file: who sends it is let in before any of the file is kept."""

        def require(fields: dict[str, str]) -> None:
            self._stamp.require(come.cookies.session, fields[TOKEN])

        try:
            await anyio.to_thread.run_sync(self._let_in, come, page)
            sent = await read_with_file(come.request, page.fields, self._uploads, require)
        except KrnError:
            await _drain(come.request, DRAINED_OF_FILE)
            raise
        return replace(come, fields=sent.fields, upload=sent)

    # --- the answer

    def _answered(self, come: _Come) -> Response:
        """In a thread. Whatever goes wrong becomes a page."""
        try:
            answer = self._done(come)
        except KrnError as refusal:
            answer = self._refused(come, refusal)
        except Exception as error:
            come.trace.code = OfficeFailed.code
            kind = type(error).__name__
            self._service.log.note(
                ServiceEvent.FAILED, operation=come.trace.operation, caller=come.trace.caller, kind=kind
            )
            answer = self._refused(come, OfficeFailed(STRANGE))
        if _MADE in come.request.scope:
            # Forms on the page are bound to it.
            come.cookies.put(answer, VISITOR, self._visitor(come))
        return answer

    def _done(self, come: _Come) -> Response:
        if come.refusal is not None:
            raise come.refusal
        if come.page is not None:
            return self._page(come, come.page)
        if come.name == STYLE:
            return Response(style(), headers={**HEADERS, "Cache-Control": "max-age=300"}, media_type="text/css")
        if come.name == SIGN_IN and come.is_form:
            return self._sign_in(come)
        if come.name == SIGN_OUT:
            return self._sign_out(come)
        if come.name == LANGUAGE_PAGE:
            return self._language(come)
        return self._home(come)

    def _page(self, come: _Come, page: Page) -> Response:
        known = self._let_in(come, page)
        do = page.act if come.is_form else page.show
        if do is None:
            raise NoSuchPage(_NO_PAGE)
        if come.is_form:
            self._stamp.require(come.cookies.session, come.fields[TOKEN])
        visit = Visit(
            self._service,
            known,
            come.say,
            come.trace,
            self._seal,
            self._uploads,
            page.name,
            come.handle,
            come.fields,
            come.upload,
        )
        return self._response(come, do(visit), known)

    def _response(self, come: _Come, answer: Answer, known: Known | None) -> Response:
        match answer:
            case Moved(path):
                return _moved(path)
            case Drawn(content, media_type, file_name):
                headers = dict(HEADERS)
                if file_name:
                    headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
                return Response(content, headers=headers, media_type=media_type)
            case Shown(template, values, status):
                return render(template, self._frame(come, known), values, status)

    def _refused(self, come: _Come, refusal: KrnError) -> Response:
        """A page that says so. Whose session is over signs in there, and comes back to the same page."""
        come.trace.code = refusal.code
        told = refused.told(refusal)
        if isinstance(refusal, SessionOver) and come.page is not None:
            answer = self._sign_in_page(come, refusal, told.status)
        else:
            answer = render("refused.html", self._frame(come, self._who(come)), {"told": told}, told.status)
        if told.status in (429, 503):
            answer.headers["Retry-After"] = str(rest_of(self._service, refusal))
        if told.status in (408, 413) or come.upload is not None:
            answer.headers["Connection"] = "close"
        return answer

    # --- who asks

    def _let_in(self, come: _Come, page: Page) -> Known:
        """Who asks, if they may and not too often. Raises SessionOver, NotAllowed, TooManyRequests."""
        known = self._know(come)
        if not page.is_for(known):
            raise NotAllowed(f"a person of scope {known.scope.value} does not reach that far")
        self._service.limits.count(f"caller {known.id}", self._service.per_minute[known.scope])
        return known

    def _know(self, come: _Come) -> Known:
        """Raises SessionOver, TooManyRequests for who tries tokens."""
        if come.cookies.session is None:
            raise SessionOver(_OVER)
        try:
            known = self._service.sessions.know(come.cookies.session)
        except SessionOver:
            self._service.limits.count(self._address(come), self._service.strangers)
            raise
        come.trace.caller = self._service.log.person(known.name)
        return known

    def _who(self, come: _Come) -> Known | None:
        """Who is signed in, for the frame of a refusal: nothing that goes wrong here is told instead of it."""
        try:
            return None if come.cookies.session is None else self._service.sessions.know(come.cookies.session)
        except KrnError:
            return None

    def _address(self, come: _Come) -> str:
        return origin_of(come.request, behind_proxy=self._service.behind_proxy)

    # --- the frame

    def _frame(self, come: _Come, known: Known | None, *, sign_in: bool = False) -> Frame:
        menu = (
            []
            if known is None
            else [
                MenuItem(f"{ROOT}/{page.name}", page.menu, page.name == come.name)
                for page in self._pages.values()
                if page.menu is not None and page.is_for(known)
            ]
        )
        secret = come.cookies.session if known is not None else self._visitor(come)
        stamp = "" if secret is None else self._stamp.of(secret)
        here = come.request.url.path
        return Frame(come.say, menu, "" if known is None else known.name, stamp, self._back(here), sign_in)

    def _visitor(self, come: _Come) -> str:
        """The secret of who has no session; made once for a request."""
        if come.cookies.visitor is not None:
            return come.cookies.visitor
        return str(come.request.scope.setdefault(_MADE, secrets.token_urlsafe(_SECRET_BYTES)))

    def _back(self, path: str) -> str:
        """The same address, if somebody can be led back there by GET; else the first page."""
        form = _ADDRESS.fullmatch(path)
        page = self._pages.get(form[1] or "") if form else None
        if form is None or page is None or page.show is None or page.has_handle != bool(form[2]):
            return ROOT
        return path

    # --- what is no page of the table

    def _home(self, come: _Come) -> Response:
        """To the first page that somebody may use."""
        if come.cookies.session is None:
            return self._sign_in_page(come) if come.name == SIGN_IN else _moved(f"{ROOT}/{SIGN_IN}")
        try:
            known = self._know(come)
        except SessionOver as over:
            return self._sign_in_page(come, over)
        menu = self._frame(come, known).menu
        return _moved(menu[0].path)

    def _sign_in_page(
        self, come: _Come, refusal: KrnError | None = None, status: int = 200, to: str = "", kept: str = ""
    ) -> Response:
        if refusal is not None:
            come.trace.code = refusal.code
        if come.page is not None:
            to = self._back(come.request.url.path) if not come.is_form else come.request.url.path
            if come.is_form and not come.page.takes_file:
                kept = signing.keep(self._seal, to, come.fields, come.page.fields)
        has_session = come.cookies.session is not None
        problem = None if refusal is None or not (has_session or come.is_form) else signing.problem(refusal)
        # Who has the cookie of a session that is over signs in with the secret of who has none.
        frame = self._frame(come, None, sign_in=True)
        answer = render("sign_in.html", frame, {"problem": problem, "to": to, "kept": kept}, status)
        if has_session:
            come.cookies.drop(answer, SESSION)
        return answer

    def _sign_in(self, come: _Come) -> Response:
        fields = come.fields
        self._stamp.require(come.cookies.visitor, fields[TOKEN])
        to, kept = fields["to"], fields["kept"]
        try:
            signed_in = signing.sign_in(self._service, fields["name"].strip(), fields["secret"], self._address(come))
        except KrnError as refusal:
            if signing.problem(refusal) is None:
                raise
            status = refused.told(refusal).status
            answer = self._sign_in_page(come, refusal, status, to, kept)
            if isinstance(refusal, SignInLocked):
                answer.headers["Retry-After"] = str(refusal.seconds)
            return answer
        signed = replace(come, cookies=replace(come.cookies, session=str(signed_in.token)))
        answer = self._back_with(signed, to, kept)
        come.cookies.put(answer, SESSION, str(signed_in.token))
        come.cookies.drop(answer, VISITOR)
        return answer

    def _back_with(self, come: _Come, to: str, kept: str) -> Response:
        """To where somebody was; what they had typed is shown to them first."""
        typed = signing.kept_of(self._seal, to, kept)
        if typed is None:
            return _moved(self._back(to))
        known = self._service.sessions.know(come.cookies.session or "")
        return render("again.html", self._frame(come, known), {"typed": typed})

    def _sign_out(self, come: _Come) -> Response:
        try:
            known = self._know(come)
        except SessionOver:
            return _moved(f"{ROOT}/{SIGN_IN}")
        self._stamp.require(come.cookies.session, come.fields[TOKEN])
        self._service.sessions.sign_out(known)
        self._service.log.note(ServiceEvent.SIGNED_OUT, caller=self._service.log.person(known.name))
        answer = _moved(f"{ROOT}/{SIGN_IN}")
        come.cookies.drop(answer, SESSION)
        return answer

    def _language(self, come: _Come) -> Response:
        secret = come.cookies.session if self._who(come) is not None else come.cookies.visitor
        self._stamp.require(secret, come.fields[TOKEN])
        if come.fields["language"] not in NAMES:
            raise FormBroken("the office does not speak this language")
        answer = _moved(self._back(come.fields["to"]))
        come.cookies.put(answer, LANGUAGE, come.fields["language"])
        return answer


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


def _moved(path: str) -> Response:
    return RedirectResponse(path, 303, HEADERS)

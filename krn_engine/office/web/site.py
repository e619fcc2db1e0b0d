"""The site: finds the page of an address, lets somebody in, reads what they send, and answers with a page, always.

All that is below `/web` is answered here, refusals too; what is elsewhere never sees a page.
"""

from dataclasses import replace

import anyio.to_thread
from fastapi import FastAPI
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from krn_engine.errors import KrnError
from krn_engine.office.access.callers import Known
from krn_engine.office.net_errors import OfficeFailed, SessionOver
from krn_engine.office.server.asking import rest_of
from krn_engine.office.server.front import Trace
from krn_engine.office.server.refusing import STRANGE
from krn_engine.office.server.service import Service
from krn_engine.office.service_events import ServiceEvent
from krn_engine.office.web import refused
from krn_engine.office.web.come import LANGUAGE_PAGE, NO_PAGE, SIGN_IN, SIGN_OUT, STYLE, Addresses, Come
from krn_engine.office.web.cookies import VISITOR, Cookies
from krn_engine.office.web.errors import NoSuchPage
from krn_engine.office.web.forms import TOKEN, Stamp
from krn_engine.office.web.frame import HEADERS, moved, render, style
from krn_engine.office.web.frames import Frames, has_new_visitor, visitor_of
from krn_engine.office.web.gate import Gate
from krn_engine.office.web.own_pages import OwnPages
from krn_engine.office.web.page import Page
from krn_engine.office.web.pages import PAGES
from krn_engine.office.web.reading import Reader
from krn_engine.office.web.sealing import Seal, key_for
from krn_engine.office.web.uploads import Uploads
from krn_engine.office.web.visit import ROOT, Answer, Drawn, Moved, Shown, Visit
from krn_engine.office.words.texts import INDONESIAN, LANGUAGES, Texts

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def web_site(app: FastAPI, service: Service) -> None:
    """The site for `build_app`."""
    web = Web(service)
    for path in (ROOT, f"{ROOT}/{{rest:path}}"):
        app.router.routes.append(Route(path, web.answer, methods=list(_METHODS)))


class Web:
    """The pages of one process of the service."""

    def __init__(self, service: Service, uploads: Uploads | None = None) -> None:
        secret = service.callers.log_key()
        pages = {page.name: page for page in PAGES}
        self._service = service
        self._seal = Seal(key_for(secret, "seal"))
        self._stamp = Stamp(key_for(secret, "form"))
        self._uploads = Uploads() if uploads is None else uploads
        self._texts = {language: Texts(language, service.help_line) for language in LANGUAGES}
        self._addresses = Addresses(pages)
        self._gate = Gate(service)
        self._reader = Reader(service, self._stamp, self._uploads, self._gate)
        self._frames = Frames(pages, self._addresses, self._stamp)
        self._own = OwnPages(service, self._seal, self._stamp, self._gate, self._addresses, self._frames)

    async def answer(self, request: Request) -> Response:
        """One request. Raises ClientDisconnect where nobody waits for the answer any more."""
        trace: Trace = request.scope["krn"]
        trace.operation = "web"
        cookies = Cookies.of(request, behind_proxy=self._service.behind_proxy)
        say = self._texts.get(cookies.language or "", self._texts[INDONESIAN])
        come = Come(request, trace, cookies, say)
        try:
            come = await self._reader.read(self._addresses.found(come))
        except ClientDisconnect:
            raise
        except KrnError as refusal:
            come = replace(come, refusal=refusal)
        return await anyio.to_thread.run_sync(self._answered, come)

    def _answered(self, come: Come) -> Response:
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
        if has_new_visitor(come):
            # Forms on the page are bound to it.
            come.cookies.put(answer, VISITOR, visitor_of(come))
        return answer

    def _done(self, come: Come) -> Response:
        if come.refusal is not None:
            raise come.refusal
        if come.page is not None:
            return self._page(come, come.page)
        if come.name == STYLE:
            return Response(style(), headers={**HEADERS, "Cache-Control": "max-age=300"}, media_type="text/css")
        if come.name == SIGN_IN and come.is_form:
            return self._own.sign_in(come)
        if come.name == SIGN_OUT:
            return self._own.sign_out(come)
        if come.name == LANGUAGE_PAGE:
            return self._own.language(come)
        return self._own.home(come)

    def _page(self, come: Come, page: Page) -> Response:
        known = self._gate.let_in(come, page)
        do = page.act if come.is_form else page.show
        if do is None:
            raise NoSuchPage(NO_PAGE)
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

    def _response(self, come: Come, answer: Answer, known: Known | None) -> Response:
        match answer:
            case Moved(path):
                return moved(path)
            case Drawn(content, media_type, file_name):
                headers = dict(HEADERS)
                if file_name:
                    headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
                return Response(content, headers=headers, media_type=media_type)
            case Shown(template, values, status):
                return render(template, self._frames.of(come, known), values, status)

    def _refused(self, come: Come, refusal: KrnError) -> Response:
        """A page that says so. Whose session is over signs in there, and comes back to the same page."""
        come.trace.code = refusal.code
        told = refused.told(refusal)
        if isinstance(refusal, SessionOver) and come.page is not None:
            answer = self._own.sign_in_page(come, refusal, told.status)
        else:
            frame = self._frames.of(come, self._gate.who(come))
            answer = render("refused.html", frame, {"told": told}, told.status)
        if told.status in (429, 503):
            answer.headers["Retry-After"] = str(rest_of(self._service, refusal))
        if told.status in (408, 413) or come.upload is not None:
            answer.headers["Connection"] = "close"
        return answer

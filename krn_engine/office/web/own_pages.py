"""Addresses that are no pages of the table: the first one, signing in and out, and choosing a language."""

from dataclasses import replace

from starlette.responses import Response

from krn_engine.errors import KrnError
from krn_engine.office.net_errors import SessionOver, SignInLocked
from krn_engine.office.server.service import Service
from krn_engine.office.service_events import ServiceEvent
from krn_engine.office.web import refused, signing
from krn_engine.office.web.come import SIGN_IN, Addresses, Come
from krn_engine.office.web.cookies import LANGUAGE, SESSION, VISITOR
from krn_engine.office.web.errors import FormBroken
from krn_engine.office.web.forms import TOKEN, Stamp
from krn_engine.office.web.frame import NAMES, moved, render
from krn_engine.office.web.frames import Frames
from krn_engine.office.web.gate import Gate
from krn_engine.office.web.sealing import Seal
from krn_engine.office.web.visit import ROOT


class OwnPages:
    """Answers what is asked at these addresses."""

    def __init__(
        self, service: Service, seal: Seal, stamp: Stamp, gate: Gate, addresses: Addresses, frames: Frames
    ) -> None:
        self._service = service
        self._seal = seal
        self._stamp = stamp
        self._gate = gate
        self._addresses = addresses
        self._frames = frames

    def home(self, come: Come) -> Response:
        """To the first page that somebody may use. Raises TooManyRequests for who tries tokens."""
        if come.cookies.session is None:
            return self.sign_in_page(come) if come.name == SIGN_IN else moved(f"{ROOT}/{SIGN_IN}")
        try:
            known = self._gate.know(come)
        except SessionOver as over:
            return self.sign_in_page(come, over)
        menu = self._frames.of(come, known).menu
        return moved(menu[0].path)

    def sign_in_page(
        self, come: Come, refusal: KrnError | None = None, status: int = 200, to: str = "", kept: str = ""
    ) -> Response:
        """The page to sign in at, which says why that has to be.

        Where a page of the table was asked for, it leads back there; else to the address `to`. `kept` is what
        somebody had typed in a form, sealed.
        """
        if refusal is not None:
            come.trace.code = refusal.code
        if come.page is not None:
            to = self._addresses.back(come.request.url.path) if not come.is_form else come.request.url.path
            if come.is_form and not come.page.takes_file:
                kept = signing.keep(self._seal, to, come.fields, come.page.fields)
        has_session = come.cookies.session is not None
        problem = None if refusal is None or not (has_session or come.is_form) else signing.problem(refusal)
        # Who has the cookie of a session that is over signs in with the secret of who has none.
        frame = self._frames.of(come, None, sign_in=True)
        answer = render("sign_in.html", frame, {"problem": problem, "to": to, "kept": kept}, status)
        if has_session:
            come.cookies.drop(answer, SESSION)
        return answer

    def sign_in(self, come: Come) -> Response:
        """A new session, or the same page with why there is none.

        Raises FormForeign, and what `signing.problem` has no words for.
        """
        fields = come.fields
        self._stamp.require(come.cookies.visitor, fields[TOKEN])
        to, kept = fields["to"], fields["kept"]
        try:
            signed_in = signing.sign_in(
                self._service, fields["name"].strip(), fields["secret"], self._gate.address(come)
            )
        except KrnError as refusal:
            if signing.problem(refusal) is None:
                raise
            status = refused.told(refusal).status
            answer = self.sign_in_page(come, refusal, status, to, kept)
            if isinstance(refusal, SignInLocked):
                answer.headers["Retry-After"] = str(refusal.seconds)
            return answer
        signed = replace(come, cookies=replace(come.cookies, session=str(signed_in.token)))
        answer = self._back_with(signed, to, kept)
        come.cookies.put(answer, SESSION, str(signed_in.token))
        come.cookies.drop(answer, VISITOR)
        return answer

    def _back_with(self, come: Come, to: str, kept: str) -> Response:
        """To where somebody was; what they had typed is shown to them first."""
        typed = signing.kept_of(self._seal, to, kept)
        if typed is None:
            return moved(self._addresses.back(to))
        known = self._service.sessions.know(come.cookies.session or "")
        return render("again.html", self._frames.of(come, known), {"typed": typed})

    def sign_out(self, come: Come) -> Response:
        """The session is over, here and in the browser. Raises FormForeign, TooManyRequests."""
        try:
            known = self._gate.know(come)
        except SessionOver:
            return moved(f"{ROOT}/{SIGN_IN}")
        self._stamp.require(come.cookies.session, come.fields[TOKEN])
        self._service.sessions.sign_out(known)
        self._service.log.note(ServiceEvent.SIGNED_OUT, caller=self._service.log.person(known.name))
        answer = moved(f"{ROOT}/{SIGN_IN}")
        come.cookies.drop(answer, SESSION)
        return answer

    def language(self, come: Come) -> Response:
        """Keep the language that was chosen, and lead back to the same page. Raises FormForeign, FormBroken."""
        secret = come.cookies.session if self._gate.who(come) is not None else come.cookies.visitor
        self._stamp.require(secret, come.fields[TOKEN])
        if come.fields["language"] not in NAMES:
            raise FormBroken("the office does not speak this language")
        answer = moved(self._addresses.back(come.fields["to"]))
        come.cookies.put(answer, LANGUAGE, come.fields["language"])
        return answer

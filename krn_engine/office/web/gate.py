"""Who asks for a page: by the session of their cookie, if they may, and not too often."""

from krn_engine.errors import KrnError
from krn_engine.office.access.callers import Known
from krn_engine.office.net_errors import NotAllowed, SessionOver
from krn_engine.office.server.origin import origin_of
from krn_engine.office.server.service import Service
from krn_engine.office.web.come import Come
from krn_engine.office.web.page import Page

_OVER = "nobody is signed in"


class Gate:
    """Of one service."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def let_in(self, come: Come, page: Page) -> Known:
        """Who asks, if they may and not too often. Raises SessionOver, NotAllowed, TooManyRequests."""
        known = self.know(come)
        if not page.is_for(known):
            raise NotAllowed(f"a person of scope {known.scope.value} does not reach that far")
        self._service.limits.count(f"caller {known.id}", self._service.per_minute[known.scope])
        return known

    def know(self, come: Come) -> Known:
        """Who asks; the log knows them from then on. Raises SessionOver, TooManyRequests for who tries tokens."""
        if come.cookies.session is None:
            raise SessionOver(_OVER)
        try:
            known = self._service.sessions.know(come.cookies.session)
        except SessionOver:
            self._service.limits.count(self.address(come), self._service.strangers)
            raise
        come.trace.caller = self._service.log.person(known.name)
        return known

    def who(self, come: Come) -> Known | None:
        """Who is signed in, for the frame of a refusal: nothing that goes wrong here is told instead of it."""
        try:
            return None if come.cookies.session is None else self._service.sessions.know(come.cookies.session)
        except KrnError:
            return None

    def address(self, come: Come) -> str:
        """Where somebody asks from, hashed, as counts keep it."""
        return origin_of(come.request, behind_proxy=self._service.behind_proxy)

"""Where chats come in: `/chat/whatsapp` and `/chat/telegram`. What comes is on disk before it is answered for.

Nothing else is done in the request: a provider wants its answer within a quarter of a second, and brings again what it
got none for.
"""

import hmac
from collections.abc import Callable, Mapping
from typing import Any

import anyio
import anyio.to_thread
from fastapi import FastAPI, Request, Response

from krn_engine.errors import KrnError
from krn_engine.office.chat import telegram, whatsapp
from krn_engine.office.chat.errors import ChatNotSigned
from krn_engine.office.chat.running import Chats
from krn_engine.office.server.body import TooLarge, TooSlow, content_of, throw_away
from krn_engine.office.server.refusing import noted
from krn_engine.office.server.service import Service
from krn_engine.office.service_events import ServiceEvent
from krn_engine.register.errors import RegisterBusy

MOST_BYTES = 3 * 1024 * 1024
"""Of one delivery (WhatsApp Cloud API)."""
LONGEST_CHALLENGE = 256
THREADS = 3
"""That keep what comes, in one process: where the chats' database is held, kiosks and customers at home go on."""
WAITS_SECONDS = 1.5
"""A delivery waits no longer for one of them, and neither waits longer for the database."""
WHATSAPP, TELEGRAM = "/chat/whatsapp", "/chat/telegram"
_REFUSED = "this does not come from the provider of a chat that this office knows"
Signed = Callable[[Request, bytes | None], bool]
"""Whether a provider sent this; asked before there is a body too."""
_STATUS: Mapping[type, int] = {TooLarge: 413, TooSlow: 408}


def chat_site(app: FastAPI, service: Service) -> None:
    """Adds the addresses of those providers that are set up, and no other.

    A request that its provider did not sign is answered with ChatNotSigned, and one that comes while the database is
    held for too long with RegisterBusy: the provider brings it again.
    """
    chats = service.chats
    if chats is None:
        return
    secrets = chats.secrets
    threads = anyio.CapacityLimiter(THREADS)

    def of_whatsapp(request: Request, body: bytes | None) -> bool:
        signature = _only(request, whatsapp.SIGNATURE)
        if body is None:
            return signature is not None
        return whatsapp.is_signed(secrets.app_secret, body, signature)

    def of_telegram(request: Request, _body: bytes | None) -> bool:
        return telegram.is_ours(secrets.telegram_secret, _only(request, telegram.SECRET))

    if whatsapp.NAME in chats.providers:
        app.add_api_route(WHATSAPP, _challenge(secrets.verify_token), methods=["GET"])
        app.add_api_route(WHATSAPP, _incoming(service, chats, whatsapp.NAME, of_whatsapp, threads), methods=["POST"])
    if telegram.NAME in chats.providers:
        app.add_api_route(TELEGRAM, _incoming(service, chats, telegram.NAME, of_telegram, threads), methods=["POST"])


def _challenge(verify_token: str) -> Callable[..., Any]:
    """WhatsApp asks whether this address is ours, when it is told of it."""

    async def challenge(request: Request) -> Response:
        request.scope["krn"].operation = "chat-challenge"
        asked = request.query_params.multi_items()
        told = dict(asked)
        word = told.get("hub.challenge", "")
        given = told.get("hub.verify_token", "").encode("utf-8", "replace")
        if (
            len(told) != len(asked)
            or told.get("hub.mode") != "subscribe"
            or not hmac.compare_digest(given, verify_token.encode())
            or not (word.isascii() and word.isprintable() and 0 < len(word) <= LONGEST_CHALLENGE)
        ):
            return noted(request, ChatNotSigned(_REFUSED))
        return Response(word, media_type="text/plain")

    return challenge


def _incoming(
    service: Service, chats: Chats, name: str, is_signed: Signed, threads: anyio.CapacityLimiter
) -> Callable[..., Any]:
    provider = chats.providers[name]

    def keep(body: bytes) -> None:
        come = provider.come(body)
        for kind in come.odd:
            service.log.note(ServiceEvent.CHAT_UNREAD, operation=name, kind=kind)
        for kind in come.passed:
            service.log.note(ServiceEvent.CHAT_PASSED, operation=name, kind=kind)
        if chats.store.inbox.put(name, come, body, WAITS_SECONDS):
            chats.came.set()

    async def incoming(request: Request) -> Response:
        request.scope["krn"].operation = f"chat-{name}"
        try:
            if not is_signed(request, None):
                await throw_away(request, MOST_BYTES, service.body_seconds)
                raise ChatNotSigned(_REFUSED)
            body = await content_of(request, MOST_BYTES, service.body_seconds)
            if not is_signed(request, body):
                raise ChatNotSigned(_REFUSED)
            await _in_one_of(threads, keep, body)
        except KrnError as refusal:
            answer = noted(request, refusal, _STATUS.get(type(refusal)))
            if isinstance(refusal, TooLarge | TooSlow):
                # The rest of it would be taken for the next request.
                answer.headers["Connection"] = "close"
            return answer
        return Response(b"{}", media_type="application/json")

    return incoming


async def _in_one_of(threads: anyio.CapacityLimiter, keep: Callable[[bytes], None], body: bytes) -> None:
    """Keep a delivery in one of these threads; raises RegisterBusy where none is free soon: it is brought again."""
    holder = object()
    try:
        with anyio.fail_after(WAITS_SECONDS):
            await threads.acquire_on_behalf_of(holder)
    except TimeoutError as error:
        raise RegisterBusy("the chats' database is held for too long") from error
    try:
        # The default limiter is for everybody else; ours was asked above, where a wait can end.
        await anyio.to_thread.run_sync(keep, body, limiter=anyio.CapacityLimiter(1))
    finally:
        threads.release_on_behalf_of(holder)


def _only(request: Request, header: str) -> str | None:
    """A header that is there once."""
    found = request.headers.getlist(header)
    return found[0] if len(found) == 1 else None

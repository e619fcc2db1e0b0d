"""The body of a request: so many bytes at most, within so many seconds."""

import anyio
from fastapi import Request

from krn_engine.office.net_errors import OfficeNotReady, WireBroken

DRAIN_SECONDS = 2.0
"""How long what a refused request still sends is taken from the network, and thrown away."""


class TooLarge(WireBroken):
    """The body is longer than any request of this service."""


class TooSlow(OfficeNotReady):
    """The body does not come to an end: a kiosk takes that for a network that is not there, and asks again later."""


async def content_of(request: Request, most: int, seconds: float) -> bytes:
    """All of it. Raises TooLarge, TooSlow."""
    content = bytearray()
    length = 0
    with anyio.move_on_after(seconds) as time:
        async for part in request.stream():
            length += len(part)
            if length > most:
                break
            content += part
    if time.cancelled_caught:
        raise TooSlow("the request did not come to an end in time: send it again, all at once")
    if length > most:
        raise TooLarge(f"a request has {most} bytes at most")
    return bytes(content)


async def throw_away(request: Request, most: int, seconds: float) -> None:
    """Take what a refused request still sends: who is told while they send would not hear it."""
    length = 0
    with anyio.move_on_after(min(DRAIN_SECONDS, seconds)):
        async for part in request.stream():
            length += len(part)
            if length > most:
                break

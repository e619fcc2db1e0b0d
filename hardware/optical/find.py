"""What is under a head: asked in every way that a model knows, so that nobody has to know which model to choose."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hardware.errors import MeterAnswersWrong, NoAnswer
from hardware.optical.frames import Address
from hardware.optical.hdlc import HdlcLink, Patience
from hardware.optical.line import Line
from hardware.optical.model import OpticalModel, Route
from hardware.optical.sign_on import BINARY, Identification, SignOn

BRIEF = Patience(answer=1.0, tries=2)
"""A meter that is there answers a first frame within its reaction time."""


@dataclass(frozen=True, slots=True)
class Found:
    """A meter that answered."""

    identification: Identification | None
    """What it said at the sign-on; None: it speaks HDLC at once."""
    models: tuple[OpticalModel, ...]
    """The models that fit it, the likeliest first."""


def find(
    line: Line,
    models: tuple[OpticalModel, ...],
    *,
    clock: Callable[[], float] = time.monotonic,
    wait: Callable[[float], None] = time.sleep,
) -> Found:
    """Ask for a sign-on, and then for HDLC at each speed that a model begins at. Nothing is read, nothing is entered.

    Raises NoAnswer if nothing answers, MeterAnswersWrong if what answers is no meter, and LineLost.
    """
    asked = next((model for model in models if model.route is not Route.HDLC), None)
    odd: MeterAnswersWrong | None = None
    if asked is not None:
        try:
            return _signed_on(line, asked, models, clock, wait)
        except NoAnswer:
            pass
        except MeterAnswersWrong as error:
            odd = error
    direct = [model for model in models if model.route is Route.HDLC]
    for model in direct:
        if _answers_hdlc(line, model, clock, wait):
            if asked is not None:
                # One that an earlier process left connected hears a sign-on only now.
                with contextlib.suppress(NoAnswer, MeterAnswersWrong):
                    return _signed_on(line, asked, models, clock, wait)
            return Found(None, tuple(other for other in direct if other.start == model.start))
    raise odd or NoAnswer("no meter answers, neither to a sign-on nor to HDLC: put the head right, cable downwards")


def _signed_on(
    line: Line,
    asked: OpticalModel,
    models: tuple[OpticalModel, ...],
    clock: Callable[[], float],
    wait: Callable[[float], None],
) -> Found:
    who = SignOn(line, asked, clock=clock, wait=wait).identify()
    return Found(who, tuple(_fitting(who, models)))


def _fitting(who: Identification, models: tuple[OpticalModel, ...]) -> Iterator[OpticalModel]:
    """Those that name how this meter says who it is, then those of any meter with its abilities."""
    yield from (model for model in models if any(who.name.startswith(name) for name in model.identification))
    route = Route.MODE_E if BINARY in who.abilities else Route.READ_OUT
    yield from (model for model in models if model.route is route and not model.identification)


def _answers_hdlc(line: Line, model: OpticalModel, clock: Callable[[], float], wait: Callable[[float], None]) -> bool:
    line.set_format(model.start)
    line.drop_input()
    size = model.address_bytes
    server = Address(model.logical_device, model.physical_device if size > 1 else 0, size)
    link = HdlcLink(line, Address(model.client), server, BRIEF, clock=clock, wait=wait)
    try:
        link.connect()
    except (NoAnswer, MeterAnswersWrong):
        return False
    link.disconnect()
    return True

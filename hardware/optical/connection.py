"""From a model and its secrets to a meter that answers: the line, the sign-on, HDLC, and the association on it.

A connection is kept between two calls, for a sign-on at 300 baud takes longer than all the rest. It is never repaired
while something is being sent: whoever uses it knows what may be asked again.
"""

import contextlib
import time
from collections.abc import Callable

from hardware.errors import AccessRefused, HardwareError, MeterAnswersWrong, NoAnswer
from hardware.optical.association import Mechanism
from hardware.optical.axdr import Data, Tag
from hardware.optical.ciphering import Keys, Security
from hardware.optical.client import Association, Credentials
from hardware.optical.frames import Address
from hardware.optical.hdlc import HdlcLink, Patience
from hardware.optical.line import Line, LineFormat
from hardware.optical.model import Access, CosemAttribute, OpticalModel, Route
from hardware.optical.secrets import Secrets
from hardware.optical.sign_on import open_hdlc
from hardware.optical.xdlms import Descriptor, ServiceResult, obis

PUBLIC_CLIENT = 16
KEPT = 20.0
"""Seconds after which a connection that nobody used is taken to be gone: meters end them after 30 s or more."""
NO_SECRETS = Secrets()
_MECHANISMS = {Access.PUBLIC: Mechanism.NONE, Access.LLS: Mechanism.LLS, Access.HLS_GMAC: Mechanism.HLS_GMAC}


class MeterConnection:
    """One meter under one head. `open_line` opens the head's line."""

    def __init__(
        self,
        open_line: Callable[[], Line],
        model: OpticalModel,
        secrets: Secrets = NO_SECRETS,
        title: bytes = b"",
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """`title`: this client's system title. Raises ValueError for a model that needs a counter and has none."""
        if model.access_problem:
            raise ValueError(model.access_problem)
        self._open_line = open_line
        self._model = model
        self._credentials = credentials_of(model, secrets, title)
        self._clock, self._wait = clock, wait
        self._line: Line | None = None
        self._link: HdlcLink | None = None
        self._association: Association | None = None
        self._counter = 0
        self._used = 0.0
        self._cut_off = False
        """The meter may still be in a connection that this side has given up."""

    @property
    def kept(self) -> bool:
        """Whether an association is open from an earlier call, and young enough to be used again."""
        return self._association is not None and self._clock() - self._used < KEPT

    def meter(self) -> Association:
        """The association, opened if there is none. Raises NoAnswer, AccessRefused, MeterAnswersWrong, LineLost."""
        if self._association is not None and not self.kept:
            self.hang_up()
        if self._association is None:
            self._credentials.require_whole()
            try:
                self._association = self._opened()
            except AccessRefused:
                # It answers, so it is left as it was found: in a connection it would hear nobody's sign-on.
                self.hang_up()
                raise
            except HardwareError:
                self.give_up()
                raise
        self._used = self._clock()
        return self._association

    def give_up(self) -> None:
        """Something went wrong on it: nothing more is said, and the next call begins anew."""
        if self._association is not None:
            self._counter = self._association.counter
        self._cut_off = self._cut_off or self._link is not None
        self._association = self._link = None
        self.shut()

    def hang_up(self) -> None:
        """Release, disconnect, and give the line back; without the meter's answer where it gives none."""
        with contextlib.suppress(HardwareError):
            if self._association is not None:
                self._association.release()
            if self._link is not None:
                self._link.disconnect()
                self._link = None
        self.give_up()

    def shut(self) -> None:
        """Give the line back at once, from any thread: whoever waits on it then hears LineLost."""
        line, self._line = self._line, None
        if line is not None:
            line.close()

    # --- connecting

    def _opened(self) -> Association:
        where = self._model.counter
        counter = 1 if where is None or self._credentials.keys is None else self._first_counter(where)
        link = self._linked(self._model.client)

        def exchange(apdu: bytes) -> bytes:
            answer = link.exchange(apdu)
            self._used = self._clock()
            return answer

        association = Association(exchange, self._credentials, counter)
        association.open()
        return association

    def _linked(self, client: int) -> HdlcLink:
        """An HDLC connection of this client; the sign-on before it, where the model has one."""
        line = self._ready_line()
        if self._cut_off:
            # A meter that waits for its frames hears no sign-on until it has given the old connection up.
            self._end_old(line)
        try:
            open_hdlc(line, self._model, clock=self._clock, wait=self._wait)
        except (NoAnswer, MeterAnswersWrong):
            if self._cut_off or self._model.route is not Route.MODE_E:
                raise
            # Nor does one whose connection an earlier process left open.
            self._end_old(line)
            open_hdlc(line, self._model, clock=self._clock, wait=self._wait)
        self._cut_off = False
        self._link = self._new_link(line, client)
        self._link.connect()
        return self._link

    def _ready_line(self) -> Line:
        if self._line is None:
            self._line = self._open_line()
        return self._line

    def _end_old(self, line: Line) -> None:
        if self._model.route is Route.MODE_E:
            line.set_format(LineFormat(self._model.fastest, self._model.data.data_bits, self._model.data.parity))
        self._new_link(line, self._model.client).disconnect()

    def _new_link(self, line: Line, client: int) -> HdlcLink:
        model = self._model
        timing = model.timing
        patience = Patience(timing.answer, timing.between_bytes, work=timing.row)
        server = Address(
            model.logical_device, model.physical_device if model.address_bytes > 1 else 0, model.address_bytes
        )
        return HdlcLink(line, Address(client), server, patience, clock=self._clock, wait=self._wait)

    def _first_counter(self, where: CosemAttribute) -> int:
        """The first invocation counter of an association: above each that this client has used."""
        link = self._linked(PUBLIC_CLIENT)
        public = Association(link.exchange, Credentials())
        public.open()
        value = public.get(descriptor_of(where))
        public.release()
        link.disconnect()
        self._link = None
        if isinstance(value, ServiceResult):
            raise AccessRefused("the meter does not tell its invocation counter: type the rows at the keypad")
        if not isinstance(value.value, int):
            raise MeterAnswersWrong("the meter's invocation counter is no number")
        # Some meters tell the last one that was used, some the next one that they take.
        return max(self._counter, value.value + 1)


def credentials_of(model: OpticalModel, secrets: Secrets, title: bytes) -> Credentials:
    """Who this client is for a meter of this model."""
    keys = None
    if secrets.encryption_key is not None and secrets.authentication_key is not None:
        keys = Keys(secrets.encryption_key, secrets.authentication_key)
    return Credentials(
        _MECHANISMS[model.access],
        secrets.password or b"",
        keys if model.secured else None,
        title if model.secured else b"",
        Security.BOTH if model.ciphered else Security.NONE,
    )


def descriptor_of(attribute: CosemAttribute) -> Descriptor:
    """One attribute as a request names it."""
    return Descriptor(attribute.class_id, obis(attribute.obis), attribute.attribute)


def text_of(data: Data) -> str | None:
    """A value as a meter's display would show it; None for one that is no text and no number."""
    match data.value:
        case bool() as state:
            return str(int(state))
        case int() as number:
            return str(number)
        case str() as text if data.tag is not Tag.BIT_STRING:
            return text.strip()
        case bytes() as octets if octets.isascii() and octets.decode("ascii").isprintable():
            return octets.decode("ascii").strip()
        case _:
            return None

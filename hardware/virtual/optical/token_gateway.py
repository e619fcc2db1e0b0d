"""The meter's Token gateway (COSEM class 115): octets in, a status that is polled, and the virtual meter behind it.

The state machine is the Blue Book's as gurux-dlms and public descriptions have it: `enter` takes a token and answers at
once, `token_status` tells later what became of it. Two things are set by documents that are not public (STS 101-2), so
they are this virtual meter's own: which octets a token has (`TokenForm`), and what `data_value` holds (the result code
of the token status register, `TokenResult`, in eight bits).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from hardware.optical.gateway import BINARY_OCTETS, StatusCode
from hardware.optical.model import TokenForm
from hardware.virtual.meter import VirtualMeter
from krn_engine.row import ROW_DIGITS
from krn_engine.sts.results import TokenResult


def digits_of(octets: bytes, form: TokenForm) -> str | None:
    """The 20 digits that these octets are, or None if they are no token of this form."""
    match form:
        case TokenForm.ASCII:
            digits = octets.decode("latin-1")
        case TokenForm.BCD:
            digits = octets.hex()
        case TokenForm.BINARY:
            digits = f"{int.from_bytes(octets, 'big'):020d}" if len(octets) == BINARY_OCTETS else ""
    return digits if len(digits) == ROW_DIGITS and digits.isascii() and digits.isdigit() else None


@dataclass(frozen=True, slots=True)
class Status:
    """The attribute token_status: the code, and this meter's data_value."""

    code: StatusCode
    result: TokenResult


NO_TOKEN = Status(StatusCode.FORMAT_OK, TokenResult.NONE)
"""What stands there before the first token."""
LOCAL = 1
"""delivery_method: by a local port."""
_FAILED = {
    TokenResult.FORMAT_ERROR: StatusCode.FORMAT_FAILURE,
    # AuthenticationResult and ValidationResult of IEC 62055-41, 7.3; what is left is of its TokenResult.
    TokenResult.CRC_ERROR: StatusCode.AUTHENTICATION_FAILURE,
    TokenResult.MFR_CODE_ERROR: StatusCode.AUTHENTICATION_FAILURE,
    TokenResult.OLD_ERROR: StatusCode.VALIDATION_FAILURE,
    TokenResult.USED_ERROR: StatusCode.VALIDATION_FAILURE,
    TokenResult.KEY_EXPIRED_ERROR: StatusCode.VALIDATION_FAILURE,
    TokenResult.DDTK_ERROR: StatusCode.VALIDATION_FAILURE,
}


class Taken(Enum):
    """What `enter` answers."""

    RECEIVED = "received"
    BUSY = "the token before it is not processed yet"


@dataclass
class TokenGateway:
    """One Token gateway. Its attributes outlast a power cut; a token that was not processed by then is gone."""

    meter: VirtualMeter
    clock: Callable[[], float]
    form: TokenForm = TokenForm.ASCII
    processing: float = 0.0
    """Seconds for which a token is received, but not processed."""
    token: bytes = field(default=b"", repr=False)
    taken_at: float = 0.0
    delivery: int = LOCAL
    heard: list[bytes] = field(default_factory=list, repr=False)
    """Every token that was handed over, for a test of what was sent."""
    _status: Status = NO_TOKEN
    _before: tuple[bytes, Status] = field(default=(b"", NO_TOKEN), repr=False)
    _pending: bytes | None = field(default=None, repr=False)
    _due: float = 0.0

    def enter(self, octets: bytes) -> Taken:
        """Method 1."""
        now = self.clock()
        self.pass_time()
        if self._pending is not None:
            return Taken.BUSY
        self.heard.append(octets)
        self._before = self.token, self._status
        self.token, self.taken_at = octets, now
        self._status = Status(StatusCode.RECEIVED, TokenResult.NONE)
        self._pending, self._due = octets, now + self.processing
        self.pass_time()
        return Taken.RECEIVED

    @property
    def entered(self) -> int:
        """How many tokens were handed over."""
        return len(self.heard)

    @property
    def status(self) -> Status:
        """Attribute 6, as it is now."""
        now = self.clock()
        self.pass_time()
        if self._pending is not None and now >= self._due - self.processing / 2 and digits_of(self._pending, self.form):
            return Status(StatusCode.FORMAT_OK, TokenResult.NONE)
        return self._status

    @property
    def locked_for(self) -> float:
        """Seconds of lock-out that are left."""
        self.pass_time()
        return max(0.0, self.meter.state.locked_until - self.clock())

    def power_cut(self) -> None:
        """The supply went: what was not processed never will be, and the attributes tell of the token before it."""
        self.pass_time()
        if self._pending is not None:
            self._pending = None
            self.token, self._status = self._before

    def pass_time(self) -> None:
        """Process what was due until now. Whoever looks at the meter past its gateway calls it first."""
        if self._pending is not None and self.clock() >= self._due:
            octets, self._pending = self._pending, None
            self._status = self._process(octets)

    def _process(self, octets: bytes) -> Status:
        digits = digits_of(octets, self.form)
        if digits is None:
            return Status(StatusCode.FORMAT_FAILURE, TokenResult.FORMAT_ERROR)
        answer = self.meter.take_token(digits, self._due)
        if answer is None:
            # PERIKSA: no result of the standard says it; the tamper register does.
            return Status(StatusCode.EXECUTION_FAILURE, TokenResult.NONE)
        if answer.accepted:
            return Status(StatusCode.EXECUTION_OK, answer.result)
        return Status(_FAILED.get(answer.result, StatusCode.EXECUTION_FAILURE), answer.result)

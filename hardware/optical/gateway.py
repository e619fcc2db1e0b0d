"""The Token gateway of a meter (COSEM interface class 115): a token in, and what became of it.

Attributes, the method and the status codes are those that gurux-dlms and public descriptions of the Blue Book have.
What octets a token has, and what `data_value` means, is set by documents for members of the STS Association or by the
maker: both are the model's.
"""

from dataclasses import dataclass
from enum import IntEnum

from hardware.errors import MeterAnswersWrong
from hardware.optical.axdr import Data, Tag, octet_string
from hardware.optical.client import Association
from hardware.optical.model import TokenForm
from hardware.optical.xdlms import Descriptor, ServiceResult
from krn_engine.row import Row

CLASS_ID = 115
TOKEN, TOKEN_STATUS = 2, 6
"""Attributes."""
ENTER = 1
"""The method."""
BINARY_OCTETS = 9


class StatusCode(IntEnum):
    """How far the meter is with a token (`token_status.status_code`)."""

    FORMAT_OK = 0
    AUTHENTICATION_OK = 1
    VALIDATION_OK = 2
    EXECUTION_OK = 3
    FORMAT_FAILURE = 4
    AUTHENTICATION_FAILURE = 5
    VALIDATION_FAILURE = 6
    EXECUTION_FAILURE = 7
    RECEIVED = 8
    """Received, not yet processed."""

    @property
    def ended(self) -> bool:
        """Whether the meter has done with the token."""
        return StatusCode.EXECUTION_OK <= self <= StatusCode.EXECUTION_FAILURE


@dataclass(frozen=True, slots=True)
class TokenStatus:
    """The attribute token_status."""

    code: StatusCode
    bits: str
    """`data_value`: a 0 or 1 a bit, the first bit first."""

    def __str__(self) -> str:
        """For staff: the code by its number and name."""
        return f"{self.code.value} {self.code.name.lower().replace('_', ' ')}"


def octets_of(row: Row, form: TokenForm) -> bytes:
    """The octets of a token as a meter takes them."""
    match form:
        case TokenForm.ASCII:
            return row.encode("ascii")
        case TokenForm.BCD:
            return bytes.fromhex(row)
        case TokenForm.BINARY:
            return int(row).to_bytes(BINARY_OCTETS, "big")


class TokenGateway:
    """One Token gateway, in one association."""

    def __init__(self, association: Association, instance: bytes) -> None:
        """`instance`: the six octets of its logical name."""
        self._association = association
        self._instance = instance

    def enter(self, octets: bytes) -> ServiceResult:
        """Hand a token over. Whatever is raised, the meter may have it: this is never done again by itself."""
        answer = self._association.action(self._of(ENTER), octet_string(octets))
        return ServiceResult.SUCCESS if isinstance(answer, Data) else answer

    def attribute(self, index: int) -> Data | ServiceResult:
        """An attribute as it stands, not looked into. Raises as `Association.get` does."""
        return self._association.get(self._of(index))

    def token(self) -> bytes | None:
        """The token that came last, by any way; None if it may not be read. Raises as `Association.get` does."""
        value = self.attribute(TOKEN)
        if isinstance(value, ServiceResult):
            return None
        if value.tag is not Tag.OCTET_STRING or not isinstance(value.value, bytes):
            raise MeterAnswersWrong("a token of the meter is no octet string")
        return value.value

    def status(self) -> TokenStatus | None:
        """What became of it; None if that may not be read. Raises as `Association.get` does."""
        return status_of(self.attribute(TOKEN_STATUS))

    def _of(self, index: int) -> Descriptor:
        return Descriptor(CLASS_ID, self._instance, index)


def status_of(value: Data | ServiceResult) -> TokenStatus | None:
    """The attribute token_status; None if it may not be read. Raises MeterAnswersWrong."""
    match value:
        case ServiceResult():
            return None
        case Data(
            tag=Tag.STRUCTURE,
            value=(Data(tag=Tag.ENUM, value=int() as code), Data(tag=Tag.BIT_STRING, value=str() as bits)),
        ):
            try:
                return TokenStatus(StatusCode(code), bits)
            except ValueError:
                raise MeterAnswersWrong("the state of a token is none that is known") from None
        case _:
            raise MeterAnswersWrong("the state of a token is no status code with its value")

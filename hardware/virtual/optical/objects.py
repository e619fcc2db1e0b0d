"""What the virtual meter's optical port has to read and to call: COSEM objects over the meter and its Token gateway.

Identity and Token gateway stand where the Blue Book has them. KRN, SGC and the counters have no logical name of the
standard that is public: they are in a group that OBIS leaves to makers, 0-0:96.50.E.255. That is this virtual meter's
own, and no other meter's; `hardware/optical/models/virtual-optical.toml` says the same to a client.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from hardware.adapter import MeterRegister
from hardware.optical.axdr import Data, Tag, octet_string, structure
from hardware.optical.xdlms import ServiceResult, obis
from hardware.virtual.meter import VirtualMeter
from hardware.virtual.optical.token_gateway import Taken, TokenGateway

DATA, ASSOCIATION, TOKEN_GATEWAY = 1, 15, 115
"""Interface classes."""
CURRENT_ASSOCIATION = obis("0-0:40.0.0.255")
LOGICAL_DEVICE_NAME = obis("0-0:42.0.0.255")
METER_NUMBER = obis("0-0:96.1.0.255")
GATEWAY = obis("0-0:19.40.0.255")
OWN = {
    MeterRegister.KRN: 1,
    MeterRegister.SGC: 2,
    MeterRegister.TAMPER: 3,
    MeterRegister.TECHNICAL_COUNT: 4,
    MeterRegister.LAST_TOKEN: 5,
    MeterRegister.LAST_BUT_ONE: 6,
    MeterRegister.LAST_BUT_TWO: 7,
}
"""The E of 0-0:96.50.E.255 for each display register."""
LOCKED_FOR = obis("0-0:96.50.8.255")
"""Seconds of lock-out that are left."""
READ_OUT = {
    MeterRegister.METER_NUMBER: "C.1.0",
    MeterRegister.KRN: "96.50.1",
    MeterRegister.SGC: "96.50.2",
    MeterRegister.TECHNICAL_COUNT: "96.50.4",
}
"""What the read-out of mode C has, and where."""
NOT_SPECIFIED = bytes.fromhex("ffffffffffffffffff800000")
"""A date-time with no field specified: this meter has no clock."""

Method = Callable[[Data | None], ServiceResult | Data]
"""What a method makes of its argument: a value that it returns, or how it ended."""


@dataclass(frozen=True, slots=True)
class CosemObject:
    """One object: how each of its attributes is read and what each of its methods does. Attribute 1 is its name."""

    class_id: int
    name: bytes
    attributes: Mapping[int, Callable[[], Data]]
    methods: Mapping[int, Method] = field(default_factory=dict)
    version: int = 0
    public: bool = False
    """A client without a password may read it."""
    before_authentication: bool = False
    """Its methods are called while a client still has to prove who it is."""

    def read(self, index: int) -> Data | None:
        """An attribute, or None if there is none of this number."""
        if index == 1:
            return octet_string(self.name)
        reader = self.attributes.get(index)
        return None if reader is None else reader()


def logical_name(register: MeterRegister) -> bytes:
    """Where the virtual meter has a display register."""
    return METER_NUMBER if register is MeterRegister.METER_NUMBER else obis(f"0-0:96.50.{OWN[register]}.255")


def meter_objects(meter: VirtualMeter, gateway: TokenGateway, maker: str) -> tuple[CosemObject, ...]:
    """All of them but the association, which belongs to the server. `maker`: three letters."""

    def text(register: MeterRegister) -> Data:
        return octet_string(meter.register(register).replace(" ", "").encode("ascii"))

    def data(name: bytes, value: Callable[[], Data], *, public: bool = False) -> CosemObject:
        return CosemObject(DATA, name, {2: value}, public=public)

    def register(which: MeterRegister, value: Callable[[], Data]) -> CosemObject:
        return data(logical_name(which), value)

    def device_name() -> Data:
        return octet_string((maker + str(meter.state.drn).rjust(13, "0")).encode("ascii"))

    tokens = (MeterRegister.LAST_TOKEN, MeterRegister.LAST_BUT_ONE, MeterRegister.LAST_BUT_TWO)
    return (
        data(LOGICAL_DEVICE_NAME, device_name, public=True),
        data(METER_NUMBER, lambda: text(MeterRegister.METER_NUMBER), public=True),
        register(MeterRegister.KRN, lambda: Data(Tag.UNSIGNED, int(meter.state.key.krn))),
        register(MeterRegister.SGC, lambda: text(MeterRegister.SGC)),
        register(MeterRegister.TAMPER, lambda: Data(Tag.BOOLEAN, meter.state.tampered)),
        register(
            MeterRegister.TECHNICAL_COUNT,
            lambda: Data(Tag.DOUBLE_LONG_UNSIGNED, int(meter.register(MeterRegister.TECHNICAL_COUNT))),
        ),
        *(register(which, lambda which=which: text(which)) for which in tokens),  # type: ignore[misc]
        data(LOCKED_FOR, lambda: Data(Tag.DOUBLE_LONG_UNSIGNED, round(gateway.locked_for))),
        _gateway_object(gateway),
    )


def _gateway_object(gateway: TokenGateway) -> CosemObject:
    def enter(argument: Data | None) -> ServiceResult:
        if argument is None or argument.tag is not Tag.OCTET_STRING or not isinstance(argument.value, bytes):
            return ServiceResult.TYPE_UNMATCHED
        taken = gateway.enter(argument.value)
        return ServiceResult.SUCCESS if taken is Taken.RECEIVED else ServiceResult.TEMPORARY_FAILURE

    def status() -> Data:
        now = gateway.status
        return structure(Data(Tag.ENUM, int(now.code)), Data(Tag.BIT_STRING, f"{int(now.result):08b}"))

    return CosemObject(
        TOKEN_GATEWAY,
        GATEWAY,
        {
            2: lambda: octet_string(gateway.token),
            3: lambda: octet_string(NOT_SPECIFIED),
            4: lambda: Data(Tag.ARRAY, ()),
            5: lambda: Data(Tag.ENUM, gateway.delivery),
            6: status,
        },
        {1: enter},
    )


def association_object(objects: Sequence[CosemObject], reply_to_hls: Method) -> CosemObject:
    """The association that a client is in (class 15, version 1), with the list of all objects and itself."""

    def object_list() -> Data:
        return Data(Tag.ARRAY, tuple(_element(one) for one in (*objects, own)))

    def status() -> Data:
        return Data(Tag.ENUM, 2)  # associated

    own = CosemObject(
        ASSOCIATION,
        CURRENT_ASSOCIATION,
        {2: object_list, 8: status},
        {1: reply_to_hls},
        version=1,
        public=True,
        before_authentication=True,
    )
    return own


def _element(one: CosemObject) -> Data:
    """object_list_element: class, version, logical name, access rights."""
    granted = Data(Tag.ENUM, 1)  # of an attribute: read only; of a method: access
    attributes = [structure(Data(Tag.INTEGER, n), granted, Data(Tag.NULL)) for n in (1, *one.attributes)]
    methods = [structure(Data(Tag.INTEGER, n), granted) for n in one.methods]
    rights = structure(Data(Tag.ARRAY, tuple(attributes)), Data(Tag.ARRAY, tuple(methods)))
    class_id, version = Data(Tag.LONG_UNSIGNED, one.class_id), Data(Tag.UNSIGNED, one.version)
    return structure(class_id, version, octet_string(one.name), rights)

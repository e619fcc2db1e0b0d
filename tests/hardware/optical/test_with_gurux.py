"""The client of gurux-dlms reads the virtual meter and enters tokens over a pty: it judges every answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from gurux_dlms.enums import DataType
from gurux_dlms.GXDLMSException import GXDLMSException
from gurux_dlms.objects import GXDLMSTokenGateway

from hardware.virtual.optical.link import Limits
from hardware.virtual.optical.style import USUAL_STYLE, Confirms
from krn_engine.sts.identity import Krn
from tests.support.gurux import GuruxReader, gurux_client
from tests.support.gurux_meter import GuruxMeter
from tests.support.optical import BY_KEY, BY_PASSWORD, CIPHERED, KEYS, PASSWORD, READER, Optical

NUMBER, KRN, SGC, TAMPER, COUNT, LAST = "0.0.96.1.0.255", *(f"0.0.96.50.{n}.255" for n in range(1, 6))
EXECUTED, FORMAT, AUTHENTICATION, RECEIVED = 3, 4, 5, 8
CLIENTS = {
    "password": lambda **more: gurux_client(BY_PASSWORD, password=PASSWORD, **more),
    "gmac": lambda **more: gurux_client(BY_KEY, keys=KEYS, **more),
    "ciphered": lambda **more: gurux_client(CIPHERED, keys=KEYS, ciphers=True, **more),
}
"""Each way in by which a client may enter tokens."""


@contextmanager
def reader(optical: Optical, client: object, *, sign_on: bool = True) -> Iterator[GuruxReader]:
    """A connected client of gurux, which leaves as it should."""
    with optical.port() as port, GuruxReader(str(port.path), client) as gurux:
        if sign_on:
            gurux.sign_on()
        gurux.connect()
        yield gurux
        gurux.release()
        gurux.disconnect()


@pytest.fixture(params=CLIENTS, name="way")
def _way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_public_client_reads_who_the_meter_is_and_nothing_more() -> None:
    optical = Optical()
    with reader(optical, gurux_client(16)) as gurux:
        assert gurux.octets(NUMBER) == str(optical.meter.state.drn).encode()
        assert gurux.octets("0.0.42.0.0.255") == b"VRT00" + str(optical.meter.state.drn).encode()
        for refused in (KRN, COUNT, LAST):
            with pytest.raises(GXDLMSException, match="Read-Write denied"):
                gurux.octets(refused)
        with pytest.raises(GXDLMSException, match="Read-Write denied"):
            gurux.enter(optical.rows[0].encode())
    assert optical.gateway.entered == 0


def test_four_rows_by_light_change_the_key_and_the_registers_prove_it(way: str) -> None:
    optical = Optical()
    with reader(optical, CLIENTS[way]()) as gurux:
        assert gurux.octets(NUMBER) == str(optical.meter.state.drn).encode()
        assert gurux.number(KRN) == 1
        results = []
        for row in optical.rows:
            gurux.enter(row.encode())
            results.append(gurux.status())
            assert bytes(gurux.read(GXDLMSTokenGateway(), 2)) == row.encode()
        assert results == [(EXECUTED, "00000010"), (EXECUTED, "00000001")] * 2, "1stKCT and Accept, twice"
        assert gurux.number(KRN) == 3
        assert gurux.octets(SGC) == str(optical.meter.state.key.sgc).encode()
        assert gurux.number(COUNT) == 4
        assert gurux.octets(LAST) == optical.rows[3].encode()
    assert optical.meter.state.key.krn == Krn(3)
    assert optical.gateway.entered == 4


def test_a_wrong_a_repeated_and_a_malformed_token_are_told_apart(way: str) -> None:
    optical = Optical()
    with reader(optical, CLIENTS[way]()) as gurux:
        said = []
        for token in (optical.rows[0], optical.rows[1], optical.rows[1], "123"):
            gurux.enter(token.encode())
            said.append(gurux.status())
    assert said == [
        (EXECUTED, "00000010"),
        (EXECUTED, "00000001"),
        (AUTHENTICATION, "00001101"),  # the key has changed: the row is under another one
        (FORMAT, "00000110"),
    ]


def test_a_token_that_is_no_octet_string_is_refused() -> None:
    optical = Optical()
    with reader(optical, CLIENTS["password"]()) as gurux, pytest.raises(GXDLMSException):
        gurux._ask(gurux.client.method(GXDLMSTokenGateway(), 1, 7, DataType.UINT8))
    assert optical.gateway.entered == 0


def test_a_slow_meter_is_polled() -> None:
    optical = Optical(processing=6.0)
    with reader(optical, CLIENTS["password"]()) as gurux:
        gurux.enter(optical.rows[0].encode())
        codes = [gurux.status()[0]]
        with pytest.raises(GXDLMSException, match=r"(?i)temporary"):
            gurux.enter(optical.rows[1].encode())
        while codes[-1] != EXECUTED:
            optical.hand.wait(0.5)
            codes.append(gurux.status()[0])
    assert codes[0] == RECEIVED
    assert 0 in codes
    assert optical.gateway.entered == 1


@pytest.mark.parametrize("wrong", [b"another one", b"a passwor", b"a password "])
def test_a_wrong_password_lets_nobody_in(wrong: bytes) -> None:
    optical = Optical()
    with optical.port() as port, GuruxReader(str(port.path), gurux_client(BY_PASSWORD, password=wrong)) as gurux:
        gurux.sign_on()
        with pytest.raises(GXDLMSException, match=r"(?i)authentication fail"):
            gurux.connect()
    assert optical.server.refused == 1
    assert optical.gateway.entered == 0


def test_no_password_where_one_is_needed_lets_nobody_in() -> None:
    optical = Optical()
    with optical.port() as port, GuruxReader(str(port.path), gurux_client(BY_PASSWORD)) as gurux:
        gurux.sign_on()
        with pytest.raises(GXDLMSException):
            gurux.connect()
    assert optical.server.refused == 1


def test_a_wrong_key_lets_nobody_in() -> None:
    other = replace(KEYS, authentication=bytes(16))
    optical = Optical()
    with optical.port() as port, GuruxReader(str(port.path), gurux_client(BY_KEY, keys=other)) as gurux:
        gurux.sign_on()
        with pytest.raises(Exception):  # noqa: B017, PT011  gurux has several words for it
            gurux.connect()
    assert optical.server.refused == 1


def test_a_reader_may_read_and_not_enter() -> None:
    optical = Optical()
    with reader(optical, gurux_client(READER, password=PASSWORD)) as gurux:
        assert gurux.number(KRN) == 1
        with pytest.raises(GXDLMSException, match="Read-Write denied"):
            gurux.enter(optical.rows[0].encode())
    assert optical.gateway.entered == 0


def test_gurux_reads_the_list_of_objects_in_segments_and_in_blocks(way: str) -> None:
    names = {(115, "0.0.19.40.0.255"), (1, NUMBER), (1, KRN), (15, "0.0.40.0.0.255")}
    whole = Optical()
    with reader(whole, CLIENTS[way]()) as gurux:
        by_segments = gurux.object_list()
    in_blocks = Optical()
    client = CLIENTS[way]()
    client.maxReceivePDUSize = 200
    with reader(in_blocks, client) as gurux:
        assert gurux.object_list() == by_segments
        assert sum(b"\xc4\x02" in got for got in gurux.got) >= (0 if way == "ciphered" else 3)
    assert names <= set(by_segments)
    assert len(by_segments) == 13


def test_gurux_enters_something_long_in_blocks_and_in_segments(way: str) -> None:
    """Longer than the APDU that the meter takes, and longer than a frame. It is no token, and arrives whole."""
    optical = Optical(longest=100, limits=Limits(32, 32))
    with reader(optical, CLIENTS[way]()) as gurux:
        gurux.enter(bytes(range(150)))
        assert gurux.status() == (FORMAT, "00000110")
        assert way == "ciphered" or any(b"\xc3\x04\xc1" in sent for sent in gurux.sent), "ACTION with its first block"
    assert optical.gateway.token == bytes(range(150))
    assert optical.gateway.entered == 1


@pytest.mark.parametrize("size", [1, 2, 4])
def test_each_size_of_an_address_is_answered_in_its_own(size: int) -> None:
    optical = Optical()
    server = {1: 1, 2: 1 << 7 | 16, 4: 1 << 14 | 16}[size]
    with reader(optical, CLIENTS["password"](server=server, size=size)) as gurux:
        gurux.enter(optical.rows[0].encode())
        assert gurux.status()[0] == EXECUTED


@pytest.mark.parametrize("confirms", Confirms)
def test_the_way_into_hdlc_as_each_meter_confirms_it(confirms: Confirms) -> None:
    optical = Optical(style=replace(USUAL_STYLE, confirms=confirms))
    with optical.port() as port, GuruxReader(str(port.path), gurux_client(16)) as gurux:
        identification, confirmed = gurux.sign_on(quiet=5.0 if confirms is Confirms.NEW else 1.0)
        assert identification == b"/VRT5\\2VIRTUAL\r\n"
        assert (confirmed == b"\x06252\r\n") is (confirms is Confirms.NEW)
        gurux.port.reset_input_buffer()
        gurux.connect()
        assert gurux.octets(NUMBER) == str(optical.meter.state.drn).encode()


def test_a_meter_without_sign_on_speaks_hdlc_at_once() -> None:
    optical = Optical(style=replace(USUAL_STYLE, sign_on=False, baud=19200))
    with optical.port() as port, GuruxReader(str(port.path), CLIENTS["password"]()) as gurux:
        gurux.hdlc(19200)
        gurux.connect()
        assert gurux.number(KRN) == 1


def test_after_disc_the_meter_begins_anew_and_without_it_after_its_time_out() -> None:
    optical = Optical()
    with reader(optical, CLIENTS["password"]()) as gurux:
        gurux.enter(optical.rows[0].encode())
    with optical.port() as port, GuruxReader(str(port.path), CLIENTS["password"]()) as gurux:
        gurux.sign_on()
        gurux.connect()
    # Left without a word. Somebody else comes too early, and then in time.
    with optical.port() as port, GuruxReader(str(port.path), CLIENTS["password"]()) as gurux:
        assert gurux.sign_on(quiet=0.5) == (b"", b"")
        optical.hand.wait(USUAL_STYLE.inactivity)
    with reader(optical, CLIENTS["password"]()) as gurux:
        gurux.enter(optical.rows[1].encode())
        assert gurux.status() == (EXECUTED, "00000001")


@pytest.mark.parametrize("who", ["public", "wrong password", *CLIENTS])
def test_every_byte_of_an_exchange_is_what_gurux_encodes(who: str) -> None:
    """A meter of gurux's parts is asked the same again, and answers the same to the last bit."""
    optical, twin = Optical(), Optical()
    client = {"public": gurux_client(16), "wrong password": gurux_client(BY_PASSWORD, password=b"no")}.get(who)
    with optical.port() as port, GuruxReader(str(port.path), client or CLIENTS[who]()) as gurux:
        gurux.sign_on()
        if who == "wrong password":
            with pytest.raises(GXDLMSException):
                gurux.connect()
        else:
            gurux.connect()
            gurux.octets(NUMBER)
            for row in optical.rows if who in CLIENTS else ():
                gurux.enter(row.encode())
                gurux.status()
                gurux.number(KRN)
            gurux.release()
            gurux.disconnect()
    judge = GuruxMeter(twin.server.objects)
    assert [judge.take(frame).hex() for frame in gurux.sent] == [frame.hex() for frame in gurux.got]
    assert len(gurux.sent) == {"public": 5, "wrong password": 2, "password": 17, "gmac": 18, "ciphered": 18}[who]

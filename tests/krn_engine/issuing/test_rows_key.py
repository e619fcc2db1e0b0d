"""The key of the rows comes from systemd or from the board, and what is wrong there is said with what to do."""

import re
import struct
from pathlib import Path

import pytest
from Crypto.Hash import HMAC, SHA256

from krn_engine.issuing.errors import RowsKeyMissing
from krn_engine.issuing.rows_key import CREDENTIAL, Mailbox, from_board, from_credential

KEY = bytes(range(100, 132))
# What the documentation of Raspberry Pi prints as an answer of `vcmailbox 0x00030081 40 40 0 8 0 0 0 0 0 0 0 0`.
ASKED = "00000040 00000000 00030081 00000028 00000028 00000000 00000008" + " 00000000" * 9
ANSWER = (
    "00000040 80000000 00030081 00000028 80000028 00000000 00000008 f8dbc7b0 a4fcfb1d 706e298a c9d0485c 2226ce8d "
    "f7f7596a c77337bd 09fbe160 00000000"
)


class Board(Mailbox):
    """Answers as the firmware of a board would."""

    def __init__(self, answer: str) -> None:
        super().__init__(Path("/nowhere"))
        self.answer = answer
        self.asked = b""

    def ask(self, message: bytes) -> bytes:
        self.asked = message
        return words(self.answer)


def words(text: str) -> bytes:
    return b"".join(struct.pack("<I", int(word, 16)) for word in text.split())


@pytest.fixture
def credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    return tmp_path / CREDENTIAL


@pytest.mark.parametrize("content", [KEY, KEY.hex().encode(), KEY.hex().upper().encode() + b"\n"])
def test_a_credential_is_bytes_or_hexadecimal_digits(credentials: Path, content: bytes) -> None:
    credentials.write_bytes(content)
    assert from_credential() == KEY


@pytest.mark.parametrize(
    "content",
    [
        *(b"", KEY[:31], KEY + b"\n", KEY.hex()[:62].encode(), b"g" * 64, bytes(32), b"0" * 64, b"\xff" * 64),
        # Half a key in digits, and words.
        *(KEY.hex()[:32].encode(), KEY.hex()[:31].encode() + b"\n", b"correct horse battery staple, 32"),
    ],
)
def test_a_credential_that_is_no_key_is_refused_and_not_shown(credentials: Path, content: bytes) -> None:
    credentials.write_bytes(content)
    with pytest.raises(RowsKeyMissing, match="32 random bytes, or 64 hexadecimal digits") as told:
        from_credential()
    assert KEY.hex()[:10] not in str(told.value)


def test_on_a_console_the_way_to_the_credential_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    with pytest.raises(
        RowsKeyMissing, match=r"sudo systemd-run .*--property=LoadCredentialEncrypted=krn-rows .* krn …"
    ):
        from_credential()


@pytest.mark.usefixtures("credentials")
def test_a_service_without_its_credential_is_told_how_to_make_one() -> None:
    with pytest.raises(
        RowsKeyMissing, match=r"systemd-creds encrypt --name=krn-rows - /etc/credstore\.encrypted/krn-r"
    ):
        from_credential()


def test_a_credential_that_cannot_be_read(credentials: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    credentials.write_bytes(KEY)

    def denied(_path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", denied)
    with pytest.raises(RowsKeyMissing, match="cannot be read: Permission denied"):
        from_credential()


def test_the_key_of_a_board_is_derived_from_its_words_as_its_own_tool_prints_them() -> None:
    board = Board(ANSWER)
    found = from_board(board)
    assert board.asked == words(ASKED)
    private = bytes.fromhex("".join(ANSWER.split()[7:15]))
    extracted = HMAC.new(bytes(32), private, SHA256).digest()  # RFC 5869, 2.2 with no salt
    info = b"krn register rows, from the private key of the board"
    assert found == HMAC.new(extracted, info + b"\x01", SHA256).digest()  # 2.3, of one block
    assert private not in found


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (re.sub(r"(f8dbc7b0).*(09fbe160)", "00000000 " * 7 + "00000000", ANSWER), "no key is programmed in this board"),
        (ANSWER.replace(" 80000000 ", " 80000001 "), "firmware of this board gives no private key"),
        (ANSWER.replace("80000028", "00000028"), "firmware of this board gives no private key"),
    ],
)
def test_a_board_without_a_key_is_told(answer: str, says: str) -> None:
    with pytest.raises(RowsKeyMissing, match=says):
        from_board(Board(answer))


def test_a_machine_that_is_no_raspberry_pi_is_told(tmp_path: Path) -> None:
    with pytest.raises(RowsKeyMissing, match="only a Raspberry Pi"):
        from_board(Mailbox(tmp_path / "vcio"))


def test_a_device_that_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "vcio").write_bytes(b"")
    with pytest.raises(RowsKeyMissing, match=r"Inappropriate ioctl.*group video"):
        from_board(Mailbox(tmp_path / "vcio"))


def test_the_request_is_the_drivers_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """_IOWR(100, 0, char *) is 0xc0086400 where a pointer has 8 bytes, and 0xc0046400 where it has 4."""
    asked: list[int] = []

    def ioctl(_descriptor: int, request: int, message: bytearray) -> None:
        asked.append(request)
        message[:] = words(ANSWER)

    (tmp_path / "vcio").write_bytes(b"")
    monkeypatch.setattr("fcntl.ioctl", ioctl)
    assert from_board(Mailbox(tmp_path / "vcio")) == from_board(Board(ANSWER))
    assert asked == [0xC0000000 + (struct.calcsize("P") << 16) + 0x6400]

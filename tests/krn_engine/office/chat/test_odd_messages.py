"""Whatever else somebody writes: each has an answer that helps, and none is met by silence."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from krn_engine.demo import DEMO_DAY, DemoCase, DemoProvince
from krn_engine.errors import KrnError
from krn_engine.issuing.errors import SourceDown
from krn_engine.office.chat import look_ups
from krn_engine.office.chat.conversation import Conversation
from krn_engine.office.chat.elsewhere import OtherUnit, unit_of
from krn_engine.office.chat.message import Kind
from krn_engine.office.local import LocalOffice
from krn_engine.office.net_errors import OfficeUnreachable
from krn_engine.register.database import Register
from krn_engine.register.errors import RecordDamaged, RegisterBusy
from tests.support.chatting import Chat
from tests.support.office import Demo
from tests.support.places import Files

NOISE = ("lorem 12 ipsum " * 300)[:4096]
EXAMPLE = "Contoh: #123456789012"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One for all of them: hardly any puts something on record, and none asks what another did."""
    province = DemoProvince(32)
    url = Files(tmp_path_factory.mktemp("odd")).register(32)
    with Register.open(url) as register:
        office = LocalOffice(register, province.campaign, province.vault, clock=lambda: DEMO_DAY)
        yield Demo(province, register, office, url)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("#1310123123", "Kurang satu digit? Nomor meter terdiri dari 11 digit."),
        ("#131012312", "Terlalu pendek"),
        ("1310123123123", "Lebih satu digit"),
        ("12345678901234", "Terlalu panjang"),
        ("1234 5678 9012 3456 7890", "Ini token 20 digit"),
        ("1234 5678 9012 3456 789", "Ini mirip token"),
        ("131012312312 131012312313", "Ada 2 nomor dalam satu pesan"),
        ("131012312312\n14100000124", "tidak ditemukan"),
        ("#131012312312", "Nomor 1310 1231 2312 tidak ditemukan"),
        ("1310-1231.2312", "Nomor 1310 1231 2312 tidak ditemukan"),
        ("\u202a131012312312\u202c", "Nomor 1310 1231 2312 tidak ditemukan"),
        ("99100000009", "Mungkin satu digit salah"),
        ("IDPEL saya 131012312312 ya pak", "Nomor 1310 1231 2312 tidak ditemukan"),
        ("980011234567", "tampaknya dilayani UP3 Contoh. Silakan hubungi 0000-1"),
        ("980021234567", "tampaknya dilayani ULP Contoh Dua. Silakan hubungi 0000-2"),
        ("081234567890", "Ini tampaknya nomor telepon"),
        ("+62 812-3456-7890", "Ini tampaknya nomor telepon"),
        ("1310O2312312", "Nomor hanya terdiri dari angka"),
        ("\uff11\uff13\uff11\uff10\uff11\uff12\uff13\uff11\uff12\uff13\uff11\uff12", "angka 0 sampai 9"),
        ("\u0661\u0663\u0661\u0660\u0661\u0662\u0663\u0661", "angka 0 sampai 9"),
        ("5", "Terlalu pendek"),
        ("halo", "Kirim ID Pelanggan (12 digit) atau nomor meter (11 digit)"),
        ("/start", "Upgrade meter listrik prabayar PLN"),
        ("MENU", "ENGLISH"),
        ("bahasa", "Choose a language"),
        ("di mana nomor meternya?", "di bagian depan meter"),
        ("bayar berapa?", "Layanan ini gratis"),
        ("ini penipuan ya", "tidak pernah meminta uang, PIN, atau OTP"),
        ("mau bicara dengan petugas", "24 jam di 123"),
        ("apa itu KRN", "Sisa kWh tidak berubah"),
        ("beli token 100.000", "tidak dijual di sini"),
        ("makasih", "Sama-sama"),
        ("goblok", "Mohon maaf"),
        ("ok", "Baik."),
        ("kode", "kirim nomor Anda dulu"),
        ("benar semua", "kirim nomor Anda dulu"),
        ("04: 3", "kirim nomor Anda dulu"),
        ("meter saya PERIKSA", "Meter harus diperiksa dulu"),
        ("meter terkunci", "Jangan terus mencoba"),
        ("", "Pesan Anda kosong"),
        (" \n\t ", "Pesan Anda kosong"),
        ("\U0001f44d", "belum kami pahami"),
        ("wkwkwk", "belum kami pahami"),
        (NOISE, "Kirim ID Pelanggan"),
        ("9" * 4096, "Terlalu panjang"),
        ("\x00\x07", "belum kami pahami"),
    ],
)
def test_who_has_no_rows_yet(chat: Chat, text: str, says: str) -> None:
    said = chat.says(text)
    assert says in said
    assert chat.rows == []
    assert chat.known.meter_number == ""
    assert len(said) < 1000


@pytest.mark.parametrize(
    "text",
    ["#1310123123", "1234 5678 9012 3456 7890", "131012312312", "wkwkwk", "", "halo", "131012312312 131012312313"],
)
def test_what_is_wrong_comes_with_what_a_right_one_looks_like(chat: Chat, text: str) -> None:
    assert EXAMPLE in chat.says(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("wkwkwk", "belum kami pahami"),
        ("5 benar", "Kode 5 tidak ada untuk meter ini"),
        ("benar atau salah ya", "Tulis per kode"),
        ("sudah benar?", "Apa yang tampil di meter"),
        ("ok pak", "Sesudah kode 1 dan 2, balas"),
        ("2", "Sesudah kode 1 dan 2, balas"),
        ("pasangan 3 benar", "Kode 5 tidak ada"),
        ("", "Sesudah kode 1 dan 2, balas"),
        ("tidak", "Sesudah kode 1 dan 2, balas"),
        ("terkunci", "Meter terkunci sementara"),
        ("nomor lain", "Kirim nomor yang lain"),
        ("gratis?", "Sesudah kode 1 dan 2, balas"),
    ],
)
def test_who_has_rows_is_led_back_to_the_question(demo: Demo, chat: Chat, text: str, says: str) -> None:
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    chat.says(number)
    outcomes = demo.count("outcomes")
    assert says in chat.says(text)
    assert chat.known.meter_number == number
    # None of it is a claim.
    assert demo.count("outcomes") == outcomes


@pytest.mark.parametrize("kind", [Kind.OTHER, Kind.PRESSED])
def test_a_photograph_and_a_foreign_button_are_answered(chat: Chat, kind: Kind) -> None:
    said = chat.says("visit.0.ffffffff; DROP TABLE", kind)
    assert EXAMPLE in said
    assert ("Mohon kirim angka" in said) is (kind is Kind.OTHER)


@pytest.mark.parametrize("known", [False, True])
def test_a_button_says_no_more_than_its_verb(demo: Demo, chat: Chat, known: bool) -> None:
    if known:
        chat.says(demo.first(DemoCase.FOUR_ROWS).meter_number)
    tag = chat.known.request_id[:8] or "-"
    for text in (
        f"right.99.{tag}",
        f"shows.99.{tag}",
        f"other.0.{tag}",
        f"nothing.0.{tag}",
        f"visit.0.{tag}",
        "right.1",
    ):
        assert chat.says(text, Kind.PRESSED)


def test_a_meter_number_that_begins_an_idpel_is_one_digit_short(demo: Demo, chat: Chat) -> None:
    said = chat.says(demo.first(DemoCase.FOUR_ROWS).idpel[:11])
    assert "Kurang satu digit: ID Pelanggan terdiri dari 12 digit." in said
    assert len(chat.known.asked) == 1


def test_a_card_has_both_numbers(demo: Demo, chat: Chat) -> None:
    customer, other = demo.first(DemoCase.FOUR_ROWS), demo.first(DemoCase.TWO_ROWS)
    assert "tidak cocok" in chat.says(f"IDPEL {customer.idpel} meter {other.meter_number}")
    assert chat.rows == []
    chat.says(f"ID {customer.idpel}, no meter {customer.meter_number}")
    assert len(chat.rows) == 4


def test_too_many_numbers_are_told_when_again(demo: Demo, chat: Chat) -> None:
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    chat.says(number)
    chat.says(demo.first(DemoCase.FOUR_ROWS).idpel)
    for digits in range(131012312300, 131012312309):
        assert "tidak ditemukan" in chat.says(str(digits))
    chat.waits(minutes=15)
    said = chat.says(demo.first(DemoCase.TWO_ROWS).idpel)
    assert "Terlalu banyak nomor" in said
    assert "dalam 45 menit" in said
    assert chat.rows == []
    # The meter that is talked of costs nothing.
    chat.says(number)
    assert len(chat.rows) == 4
    assert len(chat.known.asked) == 10
    chat.waits(minutes=45)
    chat.says(demo.first(DemoCase.TWO_ROWS).idpel)
    assert len(chat.rows) == 2


def test_the_limits_of_an_hour_and_of_a_day() -> None:
    asked: tuple[int, ...] = ()
    at = DEMO_DAY
    for hour in range(2):
        at = DEMO_DAY + timedelta(hours=hour)
        for _ in range(10):
            assert look_ups.wait(asked, at) == 0
            asked = look_ups.with_one_more(asked, at)
        assert look_ups.wait(asked, at) > 0
    assert look_ups.wait(asked, DEMO_DAY + timedelta(hours=5)) == 19 * 3600
    assert look_ups.wait(asked, DEMO_DAY + timedelta(hours=24)) == 0
    assert len(look_ups.with_one_more(asked * 50, at)) == 20
    # A clock that was set back.
    assert look_ups.wait(asked, DEMO_DAY - timedelta(days=400)) <= 86400


@pytest.mark.parametrize("error", [OfficeUnreachable("x"), RegisterBusy("x")])
def test_an_office_that_cannot_answer_lets_the_message_wait(
    demo: Demo, chat: Chat, error: KrnError, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_arguments: object) -> None:
        raise error

    chat.says(demo.first(DemoCase.EA11).meter_number)
    for name in ("find", "issue", "record"):
        with monkeypatch.context() as patch:
            patch.setattr(LocalOffice, name, fails)
            with pytest.raises(type(error)):
                chat.says("benar")
    assert "Tekan 04" in chat.says("benar")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (SourceDown("x"), f"Silakan coba lagi nanti, atau hubungi 123 dan sebutkan: {SourceDown.code}"),
        (RecordDamaged("x"), f"Data meter ini rusak.\nSilakan hubungi 123 dan sebutkan: {RecordDamaged.code}"),
    ],
)
def test_what_does_not_pass_by_itself_is_said_with_its_code(
    demo: Demo, chat: Chat, error: KrnError, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_arguments: object) -> None:
        raise error

    monkeypatch.setattr(LocalOffice, "issue", fails)
    assert says in chat.says(demo.first(DemoCase.FOUR_ROWS).meter_number)


def test_the_help_line_is_the_offices(demo: Demo) -> None:
    assert "0800-1" in Chat(Conversation(demo.office, help_line="0800-1")).says("petugas")


def test_other_units_are_read_and_chosen_by_the_longest_beginning() -> None:
    wide, narrow = OtherUnit.parse("13 UP3 Contoh 0751-1"), OtherUnit.parse("13102  ULP Contoh Dua  0751-2")
    assert (narrow.begins, narrow.name, narrow.telephone) == ("13102", "ULP Contoh Dua", "0751-2")
    assert unit_of("131020000000", (wide, narrow)) is narrow
    assert unit_of("139990000000", (narrow, wide)) is wide
    assert unit_of("129990000000", (narrow, wide)) is None


@pytest.mark.parametrize(
    "text", ["", "13", "13102 0751", "1 Contoh 0751", "131024 Contoh 0751", "13102 ULP Contoh", "ULP"]
)
def test_an_other_unit_that_says_too_little_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        OtherUnit.parse(text)

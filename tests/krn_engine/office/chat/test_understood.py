"""What is understood of a text, without any office."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krn_engine.office.chat.understood import Verdict, understand
from krn_engine.office.chat.vocabulary import Topic, What

R, W, P = What.RIGHT, What.WRONG, What.PUT_OFF


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("#13101231231", ("13101231231",)),
        ("1310 1231 2312", ("131012312312",)),
        ("1310\n1231\n2312", ("131012312312",)),
        ("\u202a1310\u200b12312312\u202c", ("131012312312",)),
        ("1310-1231.231", ("13101231231",)),
        ("idpel131012312312", ("131012312312",)),
        ("ID 131012312312 meter 14100000123", ("131012312312", "14100000123")),
        ("131012312312 131012312312", ("131012312312",)),
        ("131012312312 daya 1300", ("131012312312",)),
        ("kode 3 salah", ()),
        ("kemarin saya sudah beli token seharga 100.000 rupiah", ()),
        ("kode 1234 5678 9012 3456 7890 salah", ("12345678901234567890",)),
    ],
)
def test_numbers(text: str, numbers: tuple[str, ...]) -> None:
    assert understand(text).numbers == numbers


@pytest.mark.parametrize(
    ("text", "verdicts"),
    [
        ("benar", [Verdict(R)]),
        ("BENAAAR!!", [Verdict(R)]),
        ("benar semua", [Verdict(R, whole=True)]),
        ("semuanya bener pak", [Verdict(R, whole=True)]),
        ("1 benar", [Verdict(R, (1,))]),
        ("kode 1 dan 2 sudah benar", [Verdict(R, (1, 2))]),
        ("1-4 ok benar", [Verdict(R, (1, 2, 3, 4))]),
        ("kode 3 salah", [Verdict(W, (3,))]),
        ("no 3 salah", [Verdict(W, (3,))]),
        ("salah di kode ketiga", [Verdict(W, (3,))]),
        ("1. BENAR\n2. SALAH", [Verdict(R, (1,)), Verdict(W, (2,))]),
        ("3 salah 4 benar", [Verdict(W, (3,)), Verdict(R, (4,))]),
        ("pasangan 1 benar", [Verdict(R, pairs=(1,))]),
        ("dua-duanya benar", [Verdict(R)]),
        ("kedua kode benar", [Verdict(R)]),
        ("kode kedua gagal", [Verdict(P, (2,))]),
        ("both accepted", [Verdict(R)]),
        ("row 2 rejected", [Verdict(W, (2,))]),
        ("tidak bisa", [Verdict(W)]),
        ("gak masuk", [Verdict(W)]),
        ("doesn't work, rejected", [Verdict(W)]),
        ("sudah bisa", [Verdict(R)]),
        ("bisa bantu saya", []),
        ("sudah", [Verdict(What.ENTERED)]),
        ("sudah dimasukkan", [Verdict(What.ENTERED)]),
        ("sudah masuk semua", [Verdict(R, whole=True)]),
        ("sudah benar?", [Verdict(What.ENTERED)]),
        ("belum", [Verdict(What.NOT_YET)]),
        ("belum masuk", [Verdict(What.NOT_YET)]),
        ("not yet", [Verdict(What.NOT_YET)]),
        ("muncul periksa", [Verdict(What.PERIKSA)]),
        ("mohon periksa nomor saya", []),
        ("all right", []),
        ("tidak salah", []),
    ],
)
def test_what_is_said_of_codes(text: str, verdicts: list[Verdict]) -> None:
    assert list(understand(text).verdicts) == verdicts


@pytest.mark.parametrize(
    ("text", "krn"),
    [
        ("04: 3", 3),
        ("04 tampil 2", 2),
        ("krn 3", 3),
        ("yang tampil angka 1", 1),
        ("kode 3 salah", None),
        ("angka 3 salah", None),
        ("tampil 2nd", None),
    ],
)
def test_what_the_display_shows(text: str, krn: int | None) -> None:
    assert understand(text).krn == krn


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("salah ketik", Topic.REDO),
        ("ulang", Topic.REDO),
        ("tolong kirim ulang kodenya", Topic.AGAIN),
        ("gak tau", Topic.UNSURE),
        ("iya sama", Topic.YES),
        ("Bukan", Topic.NO),
        ("Terima kasih", Topic.THANKS),
        ("don't know", Topic.UNSURE),
        ("kenapa harus?", Topic.WHY),
        ("xyz", None),
    ],
)
def test_what_else(text: str, topic: Topic | None) -> None:
    assert understand(text).topic is topic


def test_what_is_unclear() -> None:
    assert understand("benar atau salah").unclear
    assert not understand("1 benar 2 salah").unclear


CLAIMS = """
benar
BENAR
bener pak
betul
sudah benar semua
iya benar
ya, benar pak
oke sudah benar kak
semua benar
benar semua
bener semua pak, terima kasih
alhamdulillah semua berhasil
kode 1 benar
1 benar
1 dan 2 benar
kode 1 dan 2 sudah benar
kode 1, 2 benar
1-2 benar
1 sampai 4 benar semua
kode pertama benar
yang pertama benar
nomor 1 dan 2 benar
no. 3 benar
kode 3 sudah masuk
kode 1 dan 2 diterima
semua kode sudah masuk
sudah masuk semua pak
sudah masuk
sudah bisa
keduanya benar
pasangan 1 benar
layar menampilkan BENAR
muncul benar di layar
1 benar, 2 benar, 3 benar, 4 benar
sukses
kode 1 berhasil, kode 2 juga berhasil
both accepted
all codes accepted, thank you
code 1 is right
04 tampil 3
krn 3
hasilnya 3
sekarang meter menampilkan angka 3
""".strip().splitlines()
NONE = """
nomor meter saya benar
betul itu nomor meter saya
pesan sudah diterima, terima kasih
kodenya sudah masuk ke hp saya
apa benar ini PLN
bapak saya yang bertugas sukses selalu ya
kalau masuk semua terus apa
krn 3?
sudah diterima
sudah diterima pak, terima kasih
kodenya sudah masuk
kode sudah diterima
token sudah masuk semua
token lama sudah masuk
nomornya benar
nama saya benar
alamatnya sudah betul
apakah benar semua
benar ya pak
benar tidak
benar kan
sudah benar?
yang benar saja
ini benar dari PLN
semoga berhasil
harus benar semua ya
kalau benar lanjut ke mana
bagaimana kalau sukses
pesan ibu sudah masuk
SMS dari PLN sudah masuk semua
nanti kalau sudah masuk saya kabari
meter saya yang benar nomor berapa
betul sekali itu meter saya
benar nih gratis
masuk angin pak saya
sudah masuk ke WA saya
siapa yang bilang berhasil
kode ini benar untuk meter saya
apa kode 1 benar
setelah kode 1 masuk lalu apa
kapan semua kode benar
is the number right
this is the right meter
are the codes right?
how do I know it worked
keluar 2 orang petugas
angka 3 itu apa
apa krn 3 sudah benar
saya punya 3 meter
anak saya 3
""".strip().splitlines()


def claims(text: str) -> bool:
    heard = understand(text)
    right = any(one.what is R for one in heard.verdicts) and not heard.unclear
    return right or heard.krn is not None or heard.number_only is not None


@pytest.mark.parametrize("text", CLAIMS)
def test_who_says_just_that_claims_it(text: str) -> None:
    assert claims(text)


@pytest.mark.parametrize("text", NONE)
def test_an_ordinary_sentence_with_a_word_of_a_claim_claims_nothing(text: str) -> None:
    assert not claims(text)


@pytest.mark.parametrize(
    ("text", "verdicts"),
    [
        ("1 benar 2 salah, lalu apa yang harus saya lakukan", [Verdict(W, (2,))]),
        ("kode 1 salah, nomor meter saya benar", [Verdict(W, (1,))]),
    ],
)
def test_a_refused_code_counts_beside_a_claim_of_something_else(text: str, verdicts: list[Verdict]) -> None:
    heard = understand(text)
    assert heard.unclear or list(heard.verdicts) == verdicts


@given(st.text(max_size=300))
def test_any_text_is_understood_or_not(text: str) -> None:
    heard = understand(text)
    assert heard == understand(text)
    assert all(number.isascii() and number.isdigit() and len(number) >= 5 for number in heard.numbers)
    assert "numbers" not in repr(heard)

"""The words that people use in a chat, in Indonesian and English, also as they are shortened on a phone.

Each word stands once. What is not here is not guessed at: a wrong guess would be a claim that nobody made.
"""

from collections.abc import Mapping
from enum import Enum, auto


class What(Enum):
    """What somebody says of codes."""

    RIGHT = auto()
    WRONG = auto()
    PUT_OFF = auto()
    """GAGAL."""
    PERIKSA = auto()
    LOCKED = auto()
    """The meter takes no keys."""
    NOT_YET = auto()
    ENTERED = auto()
    """They are keyed in; what the meter showed is not said."""


class Topic(Enum):
    """What else somebody may want."""

    AFRESH = auto()
    """Nothing is in yet: from the first code on."""
    REDO = auto()
    """Their last answer was a mistake."""
    INDONESIAN = auto()
    ENGLISH = auto()
    LANGUAGES = auto()
    UNSURE = auto()
    WHERE = auto()
    """Where the number is found."""
    FREE = auto()
    """What it costs, or whether it is a fraud."""
    VISIT = auto()
    """An officer is to come."""
    PERSON = auto()
    """A human being."""
    WHY = auto()
    """What this is for."""
    TOKEN = auto()
    """To buy a token."""
    AGAIN = auto()
    """The codes once more."""
    OTHER_METER = auto()
    MENU = auto()
    THANKS = auto()
    ANGRY = auto()
    NOTED = auto()
    """ "OK": it was read, and nothing is said of the codes."""
    YES = auto()
    NO = auto()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _each(what: What, text: str) -> dict[str, What]:
    return dict.fromkeys(text.split(), what)


def _phrases(*lines: str) -> tuple[str, ...]:
    """Phrases with commas between them."""
    return tuple(phrase.strip() for line in lines for phrase in line.split(","))


SAID: Mapping[str, What] = {
    **_each(What.RIGHT, "benar bener bnr bner betul btul berhasil sukses masuk diterima lolos right correct"),
    **_each(What.RIGHT, "accept accepted success successful work worked works succeeded"),
    **_each(What.WRONG, "salah slh ditolak tolak menolak reject rejected wrong refused error eror incorrect"),
    **_each(What.PUT_OFF, "gagal ggl gagl fail failed ditunda"),
    **_each(What.PERIKSA, "periksa priksa perikasa periska inscek tamper"),
    **_each(What.LOCKED, "terkunci kekunci mengunci locked lock lockout terblokir"),
    **_each(What.NOT_YET, "belum blm blum belom nanti ntar besok later tomorrow unfinished yet"),
    **_each(What.ENTERED, "sudah udah sdh udh dah selesai beres kelar done finished entered dimasukkan dimasukan"),
}
NOT = _words("tidak tdk tak gak ga gk nggak ngga enggak engga bukan kagak not cannot cant didnt doesnt isnt")
ABLE = _words("bisa bs")
""" "Bisa" tells something only behind a word: "tidak bisa", "sudah bisa"; alone it begins a request."""
PLEASE = _words("mohon tolong bantu cek minta please")
"""With these "periksa" is what somebody is asked to do, and not what a display shows."""
STILL = _words("lagi masih tetap tetep again still")
"""What makes a refusal another one."""
ALL = _words("semua smua semuanya seluruh seluruhnya all everything keempatnya lengkap")
PAIR = _words("pasang pasangan pair pairs kelompok")
CODE = _words("kode kodenya baris code row nomor no ke token")
UP_TO = _words("sampai sampe sd hingga to until through - – —")  # noqa: RUF001
ROWS: Mapping[str, int] = {
    **dict.fromkeys(("satu", "pertama", "kesatu", "first"), 1),
    **dict.fromkeys(("dua", "kedua", "two", "second"), 2),
    **dict.fromkeys(("tiga", "ketiga", "three", "third"), 3),
    **dict.fromkeys(("empat", "keempat", "four", "fourth"), 4),
}
SHOWS = _words("krn krnnya tampil tampilnya muncul keluar angka angkanya hasil hasilnya shows showed")
AROUND = _words(
    "pak bu bapak ibu mas mbak mba kak kakak bang bos min admin ok oke okay baik siap sip iya y yes nya "
    "dan lalu kemudian terus juga sekarang tadi barusan akhirnya langsung saja aja kok lah deh tuh nih "
    "layar layarnya display tulisan tulisannya muncul tampil tampilnya keluar hasil hasilnya menampilkan "
    "alhamdulillah syukur mantap terima kasih terimakasih makasih mksh trims suwun nuhun thanks thank you thx "
    "sir di the both codes rows is are was were it they have has been now and too shows showed says in of"
)
"""What may stand around a claim without making it one of something else."""
AROUND_NAMED = _words("yang yg nomor no token pada untuk")
"""What else may stand around a claim where codes are named by their numbers."""
AROUND_DISPLAY = _words("yang yg pada masih tetap jadi meter meteran meternya sesudah setelah nomor")
"""What may stand around the number on a display without making it another number."""
COMES_TOO = _words("masuk diterima")
"""What codes also do that only came to a telephone."""
CLOSELY = frozenset({"ya"})
""" "Ya benar" tells, "benar ya" may ask."""
OF_AN_ID = _words("id idpel pelanggan idpelanggan meter meteran nomor nomer no nomornya number customer")

TOPICS: tuple[tuple[Topic, tuple[str, ...]], ...] = (
    (
        Topic.AFRESH,
        _phrases("dari awal, dari pertama, dari nol, from the beginning, from the start, start over, start again"),
    ),
    (Topic.AGAIN, _phrases("kirim ulang, ulang kode, ulangi kode, kode ulang, kodenya ulang, kirim kode, minta kode")),
    (
        Topic.REDO,
        _phrases(
            "ulang, ulangi, salah ketik, salah tulis, salah jawab, salah pencet, salah tekan, salah kirim",
            "undo, typo, mistake, my mistake, batalkan, keliru, ralat",
        ),
    ),
    (Topic.ENGLISH, _phrases("english, inggris, in english")),
    (Topic.INDONESIAN, _phrases("indonesia, indonesian, bahasa indonesia")),
    (Topic.LANGUAGES, _phrases("bahasa, language, languages")),
    (
        Topic.UNSURE,
        _phrases(
            "tidak tahu, tidak tau, tdk tahu, tdk tau, gak tahu, gak tau, ga tahu, ga tau, entah, nggak tahu",
            "nggak tau, kurang tahu, kurang tau, lupa, dont know, not sure, no idea, bingung",
        ),
    ),
    (
        Topic.WHERE,
        _phrases(
            "di mana, dimana, dmn, where, nomor apa, nomor yang mana, id apa, apa idpel, lihat di, cari nomor",
            "nomor meter apa, which number",
        ),
    ),
    (
        Topic.FREE,
        _phrases(
            "bayar, biaya, gratis, harga, uang, duit, pulsa, otp, pin, free, cost, pay, price, penipu",
            "penipuan, nipu, tipu, hoax, hoaks, scam, fraud, asli, resmi, percaya, ini pln, dari pln",
        ),
    ),
    (
        Topic.VISIT,
        _phrases(
            "kunjungan, petugas datang, kirim petugas, panggil petugas, minta petugas, datang ke rumah, visit",
            "send somebody, send someone, come to my house",
        ),
    ),
    (
        Topic.PERSON,
        _phrases(
            "petugas, operator, admin, cs, manusia, orang, telepon, telpon, telp, hubungi, human, agent",
            "staff, somebody, phone, call, datang, loket, kantor",
        ),
    ),
    (
        Topic.WHY,
        _phrases(
            "apa itu, apa ini, untuk apa, buat apa, kenapa, mengapa, krn, kct, upgrade, what is, why, apa sih",
            "maksudnya, bagaimana, gimana, cara, caranya, how",
        ),
    ),
    (
        Topic.TOKEN,
        _phrases("beli token, beli listrik, isi token, token listrik, buy token, buy a token, pulsa listrik"),
    ),
    (
        Topic.OTHER_METER,
        _phrases("nomor lain, meter lain, ganti nomor, ganti meter, another meter, other meter, another number"),
    ),
    (Topic.AGAIN, _phrases("kode, kodenya, minta kode, kirim lagi, lagi, codes, code, again, rows, resend, repeat")),
    (
        Topic.MENU,
        _phrases(
            "menu, bantuan, bantu, tolong, help, start, mulai, halo, hallo, helo, hai, hi, hello, pagi, siang",
            "sore, malam, permisi, assalamualaikum, assalamu alaikum, salam, ping, tes, test, info, min, kak",
            "pak, bu, om, good morning, batal, cancel",
        ),
    ),
    (
        Topic.THANKS,
        _phrases(
            "terima kasih, terimakasih, makasih, makasi, mksh, trims, thanks, thank you, thx, tq, tks, suwun",
            "nuhun, tengkyu, alhamdulillah, mantap",
        ),
    ),
    (
        Topic.ANGRY,
        _phrases(
            "anjing, anjir, bangsat, goblok, goblog, tolol, bodoh, babi, kampret, sialan, brengsek, kontol",
            "memek, jancok, cuk, tai, fuck, fucking, shit, stupid, idiot, bullshit, parah, kecewa, lambat",
            "payah, useless",
        ),
    ),
    (Topic.NOTED, _phrases("ok, oke, okay, okey, baik, siap, sip, oh, ooh, noted, fine, mengerti, paham")),
    (Topic.YES, _phrases("ya, iya, y, yes, yup, yoi, sama, same, cocok, yep")),
    (Topic.NO, _phrases("tidak, tdk, gak, ga, nggak, bukan, no, nope, beda, berbeda, different, lain")),
)
"""Phrases, by what they are taken for; a message that has several is about the first."""

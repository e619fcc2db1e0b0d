"""The sentences that depend on what happened, in Indonesian; `kiosk/locale` has the other languages."""

from collections.abc import Sequence

from hardware.person import NO, YES
from kiosk.view.parts import Message, Option
from krn_engine.office.contract import FindWarning
from krn_engine.office.guide import KRN_CHOICES
from krn_engine.office.identify import IdProblem
from krn_engine.row import grouped

SEARCHING = Message("Mencari data Anda…")
ISSUING = Message("Menyiapkan kode…")
RECORDING = Message("Mencatat jawaban Anda…")
ASKING = Message("Memeriksa meter…")
RESTARTING = Message("Memulai ulang…")

HELP_START = Message("Siapkan ID Pelanggan atau nomor meter, lalu tekan Mulai. Layanan ini gratis.")
HELP_NUMBER = Message("Masukkan ID Pelanggan (12 digit) atau nomor meter (11 digit), lalu tekan Lanjut.")
HELP_CONFIRM = Message("Cocokkan nomor di layar dengan nomor di meter Anda.")
HELP_QUESTION = Message("Jawab menurut yang Anda lihat di meter. Jika ragu, pilih Tidak tahu.")
HELP_CODES = Message("Catat atau simpan semua kode. Sentuh kode yang sudah dicatat: kode itu diberi tanda.")
HELP_SAVE = Message("Cetak slip, atau foto kode QR dengan ponsel, sebelum menekan Selesai.")
HELP_AT_HOME = Message("Masukkan kode di meter Anda, berurutan. Jika ada masalah, kembalilah ke kios ini.")
HELP_COME_BACK = Message("Pilih apa yang ditampilkan meter ketika kode dimasukkan.")
IF_UNSURE = Message("Jika ragu, pilih Tidak tahu.")

SAYS_PERIKSA = Message("Apakah meter Anda menampilkan PERIKSA?")
CLEAR_FIRST = Message("Meter harus diperiksa dulu")
CLEAR_FIRST_LINES = (
    Message("Selama meter menampilkan PERIKSA, meter menolak semua kode."),
    Message("Silakan ke {counter} atau hubungi {help_line}. Pemeriksaan ini gratis."),
)
HOLDS_A_TOKEN = Message("Apakah Anda masih punya token listrik yang belum dimasukkan ke meter?")
TOKEN_FIRST = Message("Masukkan token itu dulu")
TOKEN_FIRST_LINES = (
    Message("Setelah upgrade, token lama mungkin tidak berlaku lagi."),
    Message("Jika meter menampilkan GAGAL, simpan token itu. Coba lagi setelah kode terakhir."),
)
TOKEN_OR_NOT = (Option(YES, Message("Masih punya")), Option(NO, Message("Tidak punya")))

WHAT_HAPPENED = Message("Apa yang terjadi dengan kode Anda?")
LAST_GOOD = Message("Kode terakhir yang BENAR?")
SAME_NUMBER = Message("Apakah meter di rumah bernomor ini?")
OTHER_METER = Message("Kode ini untuk meter lain")
SCAN_THE_OTHER = Message("Masukkan nomor yang ada di meter Anda, atau pindai kartunya.")
COMPARE_DIGITS = Message("Cocokkan setiap digit sebelum menekan Enter.")
ONCE_MORE = Message("Jika SALAH: masukkan sekali lagi. Tetap SALAH: berhenti, hubungi {help_line}.")
PUT_OFF = Message("Meter menunda kode itu, atau satu digit salah. Masukkan lagi, digit demi digit.")
SLOWLY = Message("Mungkin satu digit salah. Masukkan pelan-pelan, digit demi digit.")
WHICH_KRN = Message("Tekan 04 lalu Enter di meter. Angka berapa yang tampil?")
ONE_DIGIT = Message("Masukkan satu angka.")
LOOK_FIRST = Message("Lihat dulu angka di meter")
ANOTHER_KRN = "0"
"""What "another number" stands for: no meter has this KRN."""
WHICH_KRN_AT_HOME = Message("Di rumah, sesudah 04 lalu Enter: angka berapa yang tampil di meter?")
KRN_OR_ANOTHER = (
    *(Option(str(krn), Message("{krn}", {"krn": str(krn)})) for krn in KRN_CHOICES),
    Option(ANOTHER_KRN, Message("Angka lain")),
)
OTHER_NUMBER = Message("Angka itu tidak cocok dengan kode ini")
COMPARE_THE_NUMBER = Message("Cocokkan nomor meter di layar ini dengan nomor di meter Anda.")
BY_THAT_NUMBER = Message("Menurut angka itu, upgrade meter Anda selesai. Terima kasih.")
RIGHT_NUMBER = Message("Angka itu benar")
NOTED = Message("Sudah dicatat")
NO_NUMBER_TO_COMPARE = Message("Kios tidak tahu angka yang benar untuk meter ini: belum terbukti.")
ROWS_STAY = Message("Jika meter menolak token, kembalilah: kode Anda tetap tersedia di kios ini.")
WHERE = Message("Di mana nomornya?")
WHERE_LINES = (
    Message("Nomor meter: 11 digit di bagian depan meter, dan di kartu pelanggan."),
    Message("ID Pelanggan: 12 digit di kartu pelanggan, dan di struk pembelian token."),
)

PHOTOGRAPH = Message("Foto kode ini dengan ponsel Anda: semua kode ada di dalamnya.")
PHOTOGRAPH_PAGE = Message("Foto kode ini, dan buka halaman panduan selagi ada jaringan: semua kode ada di sana.")
PHOTOGRAPH_OR_PRINT = Message("Slip memuat semua kode, dan langkah demi langkah di rumah.")
PRINTING = Message("Mencetak slip…")
TAKE_THE_SLIP = Message("Ambil slip Anda.")
NO_PRINTER_NOW = Message("Printer belum siap. Foto kode QR.")
SLIP_BROKEN = Message("Cetakan terputus. Foto kode QR, atau ke {counter}.")
AT_HOME = Message("Di rumah: masukkan berurutan. Setiap kode harus BENAR.")
NOT_A_NUMBER = Message("Barcode itu bukan nomor pelanggan atau meter")
OTHER_CARD = Message("Kartu lain terbaca. Layar ini akan ditutup.")
HAVE_YOU_GOT_THEM = Message("Sudah Anda foto atau catat?")
GONE_AFTERWARDS = Message("Sesudah ini kode tidak terlihat lagi di layar.")
GOT_OR_NOT = (Option(YES, Message("Sudah")), Option(NO, Message("Belum")))
PRINTER_FIRST = Message("Printer sedang tidak siap")
PRINTER_FIRST_LINES = (
    Message("Anda tetap dapat melanjutkan: foto kode dengan ponsel, atau catat."),
    Message("Perlu kertas? Silakan ke {counter}."),
)

CHECKING_PIN = Message("Memeriksa PIN…")
WRONG_PIN = Message("PIN salah.")

ID_PROBLEMS = {
    IdProblem.EMPTY: Message("Silakan masukkan nomor Anda."),
    IdProblem.NOT_DIGITS: Message("Nomor hanya terdiri dari angka."),
    IdProblem.TOO_SHORT: Message("Terlalu pendek. ID Pelanggan 12 digit, nomor meter 11 digit."),
    IdProblem.TOO_LONG: Message("Terlalu panjang. ID Pelanggan 12 digit, nomor meter 11 digit."),
    IdProblem.TOKEN: Message("Ini token 20 digit. Masukkan ID Pelanggan atau nomor meter."),
    IdProblem.ONE_DIGIT_SHORT: Message("Kurang satu digit: ID Pelanggan terdiri dari 12 digit."),
}
NOT_IN_COPY = Message("Kios tidak terhubung. Periksa digit, atau datang lagi nanti.")
NOT_FOUND = Message("Tidak ditemukan. Periksa setiap digit, atau ke {counter}.")

WARNINGS = {
    FindWarning.CHECK_DIGIT: Message("Nomor meter ini tidak biasa. Cocokkan dengan meter Anda."),
    FindWarning.COULD_BE_IDPEL: Message("Mirip ID Pelanggan lain. Cocokkan dengan meter Anda."),
}

REFUSES_TOKENS = Message("Meter tetap menolak token? Silakan ke {counter}.")
UP_TO_DATE = Message("Meter Anda sudah versi terbaru")
NOTHING_TO_PAY = Message("Tidak ada yang perlu dilakukan, dan tidak ada biaya.")


def too_often(seconds: float) -> Message:
    """Numbers were tried too often: in seconds, or in minutes if it is long."""
    if seconds >= 60:
        return Message("Terlalu sering. Tunggu {minutes} menit.", {"minutes": str(-int(-seconds // 60))})
    return Message("Terlalu banyak percobaan. Tunggu {seconds} detik.", {"seconds": str(int(seconds) + 1)})


def at_which(said: str) -> Message:
    """The meter refused a code: which?"""
    return Message("Kode mana yang {said}?", {"said": said})


def compare(number: str) -> Message:
    """The number of the meter that codes are for."""
    return Message("Kode Anda untuk meter {number}.", {"number": grouped(number)})


def only_for(number: str) -> Message:
    """Codes work in one meter only."""
    return Message("Kode ini hanya untuk meter {number}.", {"number": grouped(number)})


def change_again(row: int) -> Message:
    """A key change was left in the middle."""
    return Message("Meter melupakan kode yang belum lengkap: mulai lagi dari kode {row}.", {"row": str(row)})


def look_up_this(digits: str) -> Message:
    """A number was scanned while another is on the screen."""
    return Message("Cari nomor {number}?", {"number": grouped(digits)})


CLOSED = Message("Kios sedang tidak dapat digunakan.")


def look_first(begins: Sequence[tuple[int, int]], wanted: int) -> tuple[Message, ...]:
    """What to read at home, and with which code to go on then; `begins` has the KRN that each pair begins with."""
    lines = [Message("Di rumah: tekan 04 lalu Enter.")]
    for krn, row in begins:
        lines.append(Message("Tampil {krn}: mulai dari kode {row}.", {"krn": str(krn), "row": str(row)}))
    return (*lines, Message("Tampil {krn}: sudah selesai.", {"krn": str(wanted)}))


LOOK_FIRST_LINES = (
    Message("Di rumah: tekan 04 lalu Enter di meter, dan catat angka yang tampil."),
    Message("Kode Anda tetap tersedia di kios ini."),
)


def not_yet(shown: int, krn: int) -> Message:
    """The number that a customer read (0: another one) is not that of an upgraded meter."""
    if not shown:
        return Message("Meter yang sudah selesai menampilkan {krn}.", {"krn": str(krn)})
    return Message("Angka {shown}: belum selesai. Sesudah semua kode: {krn}.", {"shown": str(shown), "krn": str(krn)})


def unchanged(shown: int) -> Message:
    """The number is the one that the meter had before any code."""
    return Message("Angka masih {shown}, seperti sebelumnya: meter belum menerima kode.", {"shown": str(shown)})


def not_all(before: int, shown: int) -> Message:
    """The number rose by less than all codes raise it."""
    values = {"before": str(before), "shown": str(shown)}
    return Message("Dulu {before}, sekarang {shown}: belum semua kode masuk.", values)


def rose(before: int, shown: int) -> Message:
    """The number rose by as much as all codes raise it, or more."""
    values = {"before": str(before), "shown": str(shown)}
    return Message("Dulu {before}, sekarang {shown}: menurut angka itu, kode sudah masuk.", values)

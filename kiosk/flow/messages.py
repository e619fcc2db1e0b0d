"""The sentences that depend on what happened, in Indonesian; `kiosk/locale` has the other languages."""

from kiosk.view.parts import Message
from krn_engine.office.contract import FindWarning
from krn_engine.office.identify import IdProblem

SEARCHING = Message("Mencari data Anda…")
ISSUING = Message("Menyiapkan baris token…")
RECORDING = Message("Mencatat jawaban Anda…")
ASKING = Message("Memeriksa meter…")
RESTARTING = Message("Memulai ulang…")

SAYS_PERIKSA = Message("Apakah meter Anda menampilkan PERIKSA?")
CLEAR_FIRST = Message("Meter harus diperiksa dulu")
CLEAR_FIRST_LINES = (
    Message("Selama meter menampilkan PERIKSA, semua baris ditolak."),
    Message("Silakan ke loket atau hubungi {help_line}. Pemeriksaan ini gratis."),
)
HOLDS_A_TOKEN = Message("Masih ada token yang belum dimasukkan?")
TOKEN_FIRST = Message("Masukkan token itu dulu")
TOKEN_FIRST_LINES = (
    Message("Setelah pembaruan, token lama bisa tidak berlaku."),
    Message("Kalau meter menampilkan GAGAL, simpan token itu. Coba lagi setelah baris terakhir."),
)
WHICH_ARE_IN = Message("Baris mana yang sudah BENAR?")
GO_ON_LINES = (
    Message("Cocokkan setiap angka sebelum menekan Enter."),
    Message("Kalau SALAH: cocokkan, lalu ketik sekali lagi. Kalau tetap SALAH, berhenti dan hubungi {help_line}."),
)
WHICH_KRN = Message("Ketik 04 dan Enter di meter. Angka berapa yang tampil?")
ONE_DIGIT = Message("Masukkan satu angka.")
LOOK_FIRST = Message("Lihat dulu angka di meter")
LOOK_FIRST_LINES = (
    Message("Di rumah: ketik 04 dan Enter di meter, dan catat angka yang tampil."),
    Message("Baris Anda tetap tersedia di kios ini."),
)
RIGHT_NUMBER = Message("Angka itu benar")
NOTED = Message("Sudah dicatat")
ROWS_STAY = Message("Kalau meter menolak token, kembalilah: baris Anda tetap tersedia di kios ini.")
WHERE = Message("Di mana nomornya?")
WHERE_LINES = (
    Message("Nomor meter: 11 angka di bagian depan meter, dan di kartu pelanggan."),
    Message("ID Pelanggan: 12 angka di bawah nomor meter, dan di struk pembelian token."),
)

PHOTOGRAPH = Message("Foto kode ini dengan ponsel Anda: semua baris ada di dalamnya.")
PHOTOGRAPH_OR_PRINT = Message("Foto kode ini dengan ponsel Anda, atau cetak slip.")
PRINTING = Message("Mencetak slip…")
TAKE_THE_SLIP = Message("Ambil slip Anda.")
NO_PRINTER_NOW = Message("Pencetak belum siap. Foto kode ini, atau catat baris-barisnya.")
SLIP_BROKEN = Message("Slip terputus. Foto kode ini, atau minta bantuan di loket.")
AT_HOME = Message("Di rumah: ketik berurutan. Setiap baris harus BENAR.")
PRINTER_FIRST = Message("Pencetak sedang tidak siap")
PRINTER_FIRST_LINES = (
    Message("Anda tetap dapat melanjutkan: foto baris dengan ponsel, atau catat."),
    Message("Perlu kertas? Silakan ke loket."),
)

CHECKING_PIN = Message("Memeriksa PIN…")
WRONG_PIN = Message("PIN salah.")

ID_PROBLEMS = {
    IdProblem.EMPTY: Message("Silakan masukkan nomor Anda."),
    IdProblem.NOT_DIGITS: Message("Nomor hanya terdiri dari angka."),
    IdProblem.TOO_SHORT: Message("Terlalu pendek. ID Pelanggan 12 digit, nomor meter 11 digit."),
    IdProblem.TOO_LONG: Message("Terlalu panjang. ID Pelanggan 12 digit, nomor meter 11 digit."),
    IdProblem.TOKEN: Message("Ini token 20 digit, bukan nomor Anda."),
    IdProblem.ONE_DIGIT_SHORT: Message("Kurang satu digit: ID Pelanggan terdiri dari 12 digit."),
}
NOT_FOUND = Message("Tidak ditemukan. Periksa setiap digit, atau ke loket.")

WARNINGS = {
    FindWarning.CHECK_DIGIT: Message("Nomor tidak lazim. Cocokkan dengan meter Anda."),
    FindWarning.COULD_BE_IDPEL: Message("Mirip ID orang lain. Cocokkan dengan meter Anda."),
}

UP_TO_DATE = Message("Meter Anda sudah versi terbaru")
NOTHING_TO_PAY = Message("Tidak ada yang perlu dilakukan, dan tidak ada biaya.")


def too_often(seconds: float) -> Message:
    """Numbers were tried too often."""
    return Message("Terlalu banyak percobaan. Tunggu {seconds} detik.", {"seconds": str(int(seconds) + 1)})


CLOSED = Message("Kios sedang tidak dapat digunakan.")


def not_yet(shown: int, krn: int) -> Message:
    """The number that a customer read is not that of an upgraded meter."""
    return Message("Meter menampilkan {shown}; kalau sudah selesai {krn}.", {"shown": str(shown), "krn": str(krn)})

"""The sentences that depend on what happened, in Indonesian; `kiosk/locale` has the other languages."""

from hardware.errors import HardwareError
from kiosk.upgrade.events import Ending
from kiosk.view.parts import Message
from kiosk.view.views import ErrorView
from krn_engine.errors import KrnError
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
ALL_IN = Message("Pembaruan selesai")
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

ENDINGS = {
    Ending.UPGRADED: Message("Pembaruan berhasil"),
    Ending.REFUSED: Message("Meter menolak baris ini"),
    Ending.LOCKED_OUT: Message("Meter sedang terkunci"),
    Ending.UNKNOWN: Message("Jawaban meter tidak terbaca"),
    Ending.FAULT: Message("Pengetikan terhenti"),
    Ending.CANCELLED: Message("Pengetikan dibatalkan"),
    Ending.PERIKSA: Message("Meter menunjukkan PERIKSA"),
    Ending.WRONG_METER: Message("Ini bukan meter Anda"),
    Ending.WRONG_KRN: Message("Versi meter tidak cocok"),
    Ending.NOT_PROVED: Message("Versi meter belum berubah"),
    Ending.TOO_SLOW: Message("Waktu meter habis"),
}
AFTER = {
    Ending.UPGRADED: Message("Sisa kWh tidak berubah. Layanan ini gratis."),
    Ending.REFUSED: Message("Jangan dicoba lagi. Silakan ke loket atau hubungi {help_line}."),
    Ending.LOCKED_OUT: Message("Tunggu sampai meter dapat ditekan lagi, lalu ke loket atau hubungi {help_line}."),
    Ending.UNKNOWN: Message("Jangan ketik ulang. Silakan ke loket atau hubungi {help_line}."),
    Ending.FAULT: Message("Baris itu tidak dimasukkan. Silakan ke loket atau hubungi {help_line}."),
    Ending.CANCELLED: Message("Baris itu tidak dimasukkan. Anda dapat mengulang kapan saja."),
    Ending.PERIKSA: Message("Meter harus diperiksa petugas lebih dulu. Silakan ke loket atau hubungi {help_line}."),
    Ending.WRONG_METER: Message("Nomor meter tidak sama dengan data. Silakan ke loket atau hubungi {help_line}."),
    Ending.WRONG_KRN: Message("Data dan meter tidak sama. Silakan ke loket atau hubungi {help_line}."),
    Ending.NOT_PROVED: Message("Jangan ketik ulang. Silakan ke loket atau hubungi {help_line}."),
    Ending.TOO_SLOW: Message("Meter sudah melupakan baris pertama. Anda dapat mengulang kapan saja."),
}

KEPT = Message("Tidak ada yang hilang: data dan sisa kWh Anda tetap.")
GO_TO_COUNTER = Message("Silakan ke loket atau hubungi {help_line}.")


def too_often(seconds: float) -> Message:
    """Numbers were tried too often."""
    return Message("Terlalu banyak percobaan. Tunggu {seconds} detik.", {"seconds": str(int(seconds) + 1)})


HAPPENED = {
    "OFF-03": Message("Meter ini sedang diblokir oleh kantor."),
    "ISS-02": Message("Data meter ini belum lengkap."),
    "ISS-03": Message("Versi meter ini lebih baru dari yang dikenal kios."),
    "ISS-04": Message("Data meter ini tidak cocok dengan program pembaruan."),
    "ISS-05": Message("Kunci untuk meter ini sudah kedaluwarsa."),
    "REG-05": Message("Penyimpanan kios penuh."),
    "REG-06": Message("Kios sedang sibuk."),
    "KSK-06": Message("Terlalu banyak nomor dicari."),
    "KSK-02": Message("Tidak ada meter yang terhubung."),
    "HW-05": Message("Alat pengetik sedang dipakai."),
    "HW-11": Message("Alat pengetik tidak menjawab."),
    "HW-12": Message("Alat pengetik sedang dipakai."),
    "HW-14": Message("Alat pengetik tidak dapat mencatat."),
}
_DEFAULT = Message("Kios tidak dapat menyelesaikan permintaan ini.")
CLOSED = Message("Kios sedang tidak dapat digunakan.")


def prove_it(krn: int) -> Message:
    """How a customer sees for themselves that the meter is upgraded."""
    return Message("Pastikan: ketik 04 lalu Enter di meter. Meter menampilkan {krn}.", {"krn": str(krn)})


def error_view(code: str) -> ErrorView:
    """What a person is told for a code."""
    return ErrorView(HAPPENED.get(code, _DEFAULT), KEPT, GO_TO_COUNTER, code)


def code_of(error: Exception) -> str:
    """The code of a refusal, or the kiosk's own for what nobody expected."""
    return error.code if isinstance(error, KrnError | HardwareError) else "KIOSK-01"

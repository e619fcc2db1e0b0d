"""What the officer's page says, by the names that its scripts use."""

import re
from collections.abc import Mapping

from krn_engine.office.orders.words import REASONS, WHY
from krn_engine.office.wire.shapes import word_of
from krn_engine.office.words.texts import LANGUAGES, Sentence, Texts

WORDS: Mapping[str, Sentence] = {
    "title": Sentence("Kerja petugas"),
    "language": Sentence("English"),
    "back": Sentence("Kembali"),
    "help": Sentence("Bantuan 24 jam: PLN {help_line}"),
    # Signing in.
    "sign_in": Sentence("Masuk"),
    "name": Sentence("Nama"),
    "secret": Sentence("PIN atau kata sandi"),
    "sign_out": Sentence("Keluar"),
    "leave": Sentence("Keluar dari ponsel ini?"),
    "leave_goes": Sentence("Daftar dan kode dihapus dari ponsel ini. Untuk daftar lagi, jaringan diperlukan."),
    "leave_now": Sentence("Keluar dan hapus daftar"),
    "stays_unsent": Sentence("{count} hasil belum terkirim: tetap tersimpan di ponsel ini."),
    "stays_begun": Sentence("{count} pekerjaan belum selesai: tetap tersimpan untuk Anda."),
    "signed_out": Sentence("Anda sudah keluar. Daftar dihapus dari ponsel ini."),
    "wrong": Sentence("Nama dan PIN ini tidak cocok."),
    "locked": Sentence("Terlalu banyak percobaan. Coba lagi nanti."),
    "not_officer": Sentence("Halaman ini untuk petugas. Masuk dengan nama petugas."),
    "signed_off": Sentence("Untuk daftar baru, masuk lagi."),
    "sign_in_again": Sentence("Masuk lagi untuk mengirim hasil. Hasil Anda tetap tersimpan di ponsel ini."),
    "of_other": Sentence("Ponsel ini menyimpan hasil {name} yang belum terkirim. Masuk sebagai {name} dulu."),
    # The list.
    "unit": Sentence("Unit"),
    "get_list": Sentence("Ambil daftar hari ini"),
    "new_list": Sentence("Ambil daftar baru"),
    "renew": Sentence("Ganti daftar ini?"),
    "renew_goes": Sentence("Daftar sekarang diganti dengan pekerjaan yang paling mendesak saat ini."),
    "getting": Sentence("Mengambil daftar…"),
    "nothing": Sentence("Tidak ada pekerjaan terbuka di unit ini."),
    "count": Sentence("{done} dari {all} dicatat"),
    "queue": Sentence("{count} hasil menunggu jaringan"),
    "all_sent": Sentence("Semua hasil sudah sampai di kantor."),
    "works_offline": Sentence("Halaman ini tersimpan: dapat dipakai tanpa jaringan."),
    "not_kept": Sentence("Ponsel ini tidak menyimpan halaman. Jangan tutup halaman ini sampai selesai."),
    "find_meter": Sentence("Nomor meter"),
    "find": Sentence("Cari"),
    "scan": Sentence("Pindai nomor meter"),
    "scanning": Sentence("Arahkan kamera ke kode batang"),
    "no_camera": Sentence("Kamera tidak dapat dipakai. Ketik nomor meter."),
    "stop_scan": Sentence("Tutup kamera"),
    "not_on_list": Sentence("Nomor itu tidak ada di daftar ini."),
    "several": Sentence("Beberapa meter cocok: ketik lebih banyak digit."),
    "old_list": Sentence("Daftar kemarin sudah dihapus. Ambil daftar baru."),
    "done": Sentence("Sudah di kantor"),
    "waits": Sentence("Menunggu jaringan"),
    "refused": Sentence("Ditolak kantor: {code}"),
    "proved_before": Sentence("Sudah terbukti sebelumnya"),
    "conflict": Sentence("Sudah tercatat selesai; catatan Anda disimpan, petugas kantor akan melihat"),
    # One order.
    "meter": Sentence("Meter {number}"),
    "undo": Sentence("Salah sentuh: kembali ke kode sebelumnya"),
    "order": Sentence("Pekerjaan {number}"),
    "compare": Sentence("Cocokkan nomor di meter"),
    "same_number": Sentence("Nomor sama: mulai"),
    "without_codes": Sentence("Tanpa kode: periksa meter."),
    "code_of": Sentence("Kode {row} dari {last}"),
    "key_in": Sentence("Ketik 20 digit ini di meter, lalu tekan"),
    "mistyped": Sentence("Salah ketik? Hapus dengan"),
    "enter": Sentence("Enter"),
    "erase": Sentence("hapus"),
    "time_left": Sentence("Masih {minutes} menit untuk kode {first} sampai {last}"),
    "time_last": Sentence("Kurang dari 1 menit untuk kode {first} sampai {last}"),
    "time_for": Sentence("Kode {first} sampai {last}: dalam {minutes} menit"),
    "again_from": Sentence("Meter melupakan kode yang belum lengkap: mulai lagi dari kode {row}."),
    "cannot": Sentence("Tidak dapat diselesaikan"),
    "why_not": Sentence("Mengapa tidak dapat diselesaikan?"),
    "once_more": Sentence("Coba kode {row} sekali lagi"),
    "only_once": Sentence("Jangan coba lebih dari 2 kali: meter dapat terkunci."),
    "stop_here": Sentence("Berhenti dan catat"),
    "which_krn": Sentence("Tekan 04 lalu Enter di meter. Angka berapa yang tampil?"),
    "not_read": Sentence("Tidak terbaca"),
    # What came of it.
    "check": Sentence("Periksa hasil"),
    "all_in": Sentence("Semua kode {benar}"),
    "in_up_to": Sentence("{benar} sampai kode {row}"),
    "refused_at": Sentence("{word} di kode {row}"),
    "shows_krn": Sentence("04 menampilkan {krn}"),
    "is_target": Sentence("Angka itu benar"),
    "not_target": Sentence("Angka itu bukan angka yang dituju: catat apa adanya."),
    "photo": Sentence("Foto layar meter"),
    "photo_why": Sentence("Hanya layar meter, tanpa orang. Foto tidak dikirim; yang dicatat hanya sidiknya."),
    "photo_save": Sentence("Simpan foto di ponsel"),
    "photo_taken": Sentence("Foto dicatat"),
    "photo_bad": Sentence("Foto ini tidak dapat dibaca. Ambil lagi."),
    "save": Sentence("Simpan hasil"),
    "saved": Sentence("Hasil tersimpan"),
    "next": Sentence("Ke daftar"),
    "change": Sentence("Ubah hasil"),
    # How it is with the network.
    "no_network": Sentence("Tidak ada jaringan"),
    "no_network_why": Sentence("Untuk masuk dan mengambil daftar, jaringan diperlukan. Sesudah itu tidak."),
    "busy": Sentence("Kantor sedang sibuk"),
    "busy_why": Sentence("Coba lagi dalam beberapa menit."),
    "not_now": Sentence("Kantor menolak: {code}"),
    **{f"why_{word_of(why)}": sentence for why, sentence in WHY.items()},
    **{f"reason_{word_of(reason)}": sentence for reason, sentence in REASONS.items()},
}
_PLACE = re.compile(r"{(\w+)}")
_HELP_LINE = "help_line"


def words(help_line: str) -> dict[str, dict[str, str]]:
    """By language, each sentence by its name; the {places} that are left are for the scripts to fill."""
    return {language: _in(Texts(language, help_line)) for language in LANGUAGES}


def _in(say: Texts) -> dict[str, str]:
    said = {}
    for name, sentence in WORDS.items():
        left = {place: f"{{{place}}}" for place in _PLACE.findall(sentence.text) if place != _HELP_LINE}
        said[name] = say(sentence.text, **left)
    return said

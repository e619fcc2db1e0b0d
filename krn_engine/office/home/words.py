"""What the page says, by the names that its scripts use."""

import re
from collections.abc import Mapping

from krn_engine.office.words.texts import LANGUAGES, Sentence, Texts

WORDS: Mapping[str, Sentence] = {
    "title": Sentence("Upgrade meter"),
    "meter": Sentence("Meter {number}"),
    "free": Sentence("Gratis"),
    "language": Sentence("English"),
    "loading": Sentence("Mengambil kode Anda…"),
    "yes": Sentence("Ya"),
    "no": Sentence("Tidak"),
    "back": Sentence("Kembali"),
    "go_on": Sentence("Lanjut"),
    "help": Sentence("Bantuan 24 jam: PLN {help_line}"),
    # Before the rows.
    "which_meter": Sentence("Apakah meter di rumah bernomor ini?"),
    "which_meter_why": Sentence("Kode ini hanya untuk satu meter. Nomornya ada di bagian depan meter."),
    "other_meter": Sentence("Kode ini untuk meter lain"),
    "other_meter_why": Sentence("Jangan masukkan kode ini. Hubungi {help_line}, atau minta kunjungan petugas."),
    "old_tokens": Sentence("Apakah Anda masih punya token listrik yang belum dimasukkan ke meter?"),
    "have_tokens": Sentence("Masih punya"),
    "no_tokens": Sentence("Tidak punya"),
    "tokens_first": Sentence("Masukkan token itu dulu"),
    "tokens_first_why": Sentence("Setelah upgrade, token lama mungkin tidak berlaku lagi."),
    "tokens_keep": Sentence("Jika meter menampilkan GAGAL, simpan token itu. Coba lagi setelah kode terakhir."),
    "tokens_done": Sentence("Sudah dimasukkan"),
    # A row.
    "code_of": Sentence("Kode {row} dari {last}"),
    "key_in": Sentence("Ketik 20 digit ini di meter, lalu tekan"),
    "mistyped": Sentence("Salah ketik? Hapus dengan"),
    "shows": Sentence("Apa yang tampil di meter?"),
    "something_else": Sentence("Yang lain"),
    "time_left": Sentence("Masih {minutes} menit untuk kode {first} sampai {last}"),
    "time_last": Sentence("Kurang dari 1 menit untuk kode {first} sampai {last}"),
    "time_for": Sentence("Kode {first} sampai {last}: dalam {minutes} menit"),
    "too_late": Sentence("Lewat {minutes} menit"),
    "again_from": Sentence("Meter melupakan kode yang belum lengkap: mulai lagi dari kode {row}."),
    "continue_from": Sentence("Lanjutkan dari kode {row}"),
    "back_to": Sentence("Kembali ke kode {row}"),
    "from_start": Sentence("Lihat kode dari awal"),
    "enter": Sentence("Enter"),
    "erase": Sentence("hapus"),
    # What else the meter may show.
    "what_else": Sentence("Apa yang tampil sesudah kode {row}?"),
    "nothing_shown": Sentence("Tidak ada, atau yang lain"),
    "once_more": Sentence("Coba kode {row} sekali lagi"),
    "slowly": Sentence("Mungkin satu digit salah. Masukkan pelan-pelan, digit demi digit."),
    "put_off": Sentence("Meter menunda kode itu, atau satu digit salah. Masukkan lagi, digit demi digit."),
    "only_once": Sentence("Jangan coba lebih dari 2 kali: meter dapat terkunci."),
    "stop": Sentence("Berhenti dulu"),
    "stop_why": Sentence("Meter menolak kode ini dua kali. Jangan coba lagi: meter dapat terkunci."),
    "stop_look": Sentence("Mungkin kode itu sudah masuk. Angka 04 di meter dapat menunjukkannya."),
    "look_at_04": Sentence("Lihat angka 04"),
    "periksa": Sentence("Meter harus diperiksa dulu"),
    "periksa_why": Sentence("Selama meter menampilkan PERIKSA, meter menolak semua kode."),
    "periksa_do": Sentence("Minta kunjungan petugas, atau hubungi {help_line}. Pemeriksaan ini gratis."),
    "blank": Sentence("Meter tidak menjawab"),
    "blank_why": Sentence("Tunggu sebentar, lalu lihat angka 04. Jika layar tetap kosong, minta kunjungan petugas."),
    # The KRN.
    "which_krn": Sentence("Tekan 04 lalu Enter di meter. Angka berapa yang tampil?"),
    "other_krn": Sentence("Angka lain"),
    "dont_know": Sentence("Tidak tahu"),
    "right": Sentence("Angka itu benar"),
    "right_why": Sentence("Menurut angka itu, upgrade meter Anda selesai. Terima kasih."),
    "kwh": Sentence("Sisa kWh tidak berubah."),
    "noted": Sentence("Sudah dicatat"),
    "not_finished": Sentence("Belum selesai"),
    "not_yet": Sentence("Angka {shown}: belum selesai. Sesudah semua kode: {krn}."),
    "not_yet_other": Sentence("Meter yang sudah selesai menampilkan {krn}."),
    "unchanged": Sentence("Angka masih {shown}, seperti sebelumnya: meter belum menerima kode."),
    "not_all": Sentence("Dulu {before}, sekarang {shown}: belum semua kode masuk."),
    "rose": Sentence("Dulu {before}, sekarang {shown}: menurut angka itu, kode sudah masuk."),
    "nothing_to_compare": Sentence("Semua kode sudah Anda masukkan. Jika meter menolak token, hubungi {help_line}."),
    "wrong_krn": Sentence("Angka itu tidak cocok dengan kode ini"),
    "wrong_krn_why": Sentence("Cocokkan nomor meter di halaman ini dengan nomor di meter Anda."),
    "keep_slip": Sentence("Simpan slip Anda sampai token berikutnya masuk."),
    "not_in": Sentence("Kode {row} sampai {last} belum masuk."),
    "forget_ask": Sentence("Hapus kode dari ponsel ini?"),
    "forget_why": Sentence("Untuk melihatnya lagi, pindai kode QR di slip Anda."),
    "forget": Sentence("Hapus kode dari ponsel ini"),
    "forgotten": Sentence("Kode sudah dihapus dari ponsel ini"),
    # A visit.
    "visit": Sentence("Minta kunjungan petugas"),
    "visit_why": Sentence("Mengapa petugas perlu datang?"),
    "visit_refused": Sentence("Kode selalu ditolak"),
    "visit_keypad-broken": Sentence("Tombol meter rusak"),
    "visit_display-broken": Sentence("Layar kosong atau rusak"),
    "visit_periksa": Sentence("Tampil PERIKSA"),
    "visit_other-meter": Sentence("Nomor meter berbeda"),
    "visit_other": Sentence("Saya perlu bantuan"),
    "visit_sent": Sentence("Permintaan Anda sudah sampai di kantor"),
    "visit_queued": Sentence("Permintaan dikirim saat ada jaringan"),
    "visit_free": Sentence("Kunjungan gratis. Petugas tidak meminta uang, PIN atau OTP."),
    # How it is with the network, the telephone and the office.
    "waiting": Sentence("Jawaban Anda dikirim saat ada jaringan."),
    "all_sent": Sentence("Jawaban Anda sudah sampai di kantor."),
    "works_offline": Sentence("Halaman ini tersimpan: dapat dipakai tanpa jaringan."),
    "not_kept": Sentence("Ponsel ini tidak menyimpan halaman. Jangan tutup halaman ini sampai selesai."),
    "other_tab": Sentence("Halaman ini juga dibuka di tab lain. Keduanya sama."),
    "clock": Sentence("Jam ponsel ini salah. Tidak apa-apa: halaman ini memakai jam kantor."),
    "no_network": Sentence("Tidak ada jaringan"),
    "no_network_why": Sentence("Buka halaman ini sekali dengan jaringan. Sesudah itu jaringan tidak diperlukan."),
    "try_again": Sentence("Coba lagi"),
    "slip_is_good": Sentence("Kode di slip Anda tetap berlaku."),
    "unknown": Sentence("Halaman ini tidak dikenal"),
    "unknown_why": Sentence("Pindai lagi kode QR di slip Anda, atau minta yang baru di kantor."),
    "over": Sentence("Halaman ini sudah berakhir"),
    "over_why": Sentence("Halaman ini berlaku 30 hari. Minta yang baru di kantor, gratis."),
    "ended_why": Sentence("Kantor menutup halaman ini. Minta yang baru di kantor, gratis."),
    "maybe_over": Sentence("Halaman ini sudah lebih dari 30 hari, atau jam ponsel salah. Sambungkan ke jaringan."),
    "proved": Sentence("Meter Anda sudah versi terbaru"),
    "proved_why": Sentence("Tidak ada yang perlu dilakukan, dan tidak ada biaya."),
    "blocked": Sentence("Meter ini sedang diblokir oleh kantor."),
    "blocked_why": Sentence("Jangan masukkan kode dulu. Hubungi {help_line}."),
    "busy": Sentence("Kantor sedang sibuk"),
    "busy_why": Sentence("Coba lagi dalam beberapa menit."),
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

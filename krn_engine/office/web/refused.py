"""What a person is told of a refusal on a page: what happened, what to do now, and the code to look up."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from krn_engine.errors import KrnError
from krn_engine.issuing import errors as issuing
from krn_engine.office import errors as office
from krn_engine.office import net_errors as net
from krn_engine.office.audit import errors as audit
from krn_engine.office.server.refusing import status_of
from krn_engine.office.web import errors as web
from krn_engine.office.words.texts import Sentence
from krn_engine.register import errors as register

_AGAIN = Sentence("Coba lagi sebentar lagi. Tidak ada yang berubah.")
_ANEW = Sentence("Buka halamannya lagi dari menu, lalu isi di sana.")
_ADMINISTRATOR = Sentence("Beri tahu administrator kode ini: catatan kantor memuat sebabnya.")
_KEPT = Sentence("Tidak ada yang berubah. Periksa isiannya, lalu coba lagi.")

_TOLD: Mapping[type[KrnError], tuple[Sentence, Sentence]] = {
    web.FormForeign: (Sentence("Formulir ini bukan dari sesi Anda."), _ANEW),
    web.FormBroken: (Sentence("Formulir ini tidak dapat dibaca."), _ANEW),
    web.PageOver: (Sentence("Halaman ini sudah terlalu lama, atau dibuat untuk orang lain."), _ANEW),
    web.NoSuchPage: (Sentence("Tidak ada halaman di alamat ini."), Sentence("Pilih halaman dari menu.")),
    web.ListTooLarge: (
        Sentence("Daftar ini terlalu besar untuk halaman ini."),
        Sentence("Muat daftar itu di mesin kantor: krn office import."),
    ),
    web.ListGone: (Sentence("Daftar ini tidak disimpan lagi."), Sentence("Pilih dan kirim berkasnya lagi.")),
    net.NotAllowed: (Sentence("Halaman ini bukan untuk tugas Anda."), Sentence("Pilih halaman dari menu.")),
    net.TooManyRequests: (Sentence("Kantor sedang sibuk."), _AGAIN),
    net.CallerMissing: (Sentence("Tidak ada kios dengan nama itu di unit Anda."), _KEPT),
    net.EnrolmentRefused: (
        Sentence("Nama itu sudah dipakai, oleh orang atau dengan huruf lain."),
        Sentence("Pilih nama lain."),
    ),
    net.OfficeNotReady: (Sentence("Kantor tidak dapat bekerja sekarang."), _AGAIN),
    net.OfficeFailed: (Sentence("Kantor tidak dapat memproses permintaan ini."), _ADMINISTRATOR),
    office.MeterUnknown: (
        Sentence("Meter ini tidak ada di data unit Anda."),
        Sentence("Cari nomornya lagi, digit demi digit."),
    ),
    office.MeterBlocked: (
        Sentence("Meter ini sedang diblokir oleh kantor."),
        Sentence("Jangan berikan kode. Tanyakan kepada administrator unit."),
    ),
    office.NoUpgradeNeeded: (
        Sentence("Meter Anda sudah versi terbaru"),
        Sentence("Tidak ada yang perlu dilakukan, dan tidak ada biaya."),
    ),
    office.StatementRefused: (Sentence("Pernyataan ini tidak dapat dicatat."), _KEPT),
    office.RowsDiffer: (Sentence("Kode di catatan tidak cocok dengan kunci kantor."), _ADMINISTRATOR),
    issuing.KeyStateUnknown: (Sentence("Data meter ini belum lengkap."), _ADMINISTRATOR),
    issuing.KeyStateOdd: (Sentence("Data meter ini tidak cocok dengan program upgrade."), _ADMINISTRATOR),
    issuing.VendingKeyExpired: (Sentence("Kunci untuk meter ini sudah kedaluwarsa."), _ADMINISTRATOR),
    issuing.SourceDown: (Sentence("Kode belum dapat dibuat saat ini."), _AGAIN),
    issuing.AnswerLost: (Sentence("Kode belum dapat dibuat saat ini."), _AGAIN),
    register.RecordDamaged: (Sentence("Data meter ini rusak."), _ADMINISTRATOR),
    register.RegisterBusy: (Sentence("Kantor sedang sibuk."), _AGAIN),
    register.RegisterUnreachable: (Sentence("Kantor tidak dapat bekerja sekarang."), _AGAIN),
    register.ImportRefused: (
        Sentence("Berkas ini bukan daftar yang dapat dibaca."),
        Sentence("Tidak ada yang berubah. Baris pertama menyebut kolom: IDPEL dan NOMOR_METER. CSV (UTF-8) atau XLSX."),
    ),
    audit.AuditBroken: (
        Sentence("Audit tidak utuh."),
        Sentence("Biarkan basis data apa adanya, dan beri tahu pemiliknya."),
    ),
}
"""What a person can do something about; the first class of a refusal that stands here counts."""
_DEFAULT = (Sentence("Kantor tidak dapat memproses permintaan ini."), _ADMINISTRATOR)
_STATUS: Mapping[type[KrnError], HTTPStatus] = {
    web.FormForeign: HTTPStatus.FORBIDDEN,
    web.FormBroken: HTTPStatus.UNPROCESSABLE_ENTITY,
    web.PageOver: HTTPStatus.NOT_FOUND,
    web.NoSuchPage: HTTPStatus.NOT_FOUND,
    web.ListTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    web.ListGone: HTTPStatus.NOT_FOUND,
    register.ImportRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    # A browser has no use for 401, which asks for a token.
    net.SessionOver: HTTPStatus.FORBIDDEN,
}


@dataclass(frozen=True, slots=True)
class Told:
    """A refusal in words."""

    what: Sentence
    """What happened."""
    todo: Sentence
    """What to do now."""
    code: str
    """To be looked up in docs/errors.md."""
    status: int
    """Of HTTP."""


def told(refusal: KrnError) -> Told:
    """What a page says of a refusal."""
    kinds = type(refusal).__mro__
    what, todo = next((_TOLD[kind] for kind in kinds if kind in _TOLD), _DEFAULT)
    status = next((_STATUS[kind] for kind in kinds if kind in _STATUS), None)
    return Told(what, todo, refusal.code, int(status_of(refusal) if status is None else status))

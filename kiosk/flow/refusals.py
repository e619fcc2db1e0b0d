"""What a person is told when something is refused: a sentence of its own for it, or the one that only says so.

Each refusal of the engine, the hardware and the kiosk has its place here, by its class. A test walks them all: a new
one without a decision fails it.
"""

from collections.abc import Mapping
from dataclasses import replace

from hardware.errors import (
    AccessRefused,
    AdapterBusy,
    AdapterClosed,
    AttemptReused,
    ContactHeld,
    GpioUnavailable,
    JournalBroken,
    LineLost,
    MeterAnswersWrong,
    MeterProcessBusy,
    MeterProcessGone,
    NoAnswer,
    NoSuchKey,
    NotARow,
    NotCalibrated,
    PinTaken,
    PinUnsafe,
    PrintBroken,
    PrinterNotReady,
    ProfileInvalid,
    ProtocolBroken,
    SessionEnded,
    SettingsInvalid,
    VersionsDiffer,
    WrongMeter,
)
from kiosk.errors import (
    CannotUpgrade,
    ClockWrong,
    ConfigInvalid,
    CustomersExhausted,
    InputInvalid,
    LookUpsExhausted,
    NoMeterHere,
    NoScreen,
    OwnDataRefused,
    PinRefused,
)
from kiosk.view.parts import Message
from kiosk.view.views import ErrorView
from krn_engine.bulk import errors as bulk
from krn_engine.errors import KrnError, Refusal
from krn_engine.issuing import errors as issuing
from krn_engine.office import errors as office
from krn_engine.office import net_errors as net
from krn_engine.office.access import capability_errors as capability
from krn_engine.office.audit import errors as audit
from krn_engine.office.chat import errors as chat
from krn_engine.office.offline import errors as offline
from krn_engine.office.orders import errors as orders
from krn_engine.office.report import errors as report
from krn_engine.office.web import errors as web
from krn_engine.register import errors as register
from krn_engine.sts import errors as sts

Leaf = type[Refusal]

SENTENCES: Mapping[Leaf, Message] = {
    office.MeterBlocked: Message("Meter ini sedang diblokir oleh kantor."),
    issuing.KeyStateUnknown: Message("Data meter ini belum lengkap."),
    issuing.BeyondTarget: Message("Versi meter ini lebih baru daripada yang dikenal kios."),
    issuing.KeyStateOdd: Message("Data meter ini tidak cocok dengan program upgrade."),
    issuing.VendingKeyExpired: Message("Kunci untuk meter ini sudah kedaluwarsa."),
    issuing.SourceDown: Message("Kode belum dapat dibuat saat ini."),
    issuing.AnswerLost: Message("Kode belum dapat dibuat saat ini."),
    register.RecordDamaged: Message("Data meter ini rusak."),
    register.RegisterFull: Message("Penyimpanan kios penuh."),
    register.RegisterBusy: Message("Kios sedang sibuk."),
    net.OfficeUnreachable: Message("Kantor tidak dapat dihubungi."),
    net.OfficeNotReady: Message("Kantor tidak dapat dihubungi."),
    office.CopyKeyMissing: Message("Kantor tidak dapat dihubungi."),
    office.LeaseBroken: Message("Kantor tidak dapat dihubungi."),
    office.NotMadeAhead: Message("Kios tidak terhubung: kode untuk meter ini belum bisa diambil."),
    offline.NotInCopy: Message("Kios tidak terhubung: kode untuk meter ini belum bisa diambil."),
    offline.RowsNotInCopy: Message("Kios tidak terhubung: kode untuk meter ini belum bisa diambil."),
    offline.LeaseOver: Message("Kios terlalu lama tidak terhubung: kode belum bisa diambil."),
    offline.ClockBehind: Message("Kios tidak terhubung: kode untuk meter ini belum bisa diambil."),
    offline.CopyDamaged: Message("Kios tidak terhubung: kode untuk meter ini belum bisa diambil."),
    offline.OfficeOther: Message("Kantor tidak dapat dihubungi."),
    net.AnswerBroken: Message("Kantor tidak dapat dihubungi."),
    net.OfficeFailed: Message("Kantor tidak dapat memproses permintaan ini."),
    net.TooManyRequests: Message("Kantor sedang sibuk."),
    LookUpsExhausted: Message("Terlalu banyak nomor yang dicari."),
    CustomersExhausted: Message("Kios ini sudah mencapai batas jumlah pelanggan untuk saat ini."),
    NoMeterHere: Message("Tidak ada meter yang terhubung."),
    PinTaken: Message("Alat input sedang dipakai."),
    MeterProcessGone: Message("Alat input tidak menjawab."),
    SessionEnded: Message("Alat input tidak menjawab."),
    MeterProcessBusy: Message("Alat input sedang dipakai."),
    JournalBroken: Message("Alat input tidak dapat mencatat."),
    NotCalibrated: Message("Tidak ada kecepatan yang dibaca meter tanpa salah."),
    GpioUnavailable: Message("Jalur ke tombol meter tidak tersedia."),
    VersionsDiffer: Message("Kios dan alat input tidak serilis."),
    ProfileInvalid: Message("Model meter ini tidak dapat dipakai."),
    LineLost: Message("Kepala optik tidak terhubung."),
    NoAnswer: Message("Meter tidak menjawab lewat cahaya."),
    AccessRefused: Message("Meter tidak mengizinkan kios ini masuk."),
    MeterAnswersWrong: Message("Jawaban meter tidak dapat dipercaya."),
    WrongMeter: Message("Kepala optik berada di meter lain."),
    PrinterNotReady: Message("Printer tidak siap."),
    PrintBroken: Message("Slip terputus di tengah."),
}
"""A person can understand what happened, or wait, or bring what is missing; or staff at the meter can."""

OUT_OF_SERVICE: tuple[type[KrnError], ...] = (
    register.RegisterDamaged,
    register.RegisterMissing,
    register.RegisterReadOnly,
    register.RegisterUnreachable,
    register.SealedElsewhere,
    net.OfficeNotTrusted,
    net.ClockDiffers,
    net.CallerUnknown,
    net.CallerRevoked,
    net.CertificateMissing,
)
"""With these nothing can be put on record, so nothing may be shown: the kiosk closes until they are gone."""

ONLY_STAFF_CAN_HELP: frozenset[Leaf] = frozenset(
    {
        sts.InvalidIdentity,
        sts.CheckDigitWrong,
        sts.InvalidToken,
        sts.FieldOutOfRange,
        sts.InvalidKey,
        sts.InvalidTables,
        sts.UnsupportedByName,
        sts.KeyChangeRefused,
        issuing.KeyNotFound,
        issuing.SourceLocked,
        issuing.SourceKeyMissing,
        issuing.SourceAnswerWrong,
        issuing.SourceRefused,
        issuing.NoSource,
        issuing.KeyNotProtected,
        office.MeterUnknown,
        office.NoUpgradeNeeded,
        office.RequestReused,
        office.OutcomeRefused,
        office.RowsDiffer,
        office.RowsGone,
        office.StatementRefused,
        office.NoVendingKeys,
        office.NotOffered,
        register.RegisterFailed,
        net.RefusalUnknown,
        net.NotAllowed,
        net.WireBroken,
        net.NoSuchOperation,
        net.DeliveryReused,
        PinRefused,
        AdapterBusy,
        AdapterClosed,
        AttemptReused,
        NotARow,
        PinUnsafe,
        ContactHeld,
        NoSuchKey,
        ProtocolBroken,
    }
)
"""They may end a session. A person in front of the kiosk is told the default, and staff look the code up."""

NOT_IN_A_SESSION: frozenset[Leaf] = frozenset(
    {
        sts.CrcMismatch,
        sts.UnknownTokenKind,
        issuing.CampaignInvalid,
        issuing.RowsKeyMissing,
        issuing.SourcesInvalid,
        issuing.VaultMissing,
        issuing.VaultDamaged,
        issuing.VaultVersionUnknown,
        issuing.WrongPassphrase,
        issuing.KeyConflict,
        issuing.VaultNotWritten,
        issuing.VaultExists,
        issuing.PassphraseRefused,
        issuing.KeyFileInvalid,
        issuing.KeyLengthWrong,
        issuing.KeyParityWrong,
        issuing.DuplicateKey,
        register.RegisterTooNew,
        register.RegisterExists,
        register.ImportRefused,
        register.TakesAway,
        net.EnrolmentRefused,
        net.ServiceRefused,
        net.CallerMissing,
        audit.AuditBroken,
        audit.AuditKeyUnusable,
        audit.AuditKeyExists,
        audit.CheckpointInvalid,
        audit.CheckpointForeign,
        audit.CheckpointMissing,
        chat.ChatSettingsInvalid,
        chat.ChatSecretMissing,
        chat.ChatNotSigned,
        net.OfficeElsewhere,
        net.NotEnrolled,
        net.TokenNotKept,
        net.SignInRefused,
        net.SignInLocked,
        net.SessionOver,
        net.PersonMissing,
        net.PersonThere,
        net.SecretUnfit,
        capability.CapabilityUnknown,
        capability.CapabilityOver,
        capability.CapabilityEnded,
        capability.CapabilityProved,
        capability.CapabilityRefused,
        bulk.RecipientInvalid,
        bulk.OutputExists,
        bulk.JobRuns,
        bulk.OutputFailed,
        bulk.TooManyRows,
        bulk.ArraysWrong,
        bulk.WorkerLost,
        bulk.NoMeters,
        bulk.MetersChanged,
        offline.CopyLocked,
        orders.ListRefused,
        orders.ResultsRefused,
        orders.ListThere,
        orders.ListNotWritten,
        orders.NothingToList,
        web.FormForeign,
        web.FormBroken,
        web.PageOver,
        web.NoSuchPage,
        web.ListTooLarge,
        web.ListGone,
        report.ReportExists,
        report.ReportNotWritten,
        ConfigInvalid,
        OwnDataRefused,
        CannotUpgrade,
        InputInvalid,
        NoScreen,
        ClockWrong,
        SettingsInvalid,
    }
)
"""Commands are refused with these, or a kiosk or a meter process before it begins: a terminal shows their message.

Or it is a page of the office that is refused so, which has words of its own.
"""

OF_THE_REASON: Mapping[Leaf, Message] = {
    net.CallerUnknown: Message("Kantor tidak mengenal kios ini."),
    net.CallerRevoked: Message("Kantor telah mencabut izin kios ini."),
    net.NotEnrolled: Message("Kios ini belum didaftarkan di kantor."),
    net.OfficeNotTrusted: Message("Sertifikat kantor tidak dapat dipercaya."),
    net.CertificateMissing: Message("Pasang sertifikat baru untuk kios ini."),
    net.ClockDiffers: Message("Jam kios tidak cocok dengan sertifikat kantor."),
}
"""What a code means, beside it on the screen of a kiosk that is closed: staff can do something about these."""

UNEXPECTED = "KIOSK-01"
"""The code of what nobody expected."""
HAPPENED: Mapping[str, Message] = {refusal.code: sentence for refusal, sentence in SENTENCES.items()}
DEFAULT = Message("Kios tidak dapat menyelesaikan permintaan ini.")
KEPT = Message("Data dan sisa kWh Anda tidak berubah.")
ANOTHER_WAY = Message("Kode dapat dimasukkan dengan cara lain.")
USE_KEYPAD, KEY_IN_BY_HAND = Message("Pakai alat input"), Message("Masukkan sendiri")
"""Ways for a meter that lets nobody in by light."""
COME_AGAIN = Message("Silakan datang lagi nanti, atau ke {counter}.")
GO_TO_COUNTER = Message("Silakan ke {counter} atau hubungi {help_line}.")


LATER = frozenset(
    leaf.code
    for leaf in (
        net.OfficeUnreachable,
        net.OfficeNotReady,
        office.NotMadeAhead,
        office.LeaseBroken,
        offline.NotInCopy,
        offline.RowsNotInCopy,
        offline.LeaseOver,
        offline.ClockBehind,
        offline.CopyDamaged,
    )
)
"""A kiosk that is connected again can do it."""


def error_view(code: str) -> ErrorView:
    """What a person is told for a code."""
    return ErrorView(HAPPENED.get(code, DEFAULT), KEPT, COME_AGAIN if code in LATER else GO_TO_COUNTER, code)


def not_let_in(code: str, other_way: Message) -> ErrorView:
    """The meter lets nobody in by light, and its rows can go in by `other_way`."""
    return replace(error_view(code), todo=ANOTHER_WAY, other_way=other_way)


def code_of(error: Exception) -> str:
    """The code of a refusal, or the kiosk's own for what nobody expected."""
    return error.code if isinstance(error, Refusal) else UNEXPECTED


def reason_of(code: str) -> Message | None:
    """What a code means to staff, by its refusal or by what that is a case of; None: the code alone is told."""
    leaf = Refusal.of_code(code)
    kinds = () if leaf is None else leaf.__mro__
    return next((OF_THE_REASON[kind] for kind in kinds if kind in OF_THE_REASON), None)

"""What a person is told when something is refused: a sentence of its own for it, or the one that only says so.

Each refusal of the engine, the hardware and the kiosk has its place here, by its class. A test walks them all: a new
one without a decision fails it.
"""

from collections.abc import Mapping

from hardware.errors import (
    AdapterBusy,
    AdapterClosed,
    AttemptReused,
    ContactHeld,
    GpioUnavailable,
    JournalBroken,
    MeterProcessBusy,
    MeterProcessGone,
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
    PinRefused,
)
from kiosk.view.parts import Message
from kiosk.view.views import ErrorView
from krn_engine.errors import KrnError, Refusal
from krn_engine.issuing import errors as issuing
from krn_engine.office import errors as office
from krn_engine.register import errors as register
from krn_engine.sts import errors as sts

Leaf = type[Refusal]

SENTENCES: Mapping[Leaf, Message] = {
    office.MeterBlocked: Message("Meter ini sedang diblokir oleh kantor."),
    issuing.KeyStateUnknown: Message("Data meter ini belum lengkap."),
    issuing.BeyondTarget: Message("Versi meter ini lebih baru daripada yang dikenal kios."),
    issuing.KeyStateOdd: Message("Data meter ini tidak cocok dengan program upgrade."),
    issuing.VendingKeyExpired: Message("Kunci untuk meter ini sudah kedaluwarsa."),
    register.RecordDamaged: Message("Data meter ini rusak."),
    register.RegisterFull: Message("Penyimpanan kios penuh."),
    register.RegisterBusy: Message("Kios sedang sibuk."),
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
        office.MeterUnknown,
        office.NoUpgradeNeeded,
        office.RequestReused,
        office.OutcomeRefused,
        office.RowsDiffer,
        office.RowsGone,
        office.StatementRefused,
        office.NoVendingKeys,
        register.RegisterFailed,
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
        ConfigInvalid,
        CannotUpgrade,
        InputInvalid,
        NoScreen,
        ClockWrong,
        SettingsInvalid,
    }
)
"""Commands are refused with these, or a kiosk or a meter process before it begins: a terminal shows their message."""

UNEXPECTED = "KIOSK-01"
"""The code of what nobody expected."""
HAPPENED: Mapping[str, Message] = {refusal.code: sentence for refusal, sentence in SENTENCES.items()}
DEFAULT = Message("Kios tidak dapat menyelesaikan permintaan ini.")
KEPT = Message("Data dan sisa kWh Anda tidak berubah.")
GO_TO_COUNTER = Message("Silakan ke {counter} atau hubungi {help_line}.")


def error_view(code: str) -> ErrorView:
    """What a person is told for a code."""
    return ErrorView(HAPPENED.get(code, DEFAULT), KEPT, GO_TO_COUNTER, code)


def code_of(error: Exception) -> str:
    """The code of a refusal, or the kiosk's own for what nobody expected."""
    return error.code if isinstance(error, Refusal) else UNEXPECTED

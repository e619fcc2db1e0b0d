"""Which refusals of a fact pass: those that say how the office is now, and nothing of the fact.

A fact that was delivered too early comes again; one that was refused is with staff, and no program brings it again. So
a kiosk's fact is refused only for what is wrong with the fact itself, or for what the office has lost for good.
"""

from krn_engine.errors import KrnError
from krn_engine.issuing import errors as issuing
from krn_engine.office import errors as office
from krn_engine.office import net_errors as net
from krn_engine.office.access import capability_errors as capability
from krn_engine.office.audit.errors import AuditError
from krn_engine.office.chat import errors as chat
from krn_engine.office.orders.errors import OrdersError
from krn_engine.office.report.errors import ReportError
from krn_engine.office.web.errors import WebError
from krn_engine.register.errors import RegisterError
from krn_engine.sts.errors import StsError

PASS: tuple[type[KrnError], ...] = (
    # The register: busy, full, away, without the key of its rows; the record of a meter until it is mended.
    RegisterError,
    AuditError,
    # A source of rows: away, locked, its settings or its keys not what they must be.
    issuing.SourceError,
    issuing.RowsKeyMissing,
    issuing.CampaignInvalid,
    office.RowsDiffer,
    office.CopyKeyMissing,
    office.LeaseBroken,
    # The office, the way to it, and who asks; the fact waits until they are well again.
    net.OfficeUnreachable,
    net.AnswerBroken,
    net.OfficeNotTrusted,
    net.ClockDiffers,
    net.CallerUnknown,
    net.NotAllowed,
    net.TooManyRequests,
    net.NoSuchOperation,
    net.OfficeFailed,
    net.OfficeNotReady,
    net.ServiceRefused,
    net.OfficeElsewhere,
    net.NotEnrolled,
    net.TokenNotKept,
    net.SessionOver,
    net.CertificateMissing,
)
STAY: tuple[type[KrnError], ...] = (
    StsError,
    # The keys of these rows have gone, or no key change leads from one state to the other.
    issuing.VaultError,
    issuing.KeyStateUnknown,
    issuing.KeyStateOdd,
    issuing.BeyondTarget,
    issuing.VendingKeyExpired,
    office.NoVendingKeys,
    office.RowsGone,
    office.NotMadeAhead,
    office.NotOffered,
    # The fact is about nothing that this office knows, or contradicts what it knows.
    office.MeterUnknown,
    office.NoUpgradeNeeded,
    office.MeterBlocked,
    office.RequestReused,
    office.OutcomeRefused,
    office.StatementRefused,
    net.WireBroken,
    net.DeliveryReused,
    # Of the pages of customers at home, which no kiosk delivers.
    capability.CapabilityUnknown,
    capability.CapabilityOver,
    capability.CapabilityEnded,
    capability.CapabilityProved,
    capability.CapabilityRefused,
    # Of callers and people: no fact is refused with these.
    net.EnrolmentRefused,
    net.CallerMissing,
    net.SignInRefused,
    net.SignInLocked,
    net.PersonMissing,
    net.SecretUnfit,
    net.PersonThere,
    # Of lists of work orders, reports, pages and chats.
    OrdersError,
    ReportError,
    WebError,
    chat.ChatSettingsInvalid,
    chat.ChatSecretMissing,
    chat.ChatNotSigned,
)
"""Every other refusal of the engine but those of a kiosk's own copy. A test looks that each is here or there."""


def passes(refusal: KrnError) -> bool:
    """Whether the same fact may be taken later; what nobody has decided is, for nothing is lost by that."""
    return isinstance(refusal, PASS) or not isinstance(refusal, STAY)

"""Refusals of the office's service, and of whoever asks it across a network."""

from krn_engine.office.errors import OfficeError


class NetError(OfficeError):
    """Root of the refusals that have to do with the way between a kiosk and its office."""

    code = "NET-00"


class OfficeUnreachable(NetError, ConnectionError):
    """No connection to the office, or no whole answer in time."""

    code = "NET-01"


class AnswerBroken(NetError, RuntimeError):
    """What answered is not the office, or not the release of it that this program knows: a proxy, half an answer."""

    code = "NET-02"


class RefusalUnknown(AnswerBroken):
    """The office refused for a reason that this program does not know: it did answer, and is not gone round."""

    code = "NET-31"


class OfficeNotTrusted(NetError, PermissionError):
    """The certificate of what answered was not made by the office's own authority, or not for this name."""

    code = "NET-03"


class ClockDiffers(NetError, RuntimeError):
    """The office's certificate is not good at the time that this machine's clock tells."""

    code = "NET-04"


class CallerUnknown(NetError, PermissionError):
    """No token, or one that the office does not know, that is too old, or that was revoked."""

    code = "NET-05"


class NotAllowed(NetError, PermissionError):
    """The token is good, and its scope does not reach that far."""

    code = "NET-06"


class TooManyRequests(NetError, RuntimeError):
    """This caller asked more often than it may in a minute."""

    code = "NET-07"


class WireBroken(NetError, ValueError):
    """What came over the network is not of the form that it must have."""

    code = "NET-08"


class NoSuchOperation(NetError, LookupError):
    """The service has nothing at this address, or does not do that there."""

    code = "NET-09"


class OfficeFailed(NetError, RuntimeError):
    """The office failed for a reason that nobody foresaw; its log has the kind of the error."""

    code = "NET-10"


class OfficeNotReady(NetError, ConnectionError):
    """The office runs and cannot work now: its database, its disk or its rows are missing."""

    code = "NET-11"


class DeliveryReused(NetError, ValueError):
    """A name (UUID) under which another fact was delivered before."""

    code = "NET-12"


class EnrolmentRefused(NetError, PermissionError):
    """A code for a new kiosk that is wrong, used, too old, or was tried too often."""

    code = "NET-13"


class ServiceRefused(NetError, ValueError):
    """The service may not run like this: plain HTTP on a network, or certificate files that cannot be used."""

    code = "NET-14"


class CallerMissing(NetError, LookupError):
    """No kiosk and nobody else of this name is enrolled."""

    code = "NET-15"


class CallerRevoked(CallerUnknown):
    """A token that was good until staff revoked its caller: its copy is to be destroyed."""

    code = "NET-30"


class OfficeElsewhere(NetError, LookupError):
    """What was asked is done with a register, and this kiosk has none: it belongs to an office on the network."""

    code = "NET-16"


class NotEnrolled(NetError, LookupError):
    """This kiosk keeps no token of its office, or one that cannot be read."""

    code = "NET-17"


class TokenNotKept(NetError, OSError):
    """The office gave a token, and it could not be put on this machine's disk."""

    code = "NET-18"


class SignInRefused(NetError, PermissionError):
    """A name and a PIN or password that do not belong together; which of them is wrong is not told."""

    code = "NET-20"


class SignInLocked(NetError, PermissionError):
    """Five wrong tries to sign in, by one name or from one address: for 15 minutes nobody is let in there."""

    code = "NET-21"
    seconds: int = 15 * 60
    """Until somebody is let in there again."""


class SessionOver(NetError, PermissionError):
    """The session of a person has ended: by its time, unused, signed out, or since the person was changed."""

    code = "NET-22"


class PersonMissing(NetError, LookupError):
    """Nobody of this name can sign in."""

    code = "NET-23"


class CertificateMissing(NetError, PermissionError):
    """What stands before the office wants a certificate of this kiosk, good today, from the office's own authority."""

    code = "NET-24"


class SecretUnfit(NetError, ValueError):
    """A PIN or password that is guessed too soon, or too weak for what it would open."""

    code = "NET-25"


class PersonThere(NetError, ValueError):
    """Somebody of this name can sign in already."""

    code = "NET-26"

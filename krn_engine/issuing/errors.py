"""Refusals of issuing."""

from krn_engine.errors import KrnError


class IssuingError(KrnError):
    """Root of the refusals of `krn_engine.issuing`."""

    code = "ISS-00"


class CampaignInvalid(IssuingError, ValueError):
    """A campaign file that says something impossible."""

    code = "ISS-01"


class KeyStateUnknown(IssuingError, LookupError):
    """The record does not say which key the meter holds, so no rows can be computed for it."""

    code = "ISS-02"


class BeyondTarget(IssuingError, ValueError):
    """The meter is past the campaign's target."""

    code = "ISS-03"


class KeyStateOdd(IssuingError, ValueError):
    """The record says something of the meter's key that fits no step of the campaign."""

    code = "ISS-04"


class VendingKeyExpired(IssuingError, ValueError):
    """The new vending key has expired: a meter moved onto it would take no credit."""

    code = "ISS-05"


class RowsKeyMissing(IssuingError, LookupError):
    """The key that rows are sealed under cannot be had: no credential, no key in the board, or one that is none."""

    code = "ISS-06"


class SourceError(IssuingError):
    """Root of the refusals of a source of rows."""

    code = "SRC-00"


class SourceDown(SourceError, ConnectionError):
    """The source that serves this supply group cannot be reached, or does not answer in time."""

    code = "SRC-01"


class SourceLocked(SourceError, PermissionError):
    """The source lets this office not in: a wrong PIN or password, a locked one, or none."""

    code = "SRC-02"


class SourceKeyMissing(SourceError, LookupError):
    """The source has no vending key of this supply group and revision, or not the one that the settings tell."""

    code = "SRC-03"


class SourceAnswerWrong(SourceError, ValueError):
    """The source answered with something else than was asked for; none of it was kept."""

    code = "SRC-04"


class SourceRefused(SourceError, RuntimeError):
    """The source refused, for a reason of its own that the message names."""

    code = "SRC-05"


class NoSource(SourceError, LookupError):
    """No one source holds both keys of this key change."""

    code = "SRC-06"


class KeyNotProtected(SourceError, ValueError):
    """A PKCS#11 module does not protect this key: one for DKGA02, or one that may be read out of the module."""

    code = "SRC-07"


class SourcesInvalid(SourceError, ValueError):
    """The file that says which source serves which supply group cannot be used."""

    code = "SRC-08"


class AnswerLost(SourceError, TimeoutError):
    """The module was asked and its answer was lost; what it made is fetched when the meter is asked for again."""

    code = "SRC-09"


class VaultError(IssuingError):
    """Root of the refusals of the vault."""

    code = "VLT-00"


class VaultMissing(VaultError, FileNotFoundError):
    """There is no vault at this place."""

    code = "VLT-01"


class VaultDamaged(VaultError, ValueError):
    """The file was cut short or altered, or is no vault."""

    code = "VLT-02"


class VaultVersionUnknown(VaultError, ValueError):
    """The file was written by a later version of this project."""

    code = "VLT-03"


class WrongPassphrase(VaultError, PermissionError):
    """The vault is whole, and this is not its passphrase."""

    code = "VLT-04"


class KeyNotFound(VaultError, LookupError):
    """No vending key of this name is in the vault."""

    code = "VLT-05"


class KeyConflict(VaultError, ValueError):
    """The vault holds another key, or other attributes, under the same name."""

    code = "VLT-06"


class VaultNotWritten(VaultError, OSError):
    """The vault could not be written; the old one is as it was."""

    code = "VLT-07"


class VaultExists(VaultError, FileExistsError):
    """A new vault may not take an old one's place."""

    code = "VLT-08"


class PassphraseRefused(VaultError, ValueError):
    """No passphrase, or one that may not be used."""

    code = "VLT-09"


class KeyFileInvalid(VaultError, ValueError):
    """A key file that cannot be read, with the place and what is wrong there."""

    code = "KEY-01"


class KeyLengthWrong(KeyFileInvalid):
    """A vending key of a wrong length."""

    code = "KEY-02"


class KeyParityWrong(KeyFileInvalid):
    """A DES vending key without odd parity."""

    code = "KEY-03"


class DuplicateKey(KeyFileInvalid):
    """The same key name twice in one file."""

    code = "KEY-04"

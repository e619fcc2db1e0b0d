"""Refusals of the audit."""

from krn_engine.office.errors import OfficeError


class AuditError(OfficeError):
    """Root of the refusals of the audit."""

    code = "AUD-00"


class AuditBroken(AuditError, RuntimeError):
    """The audit is not whole, or does not fit a checkpoint or the facts on record: somebody changed one of them."""

    code = "AUD-01"


class AuditKeyUnusable(AuditError, PermissionError):
    """The key that signs checkpoints, or the public key that belongs to it, cannot be read or is none."""

    code = "AUD-02"


class AuditKeyExists(AuditError, FileExistsError):
    """A key for checkpoints should be made where a file is already: nothing is written over."""

    code = "AUD-03"


class CheckpointInvalid(AuditError, ValueError):
    """A file that should hold a checkpoint, and does not."""

    code = "AUD-04"


class CheckpointForeign(AuditError, ValueError):
    """A checkpoint that does not lie on the chain of this office: one of the two was changed, or is another's."""

    code = "AUD-05"


class CheckpointMissing(AuditError, LookupError):
    """The office has no checkpoint yet, or no key to sign one with."""

    code = "AUD-06"

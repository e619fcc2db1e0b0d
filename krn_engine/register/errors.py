"""Refusals of the register."""

from krn_engine.errors import KrnError


class RegisterError(KrnError):
    """Root of the refusals of the register."""

    code = "REG-00"


class RegisterMissing(RegisterError, FileNotFoundError):
    """There is no database where one should be. It is not made by itself: an empty start would hide the loss."""

    code = "REG-01"


class RegisterDamaged(RegisterError, RuntimeError):
    """The database cannot be read: not a database, or broken."""

    code = "REG-02"


class RegisterTooNew(RegisterError, RuntimeError):
    """The database was made by a later version of this project."""

    code = "REG-03"


class RegisterReadOnly(RegisterError, PermissionError):
    """The database can be read but not written."""

    code = "REG-04"


class RegisterFull(RegisterError, OSError):
    """The disk is full; nothing was stored."""

    code = "REG-05"


class RegisterBusy(RegisterError, TimeoutError):
    """Another program holds the database for too long."""

    code = "REG-06"


class ImportRefused(RegisterError, ValueError):
    """A worklist that cannot be taken: columns, encoding, or lines that are wrong."""

    code = "REG-07"


class RegisterExists(RegisterError, FileExistsError):
    """A register should be made where a file is already: nothing is written over."""

    code = "REG-08"


class RegisterUnreachable(RegisterError, ConnectionError):
    """The database of the register cannot be reached: its address, its password, the network, or a missing driver."""

    code = "REG-09"


class RecordDamaged(RegisterError, RuntimeError):
    """What is stored about one meter is damaged; the others can be served. It is neither shown nor written over."""

    code = "REG-12"


class SealedElsewhere(RegisterError, PermissionError):
    """The rows of the register are sealed, and the key that opens them is not here: another one, or none."""

    code = "REG-13"


class RegisterFailed(RegisterError, RuntimeError):
    """The database refused what it was asked, for a reason that nobody foresaw; nothing was stored."""

    code = "REG-10"


class TakesAway(RegisterError, ValueError):
    """A worklist would take away or move what is on record, and nobody has accepted that; nothing was stored."""

    code = "REG-11"

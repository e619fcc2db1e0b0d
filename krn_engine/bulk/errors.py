"""Refusals of making the rows of a whole worklist. Nothing here needs an array."""

from krn_engine.errors import KrnError


class BulkError(KrnError):
    """Root of the refusals of `krn_engine.bulk`."""

    code = "BLK-00"


class RecipientInvalid(BulkError, ValueError):
    """No recipient, or what is none: a public key in the age format begins with age1."""

    code = "BLK-01"


class OutputExists(BulkError, FileExistsError):
    """There is a file already where the rows, or what is done of them, should go: nothing is written over."""

    code = "BLK-02"


class JobRuns(BulkError, BlockingIOError):
    """Another process works on the same file of rows."""

    code = "BLK-03"


class OutputFailed(BulkError, OSError):
    """A file of the job could not be written, or read again. What is done stays for the next run."""

    code = "BLK-04"


class TooManyRows(BulkError, ValueError):
    """This meter needs more than four rows, and a worklist has columns for four: issue them at a kiosk."""

    code = "BLK-05"


class ArraysWrong(BulkError, RuntimeError):
    """Rows made over arrays are not those that the engine makes one by one: nothing more was written. Report this."""

    code = "BLK-06"


class WorkerLost(BulkError, ChildProcessError):
    """A process that makes rows ended before its work was done. Run the same command again: it goes on."""

    code = "BLK-07"


class NoMeters(BulkError, LookupError):
    """There is no meter of a unit that was named, or none at all: no file was written, and nothing was issued."""

    code = "BLK-08"


class MetersChanged(BulkError, RuntimeError):
    """What is known of the meters came in anew while rows were made: no file was written. Run the same again."""

    code = "BLK-09"

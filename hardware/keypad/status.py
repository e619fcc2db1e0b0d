"""The number by which some meters tell the last answer (Conlog BEC62 manual, page 47: the short code #078#)."""

from hardware.adapter import Evidence, Outcome, Source, Submission

_NAMES = (
    *("-", "Accept", "1stKCT", "2ndKCT", "OverflowError", "KeyTypeError", "FormatError", "RangeError", "FunctionError"),
    *("OldError", "UsedError", "KeyExpiredError", "DDTKError", "CRCError", "MfrCodeError", "Lockout", "NotReady"),
)
"""Names of the numbers 0 to 16; 0 and everything above 16 are reserved."""


def status_of(shown: Evidence | None) -> Submission:
    """What a shown number says of the last row; UNKNOWN for reserved numbers, and where none could be read.

    The number speaks of the last row that the meter read, which need not be the last one that was typed: a "used"
    after a repetition is itself the proof that the first was taken.
    """
    if shown is None or not shown.seen.isdigit() or not 0 < int(shown.seen) < len(_NAMES):
        return Submission(Outcome.UNKNOWN, shown)
    number = int(shown.seen)
    evidence = Evidence(Source.STATUS_CODE, shown.seen, shown.by)
    name = _NAMES[number]
    if name == "Accept":
        return Submission(Outcome.ACCEPTED, evidence, name)
    if name in ("1stKCT", "2ndKCT"):
        return Submission(Outcome.PARTIAL, evidence, name)
    if name == "Lockout":
        return Submission(Outcome.LOCKED_OUT, evidence, name)
    if name == "NotReady":
        return Submission(Outcome.UNKNOWN, evidence, name)
    return Submission(Outcome.REJECTED, evidence, name)

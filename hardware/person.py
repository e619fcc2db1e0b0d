"""A person at the screen, who is asked what no sensor saw: the questions, and what the answers make of a row."""

from collections.abc import Callable
from dataclasses import replace
from enum import Enum

from hardware.adapter import Evidence, Outcome, Source, Submission
from krn_engine.row import BENAR, SALAH


class Question(Enum):
    """What a person can look at, or decide."""

    ANSWER_TO_ROW = "what does the meter show?"
    SHOWS_PERIKSA = "does the meter show PERIKSA?"
    NUMBER_IS_RIGHT = "is this the number on the meter?"
    KRN_SHOWN = "which number does the meter show after 04?"
    TYPE_AGAIN = "may the row be typed again?"


YES, NO = "yes", "no"
NOTHING = "nothing"
"""An answer to ANSWER_TO_ROW, beside BENAR and SALAH: neither is seen."""

BY_PERSON = "person"
"""Who saw it, in the evidence of what a person saw."""

Person = Callable[[Question], str | None]
"""Gives an answer, or None: don't know, or nobody there."""


def nobody(question: Question) -> None:
    """Where nobody can be asked."""


def asked(person: Person, submission: Submission) -> Submission:
    """The same submission, with what a person saw where nothing else could tell.

    Only a definite word counts; "nothing" and silence leave it UNKNOWN.
    """
    if submission.outcome is not Outcome.UNKNOWN:
        return submission
    seen = person(Question.ANSWER_TO_ROW)
    outcome = {BENAR: Outcome.ACCEPTED, SALAH: Outcome.REJECTED}.get(seen or "")
    if seen is None or outcome is None:
        return submission
    return replace(submission, outcome=outcome, evidence=Evidence(Source.PERSON, seen, BY_PERSON))

"""The codes that staff and handbooks know an ending by."""

from kiosk.upgrade.events import Ending

CODES = {
    "upgraded": "",
    "refused": "UPG-01",
    "locked-out": "UPG-02",
    "unknown": "UPG-03",
    "fault": "UPG-04",
    "cancelled": "UPG-05",
    "periksa": "UPG-06",
    "wrong-meter": "UPG-07",
    "wrong-krn": "UPG-08",
    "not-proved": "UPG-09",
    "too-slow": "UPG-10",
}
"""As they are printed and known in the field: a new ending gets a new code, and takes none of these."""


def test_an_ending_keeps_the_code_that_the_field_knows() -> None:
    assert {ending.value: ending.code for ending in Ending if ending.value in CODES} == CODES
    assert len({ending.code for ending in Ending}) == len(Ending)

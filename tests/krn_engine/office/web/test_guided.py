"""Guiding on the telephone where things change meanwhile: the last word counts, dead codes, claims taken back."""

import re

import pytest

from krn_engine.demo import DemoCase
from krn_engine.office.contract import Attempt, Due, Ended, Found, HistoryEntry, Stated, Statement
from krn_engine.register.tables import meters
from tests.support.service import Served
from tests.support.web import Person, person


@pytest.fixture
def guided(office: Served) -> tuple[Person, str]:
    """An officer who guides somebody through four codes; and the number of the meter."""
    somebody = person(office)
    meter = office.demo.first(DemoCase.FOUR_ROWS).meter_number
    begin(somebody, meter)
    return somebody, meter


def begin(somebody: Person, meter: str) -> None:
    """As on a new call."""
    somebody.go("/web/look-up")
    somebody.send("/web/look-up", number=meter)
    somebody.send("/web/codes")


def say(somebody: Person, *answers: str) -> None:
    for answer in answers:
        assert somebody.send("/web/guide", said=answer).ok


def standing(office: Served, meter: str) -> Due:
    found = office.demo.office.find(meter)
    assert isinstance(found, Found)
    assert isinstance(found.standing, Due)
    return found.standing


def history(office: Served, meter: str) -> tuple[HistoryEntry, ...]:
    return office.demo.office.history(meter)


def told(office: Served, meter: str) -> list[tuple[str, int | None]]:
    """What customers told of it, the newest first."""
    return [(entry.session.code, entry.session.krn) for entry in history(office, meter) if isinstance(entry, Ended)]


@pytest.mark.parametrize(
    ("shown", "code", "krn", "partly", "then"), [("1", "04 not yet", 1, False, 1), ("2", "04 not yet", 2, True, 3)]
)
def test_a_number_that_shows_that_codes_are_not_in_takes_back_what_was_claimed(
    office: Served, guided: tuple[Person, str], shown: str, code: str, krn: int, *, partly: bool, then: int
) -> None:
    somebody, meter = guided
    say(somebody, *["BENAR"] * 4)
    assert standing(office, meter).claimed
    form = somebody.form("/web/guide")
    for _ in range(2):
        # However often it is sent.
        somebody.post(form.action, {**form.values, "krn": shown})
        assert f"Bacakan kode {then}" in somebody.page.text
    assert told(office, meter) == [(code, krn)]
    stated = [entry.statement for entry in history(office, meter) if isinstance(entry, Stated)]
    assert [(one.krn, one.by, one.place) for one in stated] == [(None, "sari", "sari: telepon")]
    assert stated[0].reason == f"04 menunjukkan {shown}"
    now = standing(office, meter)
    assert (now.claimed, now.partly_claimed) == (False, partly)
    begin(somebody, meter)
    assert f"Bacakan kode {then}" in somebody.page.text
    # And to the end, anew.
    say(somebody, *["BENAR"] * (5 - then))
    assert standing(office, meter).claimed


@pytest.mark.parametrize(
    ("shown", "code", "krn"),
    [("3", "", 3), ("4", "04 other", 4), ("other", "04 other", None), ("?", "04 not read", None)],
)
def test_another_number_is_on_record_and_the_claims_stay(
    office: Served, guided: tuple[Person, str], shown: str, code: str, krn: int | None
) -> None:
    somebody, meter = guided
    say(somebody, *["BENAR"] * 4)
    somebody.send("/web/guide", krn=shown)
    assert told(office, meter) == [(code, krn)]
    assert standing(office, meter).claimed
    # Each code was said to be in once.
    assert sum(isinstance(entry, Attempt) for entry in history(office, meter)) == 4


@pytest.mark.parametrize(
    ("krn", "words"), [(3, "Sudah versi terbaru"), (2, "Perlu 2 kode"), (None, "Diblokir oleh kantor")]
)
def test_codes_that_are_not_those_of_the_meter_any_more_are_not_read_out(
    office: Served, guided: tuple[Person, str], krn: int | None, words: str
) -> None:
    somebody, meter = guided
    say(somebody, "BENAR")
    guide, form = somebody.path, somebody.form("/web/guide")
    before = len(history(office, meter))
    if krn is None:
        with office.demo.register.write() as connection:
            connection.execute(meters.update().where(meters.c.number == meter).values(blocked="x"))
    else:
        office.demo.office.state(meter, Statement.said(krn, "Hasil tombol 04", "rini", "x"))
        before += 1
    for answered in (False, True):
        if answered:
            somebody.post(form.action, {**form.values, "said": "BENAR"})
        else:
            somebody.go(guide)
        assert "Data meter ini berubah" in somebody.page.text
        assert words in somebody.page.text
        assert not re.search("[0-9]{4} [0-9]{4} [0-9]{4}", somebody.page.text)
    assert len(history(office, meter)) == before
    somebody.follow("Kembali ke meter")
    assert words in somebody.page.text


def test_after_a_claim_was_taken_back_an_open_guide_goes_on(office: Served, guided: tuple[Person, str]) -> None:
    somebody, meter = guided
    first = somebody.path
    say(somebody, "BENAR", "BENAR")
    second = somebody.path
    for path in (second, first, second):
        office.demo.office.state(meter, Statement.said(None, "Salah tekan", "rini", "x"))
        somebody.go(path)
        assert "Bacakan kode 1" in somebody.page.text
        say(somebody, "BENAR")
        assert "Bacakan kode 2" in somebody.page.text
        say(somebody, "BENAR")
        assert "Bacakan kode 3" in somebody.page.text
        assert standing(office, meter).partly_claimed


def test_an_answer_to_a_code_that_is_not_asked_for_any_more_is_not_recorded(
    office: Served, guided: tuple[Person, str]
) -> None:
    somebody, meter = guided
    say(somebody, "BENAR", "BENAR")
    form = somebody.form("/web/guide")
    office.demo.office.state(meter, Statement.said(None, "Salah tekan", "rini", "x"))
    before = len(history(office, meter))
    for said in ("BENAR", "SALAH"):
        somebody.post(form.action, {**form.values, "said": said})
        assert "Keadaan sudah berubah" in somebody.page.text
        assert "Bacakan kode 1" in somebody.page.text
    assert len(history(office, meter)) == before
    say(somebody, "BENAR")
    assert "Keadaan sudah berubah" not in somebody.page.text


@pytest.mark.parametrize(
    ("answers", "button"),
    [(("SALAH", "SALAH"), "Meter menerima kode lagi"), (("PERIKSA",), "PERIKSA sudah hilang")],
)
def test_a_meter_that_refuses_stays_so_until_somebody_says_otherwise(
    office: Served, guided: tuple[Person, str], answers: tuple[str, ...], button: str
) -> None:
    somebody, meter = guided
    opened = somebody.path
    say(somebody, *answers)
    for again in (False, True):
        if again:
            begin(somebody, meter)
        else:
            somebody.go(opened)
        assert "Bacakan kode" not in somebody.page.text
        assert button in somebody.page.text
    say(somebody, "goes-on")
    assert "Bacakan kode 1" in somebody.page.text
    assert told(office, meter)[0] == ("accepts again", None)
    begin(somebody, meter)
    assert "Bacakan kode 1" in somebody.page.text

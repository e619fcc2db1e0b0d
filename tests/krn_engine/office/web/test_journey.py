"""The pages as staff walk them, on both engines: on the telephone, back to an open meter, kiosks, a list, the audit."""

import os
import re
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from krn_engine.demo import DemoCase
from krn_engine.office.access.capabilities import Capabilities, digest_of, new_secret
from krn_engine.office.access.capability_errors import CapabilityEnded
from krn_engine.office.access.database import Database
from krn_engine.office.contract import Attempt, Due, Ended, Found, Grade, NotFound, RowOutcome, RowRecord, Stated
from krn_engine.office.wire.asked import Scope
from krn_engine.office.wire.heartbeat import Heartbeat, Line, LineState
from krn_engine.register.audit.entries import AuditEvent
from krn_engine.register.audit.sealer import seal_now
from tests.support.audit import bodies, owner
from tests.support.home import office_of
from tests.support.office import Demo
from tests.support.places import ENGINES, Place, place_for
from tests.support.service import Served
from tests.support.web import Person, person, web_on

pytestmark = pytest.mark.slow


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """In a file, and in a database."""
    made = place_for(request.param, tmp_path)
    yield made
    made.clear()


def guided(office: Served, case: DemoCase) -> tuple[Person, str]:
    """An officer who guides the first customer of a case; and the number of the meter."""
    somebody = person(office)
    customer = office.demo.first(case)
    somebody.send("/web/look-up", number=f"#{customer.idpel}")
    somebody.send("/web/codes")
    return somebody, customer.meter_number


def now_read(somebody: Person) -> str:
    """The code that is to be read out now, without its gaps."""
    (big,) = re.findall(r'<p class="big"[^>]*>(.*?)</p>', somebody.answer.text, re.DOTALL)
    return "".join(re.findall("[0-9]{4}", big))


def test_somebody_on_the_telephone_is_led_through_four_codes_and_what_they_say_is_a_claim(office: Served) -> None:
    somebody, meter = guided(office, DemoCase.FOUR_ROWS)
    rows = [str(row) for row in office.demo.office.issue(meter, "r").rows]
    for row in rows:
        assert now_read(somebody) == row
        assert somebody.send("/web/guide", said="BENAR").ok
    assert "Tekan 04 lalu Enter di meter" in somebody.page.text
    assert somebody.send("/web/guide", krn="3").ok
    assert "Angka itu benar" in somebody.page.text
    history = office.demo.office.history(meter)
    taken = [entry for entry in history if isinstance(entry, Attempt)]
    assert len(taken) == 4
    assert {(one.grade, one.by, one.place, one.claim) for one in taken} == {
        (Grade.CUSTOMER, "customer", "sari: telepon", True)
    }
    found = office.demo.office.find(meter)
    assert isinstance(found, Found)
    assert isinstance(found.standing, Due)
    assert found.standing.claimed
    # In the audit stands who took it down.
    with office.demo.register.read() as connection:
        actors = connection.exec_driver_sql("SELECT DISTINCT actor FROM audit WHERE event = 'recorded'").scalars()
        assert list(actors) == ["sari"]


def test_the_same_answer_twice_changes_nothing(office: Served) -> None:
    somebody, meter = guided(office, DemoCase.FOUR_ROWS)
    form = somebody.form("/web/guide")
    for _ in range(2):
        somebody.post(form.action, {**form.values, "said": "BENAR"})
        assert "Bacakan kode 2" in somebody.page.text
    somebody.send("/web/guide", said="SALAH")
    form = somebody.form("/web/guide")
    for _ in range(2):
        somebody.post(form.action, {**form.values, "said": "SALAH"})
        assert "Jangan coba lagi" in somebody.page.text
    history = office.demo.office.history(meter)
    assert sum(isinstance(entry, Attempt) for entry in history) == 1
    assert [entry.session.code for entry in history if isinstance(entry, Ended)] == ["SALAH 2", "SALAH 2"]


def test_who_rings_again_goes_on_at_the_right_pair(office: Served) -> None:
    somebody, _ = guided(office, DemoCase.FOUR_ROWS)
    for said in ("BENAR", "BENAR", "BENAR"):
        somebody.send("/web/guide", said=said)
    assert "Bacakan kode 4" in somebody.page.text
    # Another call: half of pair 2 is forgotten by now, pair 1 is not.
    somebody.send("/web/sign-out")
    somebody.sign_in("sari", "271828")
    somebody.send("/web/look-up", number=office.demo.first(DemoCase.FOUR_ROWS).meter_number)
    assert "sebagian masuk" in somebody.page.text
    somebody.send("/web/codes")
    assert "Bacakan kode 3" in somebody.page.text


def test_a_meter_that_says_periksa_is_not_keyed_in_any_more(office: Served) -> None:
    somebody, meter = guided(office, DemoCase.FOUR_ROWS)
    somebody.send("/web/guide", said="PERIKSA")
    assert "meter menolak semua kode" in somebody.page.text
    assert "Bacakan kode" not in somebody.page.text
    (told,) = office.demo.office.history(meter)
    assert isinstance(told, Ended)
    assert (told.session.code, told.session.place) == ("PERIKSA", "sari: telepon")


def test_a_number_on_the_display_leads_back_to_what_is_missing(office: Served) -> None:
    somebody, _ = guided(office, DemoCase.FOUR_ROWS)
    for _ in range(4):
        somebody.send("/web/guide", said="BENAR")
    somebody.send("/web/guide", krn="2")
    assert "Angka 2: belum selesai" in somebody.page.text
    assert "Bacakan kode 3" in somebody.page.text


def test_an_upgraded_meter_is_opened_again_after_it_was_told_what_that_takes_away(office: Served) -> None:
    customer = office.demo.first(DemoCase.FOUR_ROWS)
    issued = office.demo.office.issue(customer.meter_number, "r")
    for change in issued.changes:
        for section in (1, 2):
            row = RowRecord(
                change.id, section, RowOutcome.ACCEPTED, "BENAR", "x", "p", f"{change.id}{section}", Grade.SENSOR
            )
            office.demo.office.record(row)
    somebody = person(office)
    somebody.send("/web/look-up", number=customer.idpel)
    assert "Sudah versi terbaru" in somebody.page.text
    somebody.follow("Nyatakan KRN")
    assert somebody.send("/web/holds", krn="", reason="").status_code == 422
    somebody.send("/web/holds", krn="1", reason="Meter diganti")
    for told in ("tercatat KRN 3; sesudah ini KRN 1", "perlu kode lagi", "tidak dihitung lagi"):
        assert told in somebody.page.text
    found = office.demo.office.find(customer.idpel)
    assert isinstance(found, Found)
    assert found.krn == 3
    form = somebody.form("/web/confirm")
    for _ in range(2):
        assert somebody.post(form.action, form.values).ok
        assert "Perlu 4 kode" in somebody.page.text
    said = [entry.statement for entry in office.demo.office.history(customer.meter_number) if isinstance(entry, Stated)]
    assert [(one.krn, one.reason, one.by, one.place) for one in said] == [(1, "Meter diganti", "sari", "sari: web")]


def test_a_claim_is_taken_back(office: Served) -> None:
    somebody, _ = guided(office, DemoCase.FOUR_ROWS)
    somebody.send("/web/guide", said="BENAR")
    somebody.send("/web/guide", said="BENAR")
    guide = somebody.path
    somebody.follow("Kembali ke meter")
    somebody.follow("Batal klaim")
    somebody.send("/web/retract", reason="Salah tekan")
    assert "2 kode yang menurut pelanggan sudah masuk dihitung belum masuk" in somebody.page.text
    somebody.send("/web/confirm")
    assert "Klaim pelanggan sudah dicabut" in somebody.page.text
    assert "Batal klaim" not in somebody.page.links
    assert "Klaim dicabut: Salah tekan" in somebody.page.text
    # Who still has the page of the guide open does not go on behind a claim that is gone.
    somebody.go(guide)
    assert "Bacakan kode 1" in somebody.page.text


def test_the_pages_of_a_lost_slip_are_ended(demo: Demo, tmp_path: Path) -> None:
    customer = demo.first(DemoCase.FOUR_ROWS)
    with Database.of_callers(demo.url) as kept:
        pages = Capabilities(kept, "https://office.example/r")
        home = office_of(demo, pages, lambda: datetime.now(UTC))
        secret = str(new_secret())
        home.issue(customer.meter_number, "r")
        home.home_page(customer.meter_number, "r", digest_of(secret))
        with web_on(demo, tmp_path, office=home) as office:
            somebody = person(office)
            somebody.send("/web/look-up", number=customer.idpel)
            somebody.follow("Tutup halaman ponsel")
            assert "1 slip atau ponsel" in somebody.page.text
            assert pages.know(secret).meter_number == customer.meter_number
            form = somebody.form("/web/end-pages")
            for _ in range(2):
                assert somebody.post(form.action, form.values).ok
                assert "Halaman di ponsel pelanggan sudah ditutup" in somebody.page.text
            assert "Tutup halaman ponsel" not in somebody.page.links
        with pytest.raises(CapabilityEnded):
            pages.know(secret)
    [ended] = [body for body in bodies(demo.register) if body["event"] == AuditEvent.HOME_PAGES_ENDED.value]
    assert (ended["actor"], ended["by"], ended["pages"]) == ("sari", "staff", 1)


def test_an_administrator_enrols_a_kiosk_sees_it_ill_and_revokes_it(office: Served) -> None:
    admin = person(office, "rini", Scope.ADMIN)
    assert admin.path == "/web/progress"
    admin.follow("Daftarkan kios")
    assert admin.send("/web/enrol", name="kios 7", units="99001", scope="kiosk").status_code == 422
    admin.send("/web/enrol", name="kios-7", units="99001", scope="kiosk")
    (code,) = re.findall("[A-Z2-9]{4}-[A-Z2-9]{4}", admin.page.text)
    token = office.service.callers.enrol("kios-7", code).token
    admin.go("/web/kiosks")
    assert "belum ada kabar" in admin.page.text
    known = office.service.know(str(token))
    beat = Heartbeat("1", (Line("printer", LineState.FAIL, "HW-16"),), None, "", 60, None)
    office.service.callers.heartbeats.keep(known.id, beat)
    admin.go("/web/kiosks-ill")
    assert "tidak dapat bekerja: printer HW-16" in admin.page.text
    admin.follow("Cabut izin")
    assert "tidak melayani lagi" in admin.page.text
    assert admin.send("/web/revoke").ok
    assert "izin dicabut" in admin.page.text
    assert office.ask("GET", "/v1/ping", token=str(token)).json()["code"] == "NET-30"
    with office.demo.register.read() as connection:
        wanted = "SELECT event, actor FROM audit WHERE event IN ('code-made', 'revoked') ORDER BY id"
        told = [tuple(row) for row in connection.exec_driver_sql(wanted)]
    assert told == [("code-made", "rini"), ("revoked", "rini")]


def list_of(*lines: str) -> bytes:
    return "\r\n".join(("IDPEL,NOMOR_METER,NAMA,UNIT,KRN", *lines, "")).encode()


def sent(admin: Person, content: bytes, name: str = "daftar.csv") -> None:
    """Choose a file and send it."""
    admin.go("/web/list")
    form = admin.form("/web/list")
    del form.values["file"]
    admin.answer = admin.line.post(
        admin.url + form.action, data=form.values, files={"file": (name, content)}, timeout=30
    )


def test_a_list_is_told_first_and_goes_in_when_it_is_accepted(office: Served) -> None:
    admin = person(office, "rini", Scope.ADMIN)
    blocked = office.demo.first(DemoCase.BLOCKED)
    new = "991234567890,99000000018,SITI CONTOH,99001,1"
    sent(admin, list_of(new, f"{blocked.idpel},99000000026,,,1", "12,34,,,"))
    text = admin.page.text
    for told in ("Pelanggan dapat disimpan 2", "Baris ditolak 1", "Pelanggan dipindah ke meter lain", "LIN-02"):
        assert told in text
    before = office.demo.count("customers")
    # Without the tick it says what is missing, on the same summary, which is as good as before.
    admin.send("/web/list-accept")
    assert office.demo.count("customers") == before
    assert "Centang bahwa daftar disimpan tanpa baris itu" in admin.page.text
    assert "ID Pelanggan atau nomor meter kosong atau salah: IDPEL has 2 digits" in admin.page.text
    admin.send("/web/list-accept", skip="yes")
    assert office.demo.count("customers") == before + 1
    assert "1 baris ditolak" in admin.page.text
    before += 1
    admin.go("/web/list")
    sent(admin, list_of("991234567891,99000000034,SITI CONTOH,99001,1"))
    assert "Tidak ada." in admin.page.text
    assert office.demo.count("customers") == before
    form = admin.form("/web/list-accept")
    assert admin.send("/web/list-accept").ok
    assert "1 pelanggan disimpan, 0 baris ditolak" in admin.page.text
    assert office.demo.count("customers") == before + 1
    with office.demo.register.read() as connection:
        actors = connection.exec_driver_sql("SELECT actor FROM audit WHERE event = 'list-begun'").scalars()
        assert list(actors) == ["rini", "rini"]
    # It is not kept any longer.
    assert admin.post(form.action, form.values).status_code == 404
    assert admin.code() == "WEB-06"


def test_a_list_that_takes_more_than_was_told_is_told_again(office: Served) -> None:
    admin = person(office, "rini", Scope.ADMIN)
    sent(admin, list_of("991234567890,99000000018,,99001,1"))
    assert "Tidak ada." in admin.page.text
    form = admin.form("/web/list-accept")
    # Meanwhile another list gives this customer another meter.
    sent(admin, list_of("991234567890,99000000026,,99001,1"))
    admin.send("/web/list-accept")
    assert admin.post(form.action, form.values).ok
    for told in ("Belum ada yang disimpan", "Pelanggan dipindah ke meter lain"):
        assert told in admin.page.text
    assert isinstance(office.demo.office.find("99000000018"), NotFound)
    admin.send("/web/list-accept")
    assert "1 pelanggan disimpan" in admin.page.text
    assert isinstance(office.demo.office.find("99000000018"), Found)


def test_what_waits_on_the_disk_is_read_by_nobody_and_goes(office: Served) -> None:
    admin = person(office, "rini", Scope.ADMIN)
    folder = Path(tempfile.gettempdir()) / f"krn-office-lists-{os.geteuid()}"
    before = set(folder.iterdir()) if folder.exists() else set()
    sent(admin, list_of("991234567890,99000000018,SITI CONTOH,99001,1"), "daftar SITI.csv")
    waiting = set(folder.iterdir()) - before
    assert waiting
    for file in waiting:
        assert file.stat().st_mode & 0o777 == 0o600
        content = file.read_bytes()
        assert not any(part in content for part in (b"991234567890", b"99000000018", b"SITI"))
        assert "SITI" not in file.name
    admin.send("/web/list-drop")
    assert not any(file.exists() for file in waiting)


def test_the_audit_is_read_filtered_and_verified(office: Served) -> None:
    somebody, meter = guided(office, DemoCase.FOUR_ROWS)
    somebody.send("/web/guide", said="BENAR")
    # On PostgreSQL somebody seals a little later.
    seal_now(office.demo.register)
    admin = person(office, "rini", Scope.ADMIN)
    admin.go("/web/audit")
    for told in ("Jawaban meter dicatat", "Kode diberikan", "sari", "Audit dimulai"):
        assert told in admin.page.text
    assert admin.send("/web/audit", number="", person="").status_code == 422
    admin.send("/web/audit", number=meter, person="sari")
    assert meter not in admin.path
    assert "Jawaban meter dicatat" in admin.page.text
    admin.follow("Kembali ke audit")
    admin.send("/web/audit", person="nobody")
    assert "Tidak ada catatan" in admin.page.text
    admin.follow("Kembali ke audit")
    admin.send("/web/audit-verify")
    assert "Audit utuh" in admin.page.text
    with owner(office.demo.url) as connection:
        connection.exec_driver_sql("UPDATE outcomes SET outcome = 'rejected'")
    admin.follow("Kembali ke audit")
    admin.send("/web/audit-verify")
    assert "Audit tidak utuh" in admin.page.text
    assert "AUD-01" in admin.page.text

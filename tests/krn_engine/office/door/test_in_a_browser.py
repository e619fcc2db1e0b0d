"""The officer's page in a real browser: from the list to a proved meter, without a network, by touch."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from krn_engine.demo import UNIT, DemoCase
from krn_engine.office.contract import Attempt, Ended, Found, Grade, NothingToDo
from krn_engine.office.wire.asked import Scope
from krn_engine.row import in_fours
from tests.support.browser import Visitor, browser, installed, phone
from tests.support.door import OFFICER, PIN, Door, Officer, door_on
from tests.support.office import Demo
from tests.support.orders import open_now
from tests.support.places import Place, place_for

__all__ = ["browser", "phone"]
pytestmark = [pytest.mark.slow, installed]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A browser sees no engine; `test_desk` has both."""
    return place_for("sqlite", tmp_path)


@pytest.fixture
def door(demo: Demo, tmp_path: Path) -> Iterator[Door]:
    with door_on(demo, tmp_path) as made:
        yield made


@pytest.fixture
def officer(door: Door, phone: Visitor) -> Officer:
    return Officer(phone, door)


def test_an_officer_proves_a_meter_without_a_network(officer: Officer, demo: Demo) -> None:
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    officer.page.goto(officer.door.url)
    officer.title("Masuk")
    officer.visitor.accessible()
    officer.visitor.picture("door-sign-in")
    officer.begin()
    officer.visitor.accessible()
    officer.visitor.fits()
    officer.visitor.picture("door-list")
    rows = demo.office.issue(number, "the same").rows
    officer.page.evaluate("navigator.serviceWorker.ready")
    with officer.visitor.offline():
        officer.open(number)
        officer.visitor.accessible()
        officer.visitor.picture("door-order")
        officer.press("Nomor sama: mulai")
        officer.title("Kode 1 dari 4")
        officer.visitor.accessible()
        officer.visitor.picture("door-code")
        officer.key_in(rows, 1, 4)
        officer.title("Tekan 04 lalu Enter di meter. Angka berapa yang tampil?")
        officer.visitor.accessible()
        officer.visitor.picture("door-krn")
        officer.press("3")
        officer.title("Periksa hasil")
        officer.visitor.accessible()
        officer.visitor.picture("door-check")
        # The telephone is restarted meanwhile.
        officer.page.reload()
        officer.title("Periksa hasil")
        officer.press("Simpan hasil")
        officer.sees("1 hasil menunggu jaringan")
        officer.visitor.picture("door-waiting")
    officer.page.evaluate("dispatchEvent(new Event('online'))")
    officer.sees("Semua hasil sudah sampai di kantor.")
    found = demo.office.find(number)
    assert isinstance(found, Found)
    assert isinstance(found.standing, NothingToDo)
    history = demo.office.history(number)
    attempts = [entry for entry in history if isinstance(entry, Attempt)]
    assert {(entry.by, entry.grade) for entry in attempts} == {(OFFICER, Grade.TECHNICIAN)}
    assert all(entry.place.startswith(f"{OFFICER}: door L") for entry in attempts)
    (ending,) = [entry.session for entry in history if isinstance(entry, Ended)]
    assert (ending.ending, ending.krn, ending.proved) == ("upgraded", 3, True)
    officer.visitor.accessible()
    officer.visitor.picture("door-sent")


def test_what_went_wrong_is_told_with_its_reason_and_by_keys_alone(officer: Officer, demo: Demo) -> None:
    """A code is refused twice, another meter cannot be done at all; in English, with a keyboard."""
    refused, broken = (demo.first(case).meter_number for case in (DemoCase.FOUR_ROWS, DemoCase.TWO_ROWS))
    officer.begin()
    officer.open(refused)
    officer.press("Nomor sama: mulai")
    officer.press("SALAH")
    officer.title("Coba kode 1 sekali lagi")
    officer.visitor.accessible()
    officer.press("Coba kode 1 sekali lagi")
    officer.press("SALAH")
    officer.press("Tidak terbaca")
    officer.sees("SALAH di kode 1")
    officer.press("Simpan hasil")
    officer.sees("Semua hasil sudah sampai di kantor.")
    assert open_now(demo)[refused].code == "UPG-01"
    officer.press("English")
    officer.title("1 of 16 recorded")
    keys = officer.page.keyboard
    officer.page.get_by_label("Meter number").focus()
    keys.type(broken[-5:])
    keys.press("Enter")
    officer.page.get_by_role("heading", name="Order").wait_for()
    for name in ("It cannot be finished", "Keypad broken", "Cannot be read", "Keep the result"):
        tabbed_to(officer, name)
        keys.press("Enter")
    officer.title("2 of 16 recorded")
    officer.sees("All results have reached the office.")
    assert open_now(demo)[broken].code == "UPG-13"
    officer.visitor.accessible()
    officer.visitor.picture("door-english")
    officer.open_done(broken)
    officer.sees("At the office")
    officer.visitor.picture("door-done")


def tabbed_to(officer: Officer, name: str) -> None:
    """Go on by the tabulator until a button of this name has the focus."""
    for _ in range(40):
        officer.page.keyboard.press("Tab")
        if officer.page.evaluate("document.activeElement.textContent") == name:
            return
    raise AssertionError(name)


CAMERA = """
navigator.mediaDevices.getUserMedia = async () => {
  const canvas = document.createElement("canvas");
  canvas.getContext("2d").fillRect(0, 0, 10, 10);
  return canvas.captureStream();
};
window.BarcodeDetector = class { async detect() { return [{ rawValue: window.seen || "" }]; } };
"""


def test_a_meter_is_found_by_its_bar_code_and_its_display_photographed(
    officer: Officer, demo: Demo, tmp_path: Path
) -> None:
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    officer.page.add_init_script(CAMERA)
    officer.begin()
    officer.press("Pindai nomor meter")
    officer.title("Arahkan kamera ke kode batang")
    officer.visitor.accessible()
    officer.page.evaluate(f"window.seen = '{number}'")
    officer.page.get_by_role("heading", name="Pekerjaan").wait_for()
    officer.sees(" ".join(in_fours(number)))
    officer.press("Tidak dapat diselesaikan")
    officer.press("Layar (LCD) rusak")
    officer.press("Tidak terbaca")
    taken = tmp_path / "display.png"
    Image.effect_noise((3000, 2000), 90).save(taken)
    officer.page.get_by_label("Foto layar meter").set_input_files(taken)
    officer.sees("Foto dicatat")
    officer.visitor.accessible()
    officer.visitor.picture("door-photo")
    with officer.page.expect_download() as kept:
        officer.page.get_by_role("link", name="Simpan foto di ponsel").click()
    photo = kept.value.path().read_bytes()
    assert photo.startswith(b"\xff\xd8")
    assert len(photo) <= 200_000
    assert number not in kept.value.suggested_filename
    officer.press("Simpan hasil")
    officer.sees("Semua hasil sudah sampai di kantor.")
    with demo.register.read() as connection:
        bodies = connection.exec_driver_sql("SELECT body FROM audit").scalars().all()
    assert any(hashlib.sha256(photo).hexdigest() in body for body in bodies)
    # The photograph itself has gone nowhere.
    assert {address.rpartition("/")[2] for address in officer.visitor.asked if "/door/" in address} & {"results"}
    assert not [address for address in officer.visitor.asked if "photo" in address and not address.endswith(".js")]


def test_a_session_that_is_over_loses_no_result_and_another_officer_sends_none(officer: Officer, demo: Demo) -> None:
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    officer.visitor.expected += ["status of 401", "status of 403"]
    officer.page.goto(officer.door.url)
    officer.sign_in("000000")
    officer.sees("Nama dan PIN ini tidak cocok.")
    officer.visitor.accessible()
    officer.begin()
    with officer.door.office.people() as people:
        people.set_secret(OFFICER, "314159")
        people.add("budi", Scope.OFFICER, [UNIT], PIN)
    officer.open(number)
    officer.press("Tidak dapat diselesaikan")
    officer.press("Rumah kosong")
    officer.press("Simpan hasil")
    officer.sees("Masuk lagi untuk mengirim hasil.")
    officer.visitor.picture("door-over")
    officer.press("Masuk")
    officer.page.get_by_label("Nama").fill("budi")
    officer.page.get_by_label("PIN atau kata sandi").fill(PIN)
    officer.press("Masuk")
    officer.sees("Ponsel ini menyimpan hasil sari yang belum terkirim.")
    officer.sign_in("314159")
    officer.sees("Semua hasil sudah sampai di kantor.")
    assert open_now(demo)[number].code == "UPG-11"
    row = demo.office.issue(number, "the same").rows[0]
    kept = "JSON.stringify(localStorage) + JSON.stringify(sessionStorage)"
    assert str(row) in officer.page.evaluate(kept)
    officer.press("Keluar")
    officer.title("Keluar dari ponsel ini?")
    officer.visitor.accessible()
    officer.visitor.picture("door-leave")
    assert str(row) in officer.page.evaluate(kept)
    officer.press("Keluar dan hapus daftar")
    officer.sees("Anda sudah keluar.")
    left = officer.page.evaluate(kept)
    assert str(row) not in left
    assert number not in left
    assert "krs_" not in left
    secrets = (number, str(row), PIN)
    assert not [address for address in officer.visitor.asked for secret in secrets if secret in address]


def test_a_result_is_changed_before_and_after_it_was_sent_and_a_touch_undone(officer: Officer, demo: Demo) -> None:
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    rows = demo.office.issue(number, "the same").rows
    officer.begin()
    officer.page.evaluate("navigator.serviceWorker.ready")
    whose = "Meter " + " ".join(in_fours(number))
    with officer.visitor.offline():
        officer.open(number)
        officer.press("Nomor sama: mulai")
        officer.key_in(rows[:2], 1, 4)
        officer.title("Kode 3 dari 4")
        officer.sees(whose)
        officer.press("Salah sentuh: kembali ke kode sebelumnya")
        officer.title("Kode 2 dari 4")
        officer.visitor.accessible()
        officer.visitor.fits()
        officer.visitor.picture("door-undo")
        officer.press("BENAR")
        officer.press("Berhenti dan catat")
        officer.sees(whose)
        officer.press("Tidak terbaca")
        officer.press("Simpan hasil")
        officer.sees("1 hasil menunggu jaringan")
        # All of it went in after all: the first word was never sent, and is replaced.
        officer.open_done(number)
        officer.press("Ubah hasil")
        officer.press("Nomor sama: mulai")
        officer.key_in(rows, 1, 4)
        officer.press("Tidak terbaca")
        officer.sees("Semua kode BENAR")
        officer.press("Simpan hasil")
        officer.sees("1 hasil menunggu jaringan")
    officer.page.evaluate("dispatchEvent(new Event('online'))")
    officer.sees("Semua hasil sudah sampai di kantor.")
    # What 04 shows is seen later: it is told, and kept although the meter is on record as done.
    officer.open_done(number)
    officer.press("Ubah hasil")
    officer.press("Nomor sama: mulai")
    officer.press("GAGAL")
    officer.press("Coba kode 1 sekali lagi")
    officer.press("GAGAL")
    officer.press("1")
    officer.press("Simpan hasil")
    officer.sees("Sudah tercatat selesai; catatan Anda disimpan, petugas kantor akan melihat")
    officer.visitor.accessible()
    officer.visitor.picture("door-conflict")
    told = [entry.session for entry in demo.office.history(number) if isinstance(entry, Ended)]
    assert [(one.code, one.krn) for one in told] == [("UPG-01", 1), ("", None)]


def test_a_new_list_is_asked_about_and_takes_no_place_among_codes_away(officer: Officer, demo: Demo) -> None:
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    officer.begin()
    officer.open(number)
    officer.press("Nomor sama: mulai")
    officer.press("BENAR")
    officer.title("Kode 2 dari 4")
    officer.press("Tidak dapat diselesaikan")
    officer.press("Kembali")
    officer.press("Kembali")
    officer.press("Ambil daftar baru")
    officer.title("Ganti daftar ini?")
    officer.sees("1 pekerjaan belum selesai")
    officer.visitor.accessible()
    officer.visitor.picture("door-renew")
    officer.press("Ambil daftar baru")
    officer.page.get_by_role("heading", name="dicatat").wait_for()
    officer.open(number)
    officer.press("Nomor sama: mulai")
    officer.title("Kode 2 dari 4")

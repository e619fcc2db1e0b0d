"""The page as a customer has it: a cheap telephone, a finger or keys alone, and mostly no network."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from krn_engine.demo import DemoCase
from krn_engine.office import guide
from krn_engine.office.access.capabilities import new_secret
from krn_engine.office.contract import Attempt, Ended, Issued, Statement
from krn_engine.office.guide import VISIT_ASKED
from krn_engine.row import BENAR, GAGAL, PERIKSA, SALAH
from tests.support.browser import DESK, SMALLEST_PHONE, Visitor, browser, installed, visitor
from tests.support.home import Home, home_on, press, prove, seconds_to_first_code, shown_code, title, to_first_code
from tests.support.office import Demo
from tests.support.places import POSTGRESQL

pytestmark = [pytest.mark.slow, installed]
__all__ = ["browser"]
ONE_ENGINE = pytest.mark.parametrize("place", ["sqlite"], indirect=True)
"""What is about the telephone alone."""
LARGER_PHONE = (360, 740)
SENT = "Jawaban Anda sudah sampai di kantor."
WAITS = "Jawaban Anda dikirim saat ada jaringan."
KEPT = "Halaman ini tersimpan: dapat dipakai tanpa jaringan."


@pytest.fixture
def home(demo: Demo, tmp_path: Path) -> Iterator[Home]:
    """A service on the clock of this machine, as the browser has it."""
    with home_on(demo, tmp_path) as home:
        yield home


@pytest.fixture
def phone(browser: Browser) -> Iterator[Visitor]:
    with visitor(browser, SMALLEST_PHONE) as somebody:
        yield somebody


def claimed(home: Home, issued: Issued) -> list[int]:
    """Numbers of the rows that somebody says are in, in the order of their claims."""
    numbers = {}
    number = issued.first
    for change in issued.changes:
        for section in range(1, len(change.rows) + 1):
            numbers[change.old_krn, section] = number
            number += 1
    history = reversed(home.office.history(issued.meter_number))
    return [numbers[entry.old_krn, entry.section] for entry in history if isinstance(entry, Attempt)]


def told(home: Home, issued: Issued) -> list[str]:
    history = reversed(home.office.history(issued.meter_number))
    return [entry.session.code for entry in history if isinstance(entry, Ended)]


def status(phone: Visitor, text: str, page: Page | None = None) -> None:
    expect((page or phone.page).locator("#status")).to_have_text(text)


def looked_at(phone: Visitor, name: str) -> None:
    """It is fit for everybody, fits the screen, and its picture is kept."""
    phone.fits()
    phone.accessible()
    size = phone.page.viewport_size
    assert size is not None
    phone.picture(f"home-{size['width']}-{name}", whole=True)


@pytest.mark.parametrize(
    ("place", "size"),
    [("sqlite", SMALLEST_PHONE), pytest.param("postgresql", LARGER_PHONE, marks=POSTGRESQL.marks)],
    indirect=["place"],
)
def test_the_whole_way_by_touch(home: Home, browser: Browser, size: tuple[int, int]) -> None:
    issued, secret = home.give()
    with visitor(browser, size) as phone:
        phone.page.goto(home.page(secret))
        title(phone, "Apakah meter di rumah bernomor ini?")
        expect(phone.page.locator(".number span").first).to_have_text("9910 0000 001")
        looked_at(phone, "1-meter")
        press(phone, "Ya")
        looked_at(phone, "2-old-tokens")
        press(phone, "Masih punya")
        title(phone, "Masukkan token itu dulu")
        looked_at(phone, "3-tokens-first")
        press(phone, "Sudah dimasukkan")
        for number, row in enumerate(issued.rows, 1):
            title(phone, f"Kode {number} dari 4")
            assert shown_code(phone) == str(row)
            expect(phone.page.locator("header p")).to_have_text("Meter 9910 0000 001 Gratis")
            if number <= 2:
                # With what the pair has for time, and with what is left of it.
                looked_at(phone, f"4-code-{number}")
            press(phone, BENAR)
        title(phone, "Tekan 04 lalu Enter di meter. Angka berapa yang tampil?")
        status(phone, SENT)
        looked_at(phone, "5-krn")
        press(phone, "3")
        title(phone, "Angka itu benar")
        expect(phone.page.locator("header p")).to_have_text("Meter 9910 0000 001 Gratis")
        status(phone, SENT)
        looked_at(phone, "6-right")
        assert claimed(home, issued) == [1, 2, 3, 4]
        # What is over need not lie in the telephone.
        press(phone, "Hapus kode dari ponsel ini")
        title(phone, "Hapus kode dari ponsel ini?")
        looked_at(phone, "7-forget")
        press(phone, "Ya")
        title(phone, "Kode sudah dihapus dari ponsel ini")
        looked_at(phone, "7-forgotten")
        assert str(issued.rows[0]) not in phone.page.evaluate("JSON.stringify(localStorage)")
        hidden = [secret, issued.meter_number, *map(str, issued.rows)]
        assert not [canary for canary in hidden for place in (*phone.asked, phone.page.url) if canary in place]
        assert not [canary for canary in hidden if canary in home.said.getvalue()]
        assert phone.context.cookies() == []


@ONE_ENGINE
def test_the_whole_way_by_keys_alone_and_in_english(home: Home, browser: Browser) -> None:
    issued, secret = home.give(DemoCase.TWO_ROWS)
    with visitor(browser, DESK, touch=False) as somebody:
        page = somebody.page
        page.goto(home.page(secret))

        def go_to(name: str) -> None:
            """Each step begins at its title: what is to be pressed is a few keys away."""
            button = page.get_by_role("button", name=name, exact=True)
            button.wait_for()
            for _ in range(12):
                page.keyboard.press("Tab")
                if button.evaluate("button => button === document.activeElement"):
                    page.keyboard.press("Enter")
                    return
            raise AssertionError(name)

        go_to("English")
        title(somebody, "Does your meter at home have this number?")
        somebody.accessible()
        for name in ("Yes", "I still have one", "They are entered", BENAR, BENAR, "3"):
            go_to(name)
        title(somebody, "That number is right")
        status(somebody, "Your answers have reached the office.")
        somebody.accessible()
        somebody.picture("home-desk-en")
    assert claimed(home, issued) == [1, 2]


@ONE_ENGINE
def test_without_a_network_from_the_first_paint_on_and_through_a_restart(home: Home, phone: Visitor) -> None:
    issued, secret = home.give()
    phone.page.goto(home.page(secret))
    status(phone, KEPT)
    with phone.offline():
        press(phone, "Ya")
        press(phone, "Tidak punya")
        press(phone, BENAR)
        press(phone, BENAR)
        title(phone, "Kode 3 dari 4")
        status(phone, WAITS)
        looked_at(phone, "offline")
        # The telephone is started again, and the page is opened from its history.
        phone.page.close()
        phone.page = phone.context.new_page()
        phone.page.goto(f"{home.url}/r")
        title(phone, "Kode 3 dari 4")
        assert shown_code(phone) == str(issued.rows[2])
        press(phone, BENAR)
        phone.page.reload()
        title(phone, "Kode 4 dari 4")
        press(phone, BENAR)
        press(phone, "3")
        title(phone, "Angka itu benar")
        assert claimed(home, issued) == []
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    status(phone, SENT)
    assert claimed(home, issued) == [1, 2, 3, 4]


@ONE_ENGINE
def test_where_nothing_is_kept_the_open_page_goes_on(home: Home, browser: Browser) -> None:
    """A private window: no storage, and no service worker."""
    issued, secret = home.give(DemoCase.TWO_ROWS)
    with visitor(browser, SMALLEST_PHONE, service_workers="block") as phone:
        phone.context.add_init_script(
            "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }})"
        )
        phone.expected.append("Service Worker registration blocked")
        phone.page.goto(home.page(secret))
        expect(phone.page.locator(".note")).to_contain_text("Jangan tutup halaman ini")
        looked_at(phone, "nothing-kept")
        with phone.offline():
            press(phone, "Ya")
            press(phone, "Tidak punya")
            press(phone, BENAR)
            title(phone, "Kode 2 dari 2")
        press(phone, BENAR)
        press(phone, "3")
        status(phone, SENT)
        # The address keeps its secret where nothing else does: it can be opened again.
        assert phone.page.url.endswith(f"#{secret}")
    assert claimed(home, issued) == [1, 2]


@ONE_ENGINE
def test_a_full_telephone_is_told_of_and_goes_on(home: Home, phone: Visitor) -> None:
    _, secret = home.give()
    phone.context.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }"
    )
    to_first_code(phone, home.page(secret))
    expect(phone.page.locator(".note")).to_contain_text("Jangan tutup halaman ini")
    press(phone, BENAR)
    title(phone, "Kode 2 dari 4")


@ONE_ENGINE
def test_a_pair_that_takes_too_long_begins_anew(home: Home, phone: Visitor) -> None:
    _, secret = home.give()
    phone.page.clock.install(time=datetime.now(UTC))
    to_first_code(phone, home.page(secret))
    expect(phone.page.locator("#time")).to_have_text("Kode 1 sampai 2: dalam 10 menit")
    press(phone, BENAR)
    status(phone, SENT)
    expect(phone.page.locator("#time label")).to_have_text("Masih 9 menit untuk kode 1 sampai 2")
    phone.page.clock.fast_forward(540_000)
    expect(phone.page.locator("#time label")).to_have_text("Kurang dari 1 menit untuk kode 1 sampai 2")
    looked_at(phone, "almost-late")
    phone.page.clock.fast_forward(61_000)
    title(phone, "Lewat 10 menit")
    looked_at(phone, "late")
    press(phone, "Lanjutkan dari kode 1")
    title(phone, "Kode 1 dari 4")
    # The pair before it stays in.
    for row in range(1, 4):
        title(phone, f"Kode {row} dari 4")
        press(phone, BENAR)
    title(phone, "Kode 4 dari 4")
    status(phone, SENT)
    phone.page.clock.fast_forward(601_000)
    press(phone, "Lanjutkan dari kode 3")
    title(phone, "Kode 3 dari 4")


@ONE_ENGINE
def test_what_else_the_meter_may_show_leads_on_and_is_never_tried_a_third_time(home: Home, phone: Visitor) -> None:
    issued, secret = home.give()
    to_first_code(phone, home.page(secret))
    press(phone, "Yang lain")
    title(phone, "Apa yang tampil sesudah kode 1?")
    looked_at(phone, "else")
    press(phone, SALAH)
    title(phone, "Coba kode 1 sekali lagi")
    looked_at(phone, "refused")
    press(phone, "Coba kode 1 sekali lagi")
    press(phone, "Yang lain")
    press(phone, GAGAL)
    title(phone, "Berhenti dulu")
    looked_at(phone, "stop")
    # The rows of pair 1 are in already, says the meter's KRN.
    press(phone, "Lihat angka 04")
    press(phone, "2")
    title(phone, "Belum selesai")
    looked_at(phone, "not-yet")
    press(phone, "Lanjutkan dari kode 3")
    press(phone, "Yang lain")
    press(phone, PERIKSA)
    title(phone, "Meter harus diperiksa dulu")
    looked_at(phone, "periksa")
    press(phone, "Kembali")
    press(phone, "Yang lain")
    press(phone, "Tidak ada, atau yang lain")
    title(phone, "Meter tidak menjawab")
    looked_at(phone, "blank")
    press(phone, "Lihat angka 04")
    press(phone, "4")
    title(phone, "Angka itu tidak cocok dengan kode ini")
    # Nobody is led on with rows that are for another meter.
    expect(phone.page.locator("main button")).to_have_text(["Lihat angka 04"])
    looked_at(phone, "other-krn")
    status(phone, SENT)
    assert claimed(home, issued) == [1, 2]
    assert told(home, issued) == ["SALAH 1", "GAGAL 1", "PERIKSA 3", "other 3", "04 other"]


@ONE_ENGINE
def test_nobody_elses_word_hides_a_code(home: Home, phone: Visitor) -> None:
    issued, secret = home.give()
    for row in guide.claims(issued, 4, BENAR, "chat"):
        home.office.record(row)
    phone.page.goto(home.page(secret))
    press(phone, "Ya")
    press(phone, "Tidak punya")
    press(phone, "1")
    title(phone, "Belum selesai")
    status(phone, SENT)
    press(phone, "Lanjutkan dari kode 1")
    title(phone, "Kode 1 dari 4")
    # It stays so whenever the office is asked again.
    phone.page.reload()
    title(phone, "Kode 1 dari 4")
    for _ in issued.rows:
        press(phone, BENAR)
    press(phone, "Lihat kode dari awal")
    title(phone, "Kode 1 dari 4")
    assert shown_code(phone) == str(issued.rows[0])


@ONE_ENGINE
def test_who_pressed_too_soon_goes_back(home: Home, phone: Visitor) -> None:
    _, secret = home.give()
    to_first_code(phone, home.page(secret))
    for _ in range(2):
        press(phone, BENAR)
    status(phone, SENT)
    press(phone, "Kembali ke kode 2")
    title(phone, "Kode 2 dari 4")
    looked_at(phone, "back")
    press(phone, "Kembali ke kode 1")
    title(phone, "Kode 1 dari 4")
    phone.page.reload()
    title(phone, "Kode 1 dari 4")


@ONE_ENGINE
def test_a_stop_is_held_whatever_04_says_of_it(home: Home, phone: Visitor) -> None:
    _, secret = home.give()
    to_first_code(phone, home.page(secret))
    press(phone, "Yang lain")
    press(phone, SALAH)
    press(phone, "Coba kode 1 sekali lagi")
    press(phone, "Yang lain")
    press(phone, SALAH)
    for answer in ("Tidak tahu", "1"):
        press(phone, "Lihat angka 04")
        press(phone, answer)
        title(phone, "Belum selesai")
        expect(phone.page.locator("main button")).to_have_text(["Minta kunjungan petugas", "Lihat angka 04"])
    looked_at(phone, "stopped")
    press(phone, "Lihat angka 04")
    press(phone, "Lihat kode dari awal")
    title(phone, "Berhenti dulu")
    phone.page.reload()
    title(phone, "Berhenti dulu")


@ONE_ENGINE
def test_what_staff_take_back_is_not_in_on_the_telephone_either(home: Home, phone: Visitor) -> None:
    issued, secret = home.give()
    to_first_code(phone, home.page(secret))
    press(phone, BENAR)
    press(phone, BENAR)
    title(phone, "Kode 3 dari 4")
    status(phone, SENT)
    home.office.state(issued.meter_number, Statement(None, "said so", "chief", "here"))
    with phone.offline():
        press(phone, BENAR)
        phone.page.reload()
        title(phone, "Kode 4 dari 4")
    # What it said since then leads on, and takes what is before with it.
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    status(phone, SENT)
    title(phone, "Kode 4 dari 4")
    home.office.state(issued.meter_number, Statement(None, "said so", "chief", "here"))
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    title(phone, "Kode 1 dari 4")


@ONE_ENGINE
def test_links_of_strangers_take_nothing_away_and_a_new_scan_brings_codes_back(home: Home, phone: Visitor) -> None:
    issued, secret = home.give(DemoCase.TWO_ROWS)
    phone.expected.append("status of 401")
    to_first_code(phone, home.page(secret))
    status(phone, KEPT)
    with phone.offline():
        press(phone, BENAR)
        title(phone, "Kode 2 dari 2")
    phone.page.route("**/r/said", lambda route: route.abort())
    phone.expected.append("net::ERR_")
    for _ in range(5):
        phone.page.evaluate("secret => { location.hash = secret; }", str(new_secret()))
        title(phone, "Halaman ini tidak dikenal")
    phone.page.unroute("**/r/said")
    phone.page.goto("about:blank")
    phone.page.goto(f"{home.url}/r")
    title(phone, "Kode 2 dari 2")
    status(phone, SENT)
    assert claimed(home, issued) == [1]
    press(phone, BENAR)
    press(phone, "3")
    status(phone, SENT)
    press(phone, "Hapus kode dari ponsel ini")
    press(phone, "Ya")
    title(phone, "Kode sudah dihapus dari ponsel ini")
    phone.page.goto("about:blank")
    phone.page.goto(home.page(secret))
    title(phone, "Apakah meter di rumah bernomor ini?")


@ONE_ENGINE
def test_what_is_said_while_the_office_answers_goes_at_once(home: Home, phone: Visitor) -> None:
    issued, secret = home.give(DemoCase.TWO_ROWS)
    to_first_code(phone, home.page(secret))
    status(phone, KEPT)
    held: list[Route] = []
    phone.page.route("**/r/rows", lambda route: held.append(route))  # noqa: PLW0108  a method of a list is no handler
    with phone.page.expect_request("**/r/rows"):
        phone.page.evaluate("dispatchEvent(new Event('online'))")
    press(phone, BENAR)
    title(phone, "Kode 2 dari 2")
    held[0].continue_()
    status(phone, SENT)
    assert claimed(home, issued) == [1]


OUTSIDE = """() => [...document.querySelectorAll("body *")].filter((one) => {
  const place = one.getBoundingClientRect();
  return !one.closest(".heard") && (place.right > innerWidth + 1 || place.left < -1 || one.scrollWidth > innerWidth);
}).map((one) => one.outerHTML)"""


@ONE_ENGINE
@pytest.mark.parametrize("percent", [200, 300])
def test_large_letters_stay_on_a_small_screen(home: Home, phone: Visitor, percent: int) -> None:
    _, secret = home.give()
    phone.page.goto(home.page(secret))
    phone.page.evaluate("size => { document.documentElement.style.fontSize = size; }", f"{percent}%")
    for step, name in enumerate(("Ya", "Tidak punya", BENAR, "Yang lain", SALAH, "Minta kunjungan petugas")):
        assert phone.page.evaluate(OUTSIDE) == [], name
        phone.fits()
        phone.picture(f"home-320-letters-{percent}-{step}", whole=True)
        phone.page.get_by_role("button", name=name, exact=True).first.tap()
    assert phone.page.evaluate(OUTSIDE) == []


@ONE_ENGINE
def test_a_visit_is_asked_for_without_a_network_and_once(home: Home, phone: Visitor) -> None:
    issued, secret = home.give()
    phone.page.goto(home.page(secret))
    status(phone, KEPT)
    with phone.offline():
        phone.page.locator("footer").get_by_role("button", name="Minta kunjungan petugas").tap()
        title(phone, "Mengapa petugas perlu datang?")
        looked_at(phone, "visit")
        press(phone, "Tombol meter rusak")
        title(phone, "Permintaan dikirim saat ada jaringan")
        looked_at(phone, "visit-waits")
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    title(phone, "Permintaan Anda sudah sampai di kantor")
    phone.page.reload()
    title(phone, "Permintaan Anda sudah sampai di kantor")
    status(phone, SENT)
    history = home.office.history(issued.meter_number)
    assert [entry.session.ending for entry in history if isinstance(entry, Ended)] == [VISIT_ASKED]
    press(phone, "Lanjut")
    title(phone, "Kode 1 dari 4")


@ONE_ENGINE
def test_an_answer_that_was_lost_is_told_again_and_counts_once(home: Home, phone: Visitor) -> None:
    issued, secret = home.give()
    to_first_code(phone, home.page(secret))
    lost = []

    def lose(route: Route) -> None:
        lost.append(route.fetch().ok)
        route.abort()

    phone.expected.append("net::ERR_")
    phone.page.route("**/r/said", lose, times=1)
    with phone.page.expect_event("requestfailed"):
        press(phone, BENAR)
    title(phone, "Kode 2 dari 4")
    status(phone, WAITS)
    assert lost == [True]
    press(phone, BENAR)
    status(phone, SENT)
    assert claimed(home, issued) == [1, 2]


@ONE_ENGINE
def test_two_tabs_show_the_same(home: Home, phone: Visitor) -> None:
    issued, secret = home.give()
    to_first_code(phone, home.page(secret))
    other = phone.context.new_page()
    other.goto(f"{home.url}/r")
    expect(other.get_by_role("heading", level=1)).to_have_text("Kode 1 dari 4")
    press(phone, BENAR)
    expect(other.get_by_role("heading", level=1)).to_have_text("Kode 2 dari 4")
    expect(other.locator(".note")).to_have_text("Halaman ini juga dibuka di tab lain. Keduanya sama.")
    other.get_by_role("button", name=BENAR).tap()
    title(phone, "Kode 3 dari 4")
    status(phone, SENT, other)
    assert claimed(home, issued) == [1, 2]


@ONE_ENGINE
@pytest.mark.parametrize("years", [-6, 6])
def test_a_clock_that_is_wrong_by_years_stops_nobody(home: Home, phone: Visitor, years: int) -> None:
    issued, secret = home.give(DemoCase.TWO_ROWS)
    phone.page.clock.install(time=datetime.now(UTC) + years * timedelta(days=365))
    to_first_code(phone, home.page(secret))
    expect(phone.page.locator(".note")).to_contain_text("Jam ponsel ini salah")
    press(phone, BENAR)
    status(phone, SENT)
    expect(phone.page.locator("#time label")).to_have_text("Masih 9 menit untuk kode 1 sampai 2")
    # Somebody puts it right in the middle of a pair: what is left of the time is not known.
    phone.page.clock.set_system_time(datetime.now(UTC))
    phone.page.clock.run_for(2000)
    title(phone, "Lewat 10 menit")
    assert claimed(home, issued) == [1]


@ONE_ENGINE
def test_after_30_days_without_a_network_it_says_so_and_goes_on(home: Home, phone: Visitor) -> None:
    _, secret = home.give()
    to_first_code(phone, home.page(secret))
    status(phone, KEPT)
    with phone.offline():
        phone.page.close()
        phone.page = phone.context.new_page()
        phone.page.clock.install(time=datetime.now(UTC) + timedelta(days=31))
        phone.page.goto(f"{home.url}/r")
        expect(phone.page.locator(".note")).to_contain_text("sudah lebih dari 30 hari")
        title(phone, "Kode 1 dari 4")
        looked_at(phone, "after-30-days")


@ONE_ENGINE
def test_what_cannot_be_shown_is_told_in_plain_words(home: Home, phone: Visitor) -> None:
    phone.expected += ["status of 401", "status of 409", "status of 410", "net::ERR_"]
    phone.page.goto(home.page("A" * 22))
    title(phone, "Halaman ini tidak dikenal")
    looked_at(phone, "unknown")
    phone.page.goto("about:blank")
    phone.page.goto(f"{home.url}/r#short")
    title(phone, "Halaman ini tidak dikenal")
    phone.page.goto("about:blank")
    # Without a network, before it was ever opened with one.
    issued, secret = home.give()
    phone.page.route("**/r/rows", lambda route: route.abort(), times=1)
    phone.page.goto(home.page(secret))
    title(phone, "Tidak ada jaringan")
    looked_at(phone, "no-network")
    press(phone, "Coba lagi")
    press(phone, "Tidak")
    title(phone, "Kode ini untuk meter lain")
    looked_at(phone, "other-meter")
    press(phone, "Kembali")
    # Proved meanwhile, while the page is open.
    press(phone, "Ya")
    press(phone, "Tidak punya")
    prove(home, issued)
    press(phone, BENAR)
    title(phone, "Meter Anda sudah versi terbaru")
    looked_at(phone, "proved")
    assert str(issued.rows[0]) not in phone.page.evaluate("JSON.stringify(localStorage)")
    # Ended by staff.
    other, secret = home.give(DemoCase.TWO_ROWS, "r2")
    phone.page.goto(home.page(secret))
    title(phone, "Apakah meter di rumah bernomor ini?")
    home.office.end_home_pages(other.meter_number)
    phone.page.reload()
    title(phone, "Halaman ini sudah berakhir")
    looked_at(phone, "ended")
    # Blocked by the office.
    third, secret = home.give(DemoCase.EA11, "r3")
    with home.demo.register.write() as connection:
        connection.exec_driver_sql(f"UPDATE meters SET blocked = 'x' WHERE number = '{third.meter_number}'")
    phone.page.goto(home.page(secret))
    title(phone, "Meter ini sedang diblokir oleh kantor.")
    looked_at(phone, "blocked")


@ONE_ENGINE
def test_the_first_code_is_there_in_seconds_on_a_slow_telephone(
    home: Home, phone: Visitor, record_property: pytest.FixtureRequest
) -> None:
    _, secret = home.give()
    seconds = seconds_to_first_code(phone, home.page(secret))
    record_property("seconds to the first code on a slow telephone", round(seconds, 1))  # type: ignore[operator]
    assert seconds < 20

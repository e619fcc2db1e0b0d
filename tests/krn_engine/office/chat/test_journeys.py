"""Whole conversations, as people have them: what they write, and what they are told."""

import pytest

from krn_engine.demo import DemoCase
from krn_engine.office import guide
from krn_engine.office.chat.conversation import PLACE, Conversation
from krn_engine.office.chat.message import Kind
from krn_engine.office.contract import (
    Attempt,
    Due,
    Ended,
    Found,
    Grade,
    IssuedChange,
    RowOutcome,
    RowRecord,
    Statement,
)
from krn_engine.office.reasons import HandOff
from krn_engine.register.tables import customers, meters
from krn_engine.row import Row, grouped
from tests.support.chatting import Chat
from tests.support.office import Demo


def told(demo: Demo, number: str) -> list[str]:
    """What customers told of a meter, the oldest first."""
    return [entry.session.code for entry in reversed(demo.office.history(number)) if isinstance(entry, Ended)]


def claimed(demo: Demo, number: str) -> list[tuple[bool, ...]]:
    return [change.claims for change in demo.office.issue(number, "look").changes]


def prove(demo: Demo, change: IssuedChange) -> None:
    for section in range(1, len(change.rows) + 1):
        name = f"{change.id[:8]}-{section}"
        by = RowRecord(change.id, section, RowOutcome.ACCEPTED, "BENAR", "x", "kiosk 1", name, Grade.SENSOR)
        demo.office.record(by)


@pytest.fixture
def number(demo: Demo) -> str:
    return demo.first(DemoCase.FOUR_ROWS).meter_number


@pytest.fixture
def idpel(demo: Demo) -> str:
    return demo.first(DemoCase.FOUR_ROWS).idpel


def test_all_rows_come_in_one_message_and_then_it_guides(demo: Demo, chat: Chat, number: str, idpel: str) -> None:
    rows = chat.says(f"#{idpel}")
    issued = demo.office.issue(number, "look")
    assert len(chat.answers) == 1
    assert chat.rows == list(issued.rows)
    for line in (
        grouped(number),
        "Token lama dulu",
        "1. " + grouped(issued.rows[0]),
        "Kode 1 dan 2: dalam 10 menit",
        "Kode 3 dan 4: dalam 10 menit",
        "Jangan coba lebih dari 2 kali",
        "Meter harus menampilkan 3.",
        "GRATIS",
        "PLN 123",
        "balas: BENAR, SALAH, GAGAL, atau PERIKSA",
    ):
        assert line in rows
    assert rows.index("Token lama") < rows.index("1. ") < rows.index("3. ") < rows.index("tekan 04")
    assert rows.count("harus BENAR") == 4

    assert "Lanjutkan dengan kode 3 dan 4" in chat.says("benar")
    assert chat.rows == list(issued.rows[2:])
    assert claimed(demo, number) == [(True, True), (False, False)]
    assert "Tekan 04 lalu Enter" in chat.says("Bener semua pak")
    assert "upgrade meter Anda selesai" in chat.says("3")
    assert claimed(demo, number) == [(True, True), (True, True)]
    found = demo.office.find(number)
    # A word closes nothing.
    assert isinstance(found, Found)
    assert found.standing == Due(4, handed_out=True, claimed=True)
    assert {entry.place for entry in demo.office.history(number) if isinstance(entry, Attempt)} == {PLACE}
    assert chat.says("terima kasih banyak").startswith("Sama-sama")


def test_buttons_say_the_same_as_words(demo: Demo, chat: Chat, number: str) -> None:
    chat.says(number)
    assert "kode 3 dan 4" in chat.presses("1-2 BENAR")
    chat.presses("GAGAL")
    assert "Meter menunda kode itu" in chat.presses("Ya, sama")
    chat.presses("3-4 BENAR")
    assert "Angka itu benar" in chat.presses("Tampil 3")
    assert told(demo, number) == ["GAGAL 3"]
    assert claimed(demo, number) == [(True, True), (True, True)]


def test_a_button_of_other_codes_does_nothing(demo: Demo, chat: Chat, number: str) -> None:
    chat.says(number)
    old = chat.answers[-1].buttons[0].id
    other = demo.first(DemoCase.TWO_ROWS).meter_number
    chat.says(other)
    assert "Tombol itu dari kode yang lama" in chat.says(old, Kind.PRESSED)
    assert claimed(demo, other) == [(False, False)]


def test_salah_once_compares_and_the_second_time_stops(demo: Demo, chat: Chat, number: str) -> None:
    chat.says(number)
    assert "Apakah meter di rumah bernomor ini?" in chat.says("kode 2 salah")
    assert "mulai lagi dari kode 1" in chat.says("iya sama")
    assert len(chat.rows) == 2
    stopped = chat.says("masih ditolak")
    assert "Berhenti dulu" in stopped
    assert chat.rows == []
    assert "Permintaan kunjungan sudah dicatat" in chat.says("minta petugas datang")
    chat.says("minta petugas datang")
    assert told(demo, number) == ["SALAH 2", "SALAH 1 twice", HandOff.REFUSED.value]
    # The rows can still be had, with the warning before them.
    assert "Sebelumnya meter menolak dua kali" in chat.says("kode")
    assert "Berhenti dulu" in chat.says("salah")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nomor meter saya benar", "Apa yang tampil di meter sesudah kode 1 dan 2?"),
        ("pesan sudah diterima, terima kasih", "Apa yang tampil di meter sesudah kode 1 dan 2?"),
        ("bapak saya yang bertugas sukses selalu ya", "Apa yang tampil di meter"),
        ("kalau masuk semua terus apa", "Apa yang tampil di meter sesudah kode 1 dan 2?"),
        ("benar, tapi apa ini gratis", "Layanan ini gratis"),
        ("apa benar ini PLN", "tidak pernah meminta uang, PIN, atau OTP"),
        ("krn 3?", "Angka berapa yang tampil?"),
    ],
)
def test_what_is_no_claim_is_asked_with_buttons(demo: Demo, chat: Chat, number: str, text: str, says: str) -> None:
    chat.says(number)
    assert says in chat.says(text)
    assert chat.answers[-1].buttons
    assert claimed(demo, number) == [(False, False), (False, False)]


@pytest.mark.parametrize("text", ["betul", "betul itu nomor meter saya", "ya benar"])
def test_right_is_said_of_the_number_where_that_was_asked(demo: Demo, chat: Chat, number: str, text: str) -> None:
    chat.says(number)
    chat.says("salah")
    assert "Sekali lagi saja" in chat.says(text)
    assert claimed(demo, number) == [(False, False), (False, False)]


def test_another_meter_is_found_out(demo: Demo, chat: Chat, number: str) -> None:
    chat.says(number)
    chat.says("gagal")
    assert "Kode ini untuk meter lain" in chat.says("bukan")
    assert told(demo, number) == ["GAGAL 1", "GAGAL 1 other"]
    other = demo.first(DemoCase.TWO_ROWS).meter_number
    chat.says(other)
    assert chat.known.meter_number == other
    assert chat.rows == list(demo.office.issue(other, "look").rows)


def test_periksa_is_cleared_first(demo: Demo, chat: Chat, number: str) -> None:
    chat.says(number)
    assert "meter menolak semua kode" in chat.says("muncul PERIKSA")
    assert chat.rows == []
    assert "Kode 1 dan 2" in chat.says("sudah")
    assert len(chat.rows) == 2
    assert told(demo, number) == ["PERIKSA"]


def test_half_a_pair_is_claimed_and_begins_anew_when_it_is_refused(demo: Demo, chat: Chat, number: str) -> None:
    chat.says(number)
    assert "Lanjutkan dengan kode 2, dalam 10 menit sejak kode 1" in chat.says("1 benar")
    assert "Lewat 10 menit? Ulangi dari kode 1." in chat.says("halo")
    assert claimed(demo, number)[0] == (True, False)
    chat.says("2 salah")
    assert "mulai lagi dari kode 1" in chat.says("tidak tahu")
    chat.says("1 benar 2 benar")
    assert claimed(demo, number)[0] == (True, True)


def test_code_by_code_in_one_message(demo: Demo, chat: Chat, number: str) -> None:
    chat.says(number)
    said = chat.says("1 benar, 2 benar, 3 salah")
    assert "Apakah meter di rumah bernomor ini?" in said
    assert claimed(demo, number) == [(True, True), (False, False)]
    assert "baru diterima" not in said
    assert "kode 3 dan 4" in chat.says("ya")


def test_what_is_right_behind_a_refused_code_is_no_claim(demo: Demo, chat: Chat, number: str) -> None:
    chat.says(number)
    assert "Apakah meter di rumah" in chat.says("3 salah 4 benar")
    assert claimed(demo, number) == [(False, False), (False, False)]


def test_pair_2_before_pair_1_is_told(chat: Chat, number: str) -> None:
    chat.says(number)
    assert "Kode 3 baru diterima sesudah kode 1 dan 2 BENAR" in chat.says("kode 3 salah")


def test_a_pair_that_is_in_is_refused_and_that_is_no_mistake(chat: Chat, number: str) -> None:
    chat.says(number)
    chat.says("1-2 benar")
    assert "itu wajar" in chat.says("kode 1 salah")
    assert "kode 3 dan 4" in chat.answers[-1].text


def test_an_earlier_code_that_is_said_again_leads_nobody_back(demo: Demo, chat: Chat, number: str) -> None:
    chat.says(number)
    chat.says("1-2 salah")
    # They went on with pair 2, and pair 1 is on record by nobody's word.
    chat.says("3 salah")
    chat.says("ya sama")
    chat.says("kode 3 benar")
    assert "Lanjutkan dengan kode 4" in chat.says("1 benar")
    assert claimed(demo, number) == [(True, True), (True, False)]


def test_a_wrong_claim_is_said_again(demo: Demo, chat: Chat, number: str) -> None:
    chat.says(number)
    chat.says("benar semua")
    assert "jawaban tentang kode 3 dan 4 dibatalkan" in chat.says("salah ketik")
    assert "jawaban tentang kode 1 dan 2 dibatalkan" in chat.says("ulang")
    assert told(demo, number) == ["3-4 taken back", "1-2 taken back"]
    assert "Apakah meter di rumah" in chat.says("1 salah")


def test_what_the_display_says_leads_back(demo: Demo, chat: Chat, number: str) -> None:
    chat.says(number)
    chat.says("semua benar")
    said = chat.says("04 tampil 2")
    assert "Angka 2: belum selesai. Sesudah semua kode: 3." in said
    assert chat.rows == list(demo.office.issue(number, "look").rows[2:])
    chat.says("benar")
    assert "Tampil 1: mulai dari kode 1." in chat.says("tidak tahu")
    assert "Angka itu tidak cocok" in chat.says("4")
    assert told(demo, number) == ["04 not yet", "04 other"]
    chat.says("angka lain")
    assert "Angka itu benar" in chat.says("sekarang 04 tampil 3 pak")


def test_who_comes_back_after_days_goes_on_where_they_were(demo: Demo, chat: Chat, number: str) -> None:
    chat.says(number)
    chat.says("1-2 benar")
    chat.waits(days=5)
    assert "Tidak apa-apa" in chat.says("belum sempat")
    assert "kode 3 dan 4" in chat.says("halo")
    assert "Apa yang tampil di meter sesudah kode 3 dan 4?" in chat.says("sudah")
    requests = demo.count("requests")
    assert "Menurut catatan, kode 1 dan 2 sudah BENAR" in chat.says(number)
    assert len(chat.rows) == 4
    # The same rows are no new request.
    assert demo.count("requests") == requests


def test_what_a_kiosk_issued_and_heard_goes_on_here(demo: Demo, chat: Chat, number: str) -> None:
    issued = demo.office.issue(number, "kiosk")
    for row in guide.claims(issued, 2, "BENAR", "kiosk 1"):
        demo.office.record(row)
    assert "Lanjutkan dengan kode 3 dan 4" in chat.says(number)
    assert chat.rows == list(issued.rows)
    chat.says("benar")
    assert claimed(demo, number) == [(True, True), (True, True)]


def test_what_is_proved_elsewhere_meanwhile_is_known(demo: Demo, chat: Chat, number: str) -> None:
    chat.says(number)
    issued = demo.office.issue(number, "officer")
    prove(demo, issued.changes[0])
    assert "kode 3 dan 4" in chat.says("halo")
    chat.says("kode")
    assert chat.rows == list(issued.rows[2:])
    assert "3. " in chat.answers[0].text
    chat.says("benar")
    assert demo.office.issue(number, "look").changes[0].claims == (True, True)
    prove(demo, demo.office.issue(number, "look").changes[0])
    assert "Meter Anda sudah versi terbaru" in chat.says("3")
    assert chat.known.meter_number == ""


def test_staff_who_take_claims_back_are_believed(demo: Demo, chat: Chat, number: str) -> None:
    chat.says(number)
    chat.says("benar semua")
    demo.office.state(number, Statement(None, "not their meter", "Contoh Satu", "kiosk 1"))
    assert "Sesudah kode 1 dan 2, balas" in chat.says(number)


def test_a_meter_that_is_blocked_meanwhile_gets_no_more(demo: Demo, chat: Chat, number: str) -> None:
    chat.says(number)
    with demo.register.write() as connection:
        connection.execute(meters.update().where(meters.c.number == number).values(blocked="contoh: alasan"))
    said = chat.says("benar")
    assert "diblokir" in said
    assert "alasan" not in said


@pytest.mark.parametrize(
    ("case", "rows", "says"),
    [
        (DemoCase.TWO_ROWS, 2, "Meter harus menampilkan 3."),
        (DemoCase.EA11, 4, "Kode 1 sampai 4: dalam 10 menit"),
        (DemoCase.HALF_DONE, 2, "Meter harus menampilkan 3."),
        (DemoCase.READY_MADE, 4, "catat angka yang tampil"),
        (DemoCase.DONE, 0, "Meter Anda sudah versi terbaru"),
        (DemoCase.BLOCKED, 0, "sedang diblokir oleh kantor"),
        (DemoCase.UNKNOWN_STATE, 0, "Data meter ini belum lengkap"),
    ],
)
def test_every_case_of_the_province(demo: Demo, chat: Chat, case: DemoCase, rows: int, says: str) -> None:
    customer = demo.first(case)
    said = chat.says(customer.idpel)
    assert says in said
    assert len(chat.rows) == rows
    assert customer.name not in said
    assert "contoh: pelanggan" not in said


def test_ready_made_rows_are_compared_with_the_number_before(demo: Demo, chat: Chat) -> None:
    number = demo.first(DemoCase.READY_MADE).meter_number
    chat.says(number)
    chat.says("benar semua")
    before = demo.office.issue(number, "look").krn_before
    assert before == 1
    assert "Angka masih 1" in chat.says("1")
    chat.says("benar semua")
    assert "belum semua kode masuk" in chat.says("2")
    chat.says("benar")
    assert "menurut angka itu, kode sudah masuk" in chat.says("3")


def test_four_sections_of_one_change(demo: Demo, chat: Chat) -> None:
    number = demo.first(DemoCase.EA11).meter_number
    chat.says(number)
    assert "Lanjutkan dengan kode 4" in chat.says("kode 1 sampai 3 benar")
    chat.says("benar")
    assert claimed(demo, number) == [(True,) * 4]


def test_a_row_that_is_sent_back_belongs_into_the_meter(demo: Demo, chat: Chat, number: str) -> None:
    chat.says(number)
    row = demo.office.issue(number, "look").rows[2]
    assert "Ini kode 3: masukkan di meter" in chat.says(grouped(row))
    assert "Apakah meter di rumah" in chat.says(f"{Row(row)[:4]} {row[4:]} salah")
    assert told(demo, number) == ["SALAH 3"]


def test_a_number_that_could_be_of_another_customer_is_compared(demo: Demo, chat: Chat, number: str) -> None:
    other = demo.first(DemoCase.DONE).idpel
    with demo.register.write() as connection:
        connection.execute(customers.update().where(customers.c.idpel == other).values(idpel=f"{number}0"))
    assert "Mirip ID Pelanggan lain. Cocokkan dengan meter Anda." in chat.says(number)
    assert len(chat.rows) == 4


def test_in_english(chat: Chat, number: str) -> None:
    assert "answer in English" in chat.says("English please")
    assert "Upgrade codes for meter" in chat.says(number)
    assert "Go on with codes 3 and 4" in chat.says("both accepted")
    assert "kode 3 dan 4" in chat.says("bahasa Indonesia")


def test_two_chats_of_one_meter_do_not_mix(demo: Demo, chat: Chat, number: str) -> None:
    other = Chat(Conversation(demo.office), name="other")
    chat.says(number)
    other.says(number)
    chat.says("benar")
    assert "kode 1 dan 2" in other.says("halo")
    other.says("benar")
    assert claimed(demo, number) == [(True, True), (False, False)]


BY_OTHERS = "sudah dimasukkan. Kalau belum, tulis: ulang dari awal."


@pytest.fixture
def claimed_by_a_stranger(demo: Demo, number: str) -> str:
    """A meter of which somebody who only knows its number said in one message that all is in."""
    stranger = Chat(Conversation(demo.office), name="stranger")
    stranger.says(f"#{number}")
    assert "Semua kode BENAR" in stranger.says("semua benar")
    return number


def test_what_a_stranger_said_is_named_and_set_aside_by_the_display(chat: Chat, claimed_by_a_stranger: str) -> None:
    said = chat.says(claimed_by_a_stranger)
    assert f"kode 1 sampai 4 {BY_OTHERS}" in said
    assert "sudah BENAR" not in said
    assert "belum selesai" in chat.says("1")
    assert "Lanjutkan dengan kode 2" in chat.says("kode 1 benar")
    said = chat.says("kode 2 benar")
    assert "Lanjutkan dengan kode 3 dan 4" in said
    assert "Semua kode BENAR" not in said
    assert len(chat.rows) == 2
    assert "Semua kode BENAR" in chat.says("benar")


@pytest.mark.parametrize("words", ["ulang dari awal", "mulai lagi dari awal ya pak", "start again"])
def test_all_that_a_stranger_said_is_set_aside_by_a_word(
    demo: Demo, chat: Chat, claimed_by_a_stranger: str, words: str
) -> None:
    number = claimed_by_a_stranger
    chat.says(number)
    chat.says("kode")
    said = chat.says(words)
    assert "mulai dari awal" in said
    assert chat.rows == list(demo.office.issue(number, "look").rows[:2])
    assert told(demo, number) == ["1-4 taken back"]
    chat.says("kode")
    assert BY_OTHERS not in chat.answers[0].text
    assert "Lanjutkan dengan kode 3 dan 4" in chat.says("1-2 benar")
    assert "itu wajar" in chat.says("kode 1 salah")


def test_all_is_in_is_never_told_of_what_only_a_stranger_said(chat: Chat, claimed_by_a_stranger: str) -> None:
    chat.says(claimed_by_a_stranger)
    said = chat.says("kode 1 benar")
    assert f"kode 2 sampai 4 {BY_OTHERS}" in said
    assert "Semua kode BENAR" not in said
    # It is refused since it is not in: that is no matter of course.
    assert "Apakah meter di rumah bernomor ini?" in chat.says("kode 2 salah")


@pytest.mark.parametrize("text", ["benar", "kode 1 dan 2 benar"])
def test_who_asks_of_04_too_early_is_not_told_that_all_is_in(demo: Demo, chat: Chat, number: str, text: str) -> None:
    chat.says(number)
    chat.says("04")
    assert "Lanjutkan dengan kode 3 dan 4" in chat.says(text)
    assert claimed(demo, number) == [(True, True), (False, False)]


def test_a_stranger_while_somebody_goes_on_changes_no_answer_of_theirs(demo: Demo, chat: Chat, number: str) -> None:
    chat.says(number)
    other = Chat(Conversation(demo.office), name="other")
    other.says(number)
    other.says("semua benar")
    said = chat.says("benar")
    assert f"kode 3 dan 4 {BY_OTHERS}" in said
    assert "Semua kode BENAR" not in said


def test_who_starts_again_after_two_refusals_is_still_told_to_call(chat: Chat, number: str) -> None:
    chat.says(number)
    chat.says("salah")
    chat.says("ya")
    chat.says("salah")
    assert "Sebelumnya meter menolak dua kali" in chat.says("ulang dari awal")


@pytest.mark.parametrize("case", [DemoCase.FOUR_ROWS, DemoCase.READY_MADE])
@pytest.mark.parametrize("text", ["hasilnya 5", "04: 9"])
def test_a_number_that_no_code_leads_to_is_of_another_meter(demo: Demo, chat: Chat, case: DemoCase, text: str) -> None:
    number = demo.first(case).meter_number
    chat.says(number)
    chat.says("semua benar")
    before = claimed(demo, number)
    said = chat.says(text)
    assert "Angka itu tidak cocok" in said
    assert grouped(number) in said
    assert chat.rows == []
    assert told(demo, number) == ["04 other"]
    assert claimed(demo, number) == before


def test_every_answer_about_codes_says_whose(chat: Chat, number: str) -> None:
    chat.says(number)
    for text in (
        "1 benar",
        "2 benar",
        "3 salah",
        "ya",
        "3 salah",
        "minta petugas datang",
        "ulang",
        "halo",
        "periksa",
        "sudah",
        "belum",
        "benar semua",
        "tidak tahu",
        "4",
        "3",
        "ulang dari awal",
    ):
        assert grouped(number) in chat.says(text), text


def test_the_audit_says_who_acted(demo: Demo, chat: Chat, number: str) -> None:
    chat.says(number)
    chat.says("benar")
    with demo.register.read() as connection:
        actors = connection.exec_driver_sql("SELECT actor, event FROM audit ORDER BY id DESC LIMIT 3").all()
    assert sorted(tuple(row) for row in actors) == [("chat", "issued"), ("chat", "recorded"), ("chat", "recorded")]

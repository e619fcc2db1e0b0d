"""What is sent to each provider, and what is made of its answers: against servers that do as their documents say."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from krn_engine.office.chat.message import Answer, Button, Kind
from krn_engine.office.chat.provider import Address, Do, NotReached, Refused, Sent, Unknown
from krn_engine.office.chat.telegram import Telegram, with_entities
from krn_engine.office.chat.whatsapp import WhatsApp
from krn_engine.row import Hidden
from tests.support.providers import (
    BOT_TOKEN,
    LOST,
    NUMBER_ID,
    TOKEN,
    Providers,
    running,
    telegram_text,
    whatsapp_payload,
    whatsapp_text,
)

BUTTONS = (Button("1-right", "BENAR"), Button("1-wrong", "SALAH"), Button("1-other", "Lainnya"))
ROWS = "Baris:\n```\n1  1234 5678 9012 3456 7890\n2  1111 2222 3333 4444 5555\n```\nGratis ⚡."


@pytest.fixture
def api() -> Iterator[Providers]:
    with running(Providers(pairs=False)) as made:
        yield made


@pytest.fixture
def whatsapp(api: Providers) -> Iterator[WhatsApp]:
    made = WhatsApp(NUMBER_ID, Hidden(TOKEN), f"{api.url}/v26.0")
    yield made
    made.close()


@pytest.fixture
def telegram(api: Providers) -> Iterator[Telegram]:
    made = Telegram(Hidden(BOT_TOKEN), api.url)
    yield made
    made.close()


def test_whatsapp_is_sent_text_and_buttons_by_bsuid_and_number(api: Providers, whatsapp: WhatsApp) -> None:
    assert whatsapp.send(Address("ID.1349", "62812"), Answer(ROWS), "mark-1") == Sent("wamid.1")
    assert whatsapp.send(Address("", "62812"), Answer("Apa?", BUTTONS), "mark-2") == Sent("wamid.2")
    long = Answer("a" * 1025, BUTTONS)
    assert isinstance(whatsapp.send(Address("", "62812"), long, "mark-3"), Sent)
    first, second, third = api.took
    assert (first.chat, first.text, first.mark, "to" in first.sent) == ("ID.1349", ROWS, "mark-1", False)
    titles = [button["reply"]["title"] for button in second.sent["interactive"]["action"]["buttons"]]
    assert (second.chat, titles) == ("62812", ["BENAR", "SALAH", "Lainnya"])
    assert third.sent["type"] == "text"


@pytest.mark.parametrize(
    ("code", "do"),
    [
        *[(code, Do.STOP) for code in (0, 3, 10, 190, 200, 299, 131048, 368, 131031, 130497, 131042)],
        *[(code, Do.REST) for code in (4, 80007, 130429, 131057)],
        (131056, Do.PAIR),
        *[(code, Do.NEVER) for code in (131047, 131026, 131030, 131021, 131051)],
        *[(code, Do.AGAIN) for code in (1, 2, 131000, 131016, 999_999)],
        (131062, Do.BY_NUMBER),
        *[(code, Do.OURS) for code in (100, 131008, 131009)],
    ],
)
def test_every_error_of_whatsapps_table(api: Providers, whatsapp: WhatsApp, code: int, do: Do) -> None:
    api.next["whatsapp"].append(code)
    assert whatsapp.send(Address("", "62812"), Answer("a"), "m") == Refused(code, do)


def test_another_token_is_told_by_its_code(api: Providers) -> None:
    other = WhatsApp(NUMBER_ID, Hidden("other"), f"{api.url}/v26.0")
    assert other.send(Address("", "62812"), Answer("a"), "m") == Refused(190, Do.STOP)
    other.close()
    bot = Telegram(Hidden("other"), api.url)
    assert bot.send(Address("7"), Answer("a"), "m") == Refused(401, Do.STOP)
    bot.close()


def test_an_answer_that_is_lost_is_unknown_and_nobody_there_is_not(api: Providers, whatsapp: WhatsApp) -> None:
    api.next["whatsapp"].append(LOST)
    assert whatsapp.send(Address("", "62812"), Answer("a"), "m") == Unknown()
    assert api.of("62812") == ["a"]
    nobody = WhatsApp(NUMBER_ID, Hidden(TOKEN), "http://127.0.0.1:9/v26.0")
    assert nobody.send(Address("", "62812"), Answer("a"), "m") == NotReached()
    nobody.close()


def test_an_answer_that_is_no_json_tells_nothing(
    api: Providers, whatsapp: WhatsApp, telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy's page, or one that an outage puts in the place of both."""
    monkeypatch.setattr(api, "answer", lambda *_: (400, b"<html>"))
    assert whatsapp.send(Address("", "62812"), Answer("a"), "m") == Unknown()
    assert telegram.send(Address("7"), Answer("a"), "") == Unknown()


def test_telegram_is_sent_entities_buttons_and_the_word_that_a_button_waits_for(
    api: Providers, telegram: Telegram
) -> None:
    assert telegram.send(Address("7", pressed="q1"), Answer(ROWS, BUTTONS), "") == Sent("1")
    assert api.asked == [("answerCallbackQuery", {"callback_query_id": "q1"})]
    sent = api.took[0].sent
    (entity,) = sent["entities"]
    pre = sent["text"].encode("utf-16-le")[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])]
    assert pre.decode("utf-16-le") == "1  1234 5678 9012 3456 7890\n2  1111 2222 3333 4444 5555"
    assert [key[0]["callback_data"] for key in sent["reply_markup"]["inline_keyboard"]] == [b.id for b in BUTTONS]


def test_telegrams_offsets_count_utf_16_units() -> None:
    text, (first, second) = with_entities("😀 ```a```😀```bc```")
    assert (text, first["offset"], second["offset"], second["length"]) == ("😀 a😀bc", 3, 6, 2)


@pytest.mark.parametrize(
    ("code", "result"),
    [
        (429, Refused(429, Do.REST, 1.0)),
        (403, Refused(403, Do.NEVER)),
        (400, Refused(400, Do.OURS)),
        (500, Refused(500, Do.AGAIN)),
        (LOST, Unknown()),
    ],
)
def test_every_error_of_telegrams(api: Providers, telegram: Telegram, code: int | str, result: object) -> None:
    api.next["telegram"].append(code)
    assert telegram.send(Address("7"), Answer("a"), "") == result


# --- what comes

_WHATSAPP = WhatsApp(NUMBER_ID, Hidden(TOKEN))
_TELEGRAM = Telegram(Hidden(BOT_TOKEN))


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"type": "text", "text": {"body": "#1310 ⚡\0"}}, (Kind.TEXT, "#1310 ⚡")),
        ({"type": "text", "text": {"body": 7}}, (Kind.OTHER, "")),
        ({"type": "interactive", "interactive": {"button_reply": {"id": "a", "title": "A"}}}, (Kind.PRESSED, "a")),
        ({"type": "interactive", "interactive": {"list_reply": {"id": "b"}}}, (Kind.PRESSED, "b")),
        ({"type": "button", "button": {"payload": "c", "text": "C"}}, (Kind.PRESSED, "c")),
        ({"type": "image", "image": {"id": "1", "caption": "meter"}}, (Kind.OTHER, "")),
        *[({"type": kind}, (Kind.OTHER, "")) for kind in ("audio", "location", "unsupported", "sticker", "new", None)],
        ({"type": "reaction", "reaction": {"emoji": "👍"}}, None),
        ({"type": "system", "system": {"type": "user_changed_number"}}, None),
    ],
)
def test_what_whatsapp_brings_is_read(message: dict[str, object], said: object) -> None:
    body = json.dumps(whatsapp_payload([{"id": "wamid.A", "from": "62812", **message}])).encode()
    (piece,) = _WHATSAPP.come(body).pieces
    assert _WHATSAPP.read(piece.payload) == said


def test_a_sender_is_known_by_bsuid_by_number_or_by_both() -> None:
    (piece,) = _WHATSAPP.come(json.dumps(whatsapp_text("ID.1349", "wamid.A", "a")).encode()).pieces
    assert (piece.chat, piece.address) == ("ID.1349", Address("ID.1349"))
    message = {"id": "wamid.A", "from": "62812", "type": "text", "text": {"body": "a"}}
    contacts = [{"wa_id": "62811", "user_id": "ID.1"}, {"wa_id": "62812", "user_id": "ID.2"}]
    (piece,) = _WHATSAPP.come(json.dumps(whatsapp_payload([message], contacts=contacts)).encode()).pieces
    assert (piece.chat, piece.address) == ("ID.2", Address("ID.2", "62812"))
    message = {"id": "wamid.A", "from_user_id": "ID.3", "type": "text", "text": {"body": "a"}}
    (piece,) = _WHATSAPP.come(json.dumps(whatsapp_payload([message])).encode()).pieces
    assert (piece.chat, piece.address) == ("ID.3", Address("ID.3"))


def test_statuses_tell_our_mark_and_why_a_message_failed() -> None:
    told: list[dict[str, Any]] = [
        {"id": "wamid.1", "status": "sent", "biz_opaque_callback_data": "mark"},
        {"id": "wamid.1", "status": "failed", "errors": [{"code": 131026, "title": "a"}]},
        {"id": "wamid.1", "status": "failed"},
    ]
    come = _WHATSAPP.come(json.dumps(whatsapp_payload(statuses=told)).encode())
    assert [(one.word, one.mark, one.code) for one in come.statuses] == [
        ("sent", "mark", None),
        ("failed", None, 131026),
        ("failed", None, -1),
    ]
    assert not come.odd


def test_what_telegram_brings_is_read() -> None:
    def came(update: object) -> object:
        come = _TELEGRAM.come(json.dumps(update).encode())
        return [(_TELEGRAM.read(piece.payload), piece.address) for piece in come.pieces] or (*come.odd, *come.passed)

    text = telegram_text(7, 1, "a")
    assert came(text) == [((Kind.TEXT, "a"), Address("7"))]
    assert came({"update_id": 2, "edited_message": text["message"]}) == [((Kind.TEXT, "a"), Address("7"))]
    pressed = {"id": "q", "message": text["message"], "data": "b", "from": {"id": 7}}
    assert came({"update_id": 3, "callback_query": pressed}) == [((Kind.PRESSED, "b"), Address("7", pressed="q"))]
    photo = {"message_id": 1, "chat": {"id": 7, "type": "private"}, "photo": []}
    assert came({"update_id": 4, "message": photo}) == [((Kind.OTHER, ""), Address("7"))]
    group = {"message_id": 1, "chat": {"id": -7, "type": "group"}, "text": "a"}
    assert came({"update_id": 5, "message": group}) == ("group",)
    assert came({"update_id": 6, "my_chat_member": {}}) == ("update",)
    assert came({"update_id": "7"}) == ("no-update",)
    assert came({"update_id": 8, "message": {"chat": 7}}) == ("message",)


def test_nothing_that_is_kept_prints_a_secret_a_text_or_a_number(whatsapp: WhatsApp, telegram: Telegram) -> None:
    (piece,) = _WHATSAPP.come(json.dumps(whatsapp_text("6281299", "wamid.A", "rahasia")).encode()).pieces
    told = repr([whatsapp, telegram, piece, Sent("6281299"), Answer("rahasia")])
    for secret in (TOKEN, BOT_TOKEN, "6281299", "rahasia"):
        assert secret not in told

"""What comes to the addresses of the chats: only their providers' own is kept, all of it, before it is answered for."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from krn_engine.demo import DemoProvince
from krn_engine.office.access.database import Database
from krn_engine.office.chat.provider import Provider
from krn_engine.office.chat.running import Chats, Secrets, answering
from krn_engine.office.chat.store import Store
from krn_engine.office.chat.telegram import Telegram
from krn_engine.office.chat.webhooks import MOST_BYTES, chat_site
from krn_engine.office.chat.whatsapp import WhatsApp
from krn_engine.office.local import LocalOffice
from krn_engine.office.server.app import build_app
from krn_engine.office.wire.asked import PROBLEM, PROBLEM_TYPE, Scope
from krn_engine.register.database import Register
from krn_engine.register.errors import RegisterFull
from krn_engine.row import Hidden
from tests.support.chats import echo
from tests.support.office import Demo
from tests.support.providers import (
    APP_SECRET,
    BOT_SECRET,
    BOT_TOKEN,
    LOST,
    NUMBER_ID,
    TOKEN,
    VERIFY,
    Bringing,
    Providers,
    telegram_headers,
    telegram_text,
    whatsapp_headers,
    whatsapp_payload,
    whatsapp_text,
)
from tests.support.providers import running as providers_running
from tests.support.provinces import register_in
from tests.support.service import Served, running, service_on

SECRETS = Secrets(APP_SECRET, VERIFY, BOT_SECRET)
WORD = "1158201444"
NOBODY = "http://127.0.0.1:9"


@dataclass
class Office:
    """A service that answers chats, and where they come in."""

    served: Served
    chats: Chats

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> requests.Response:
        return self.served.ask("POST", path, body, headers=headers)

    def whatsapp(self, body: bytes, **more: Any) -> requests.Response:
        return self.post("/chat/whatsapp", body, {**whatsapp_headers(body), **more})

    def code(self, answer: requests.Response, status: int = 403) -> str:
        """Of a refusal, which quotes nothing and keeps nothing."""
        assert answer.status_code == status
        assert answer.headers["content-type"] == PROBLEM_TYPE
        problem = PROBLEM.read(answer.json())
        assert not any(said in str(problem) for said in ("halo", "6281", APP_SECRET, VERIFY, BOT_SECRET))
        return problem.code

    def kept(self, what: str = "count(*)", where: str = "true") -> Any:
        with self.chats.store.process.read() as connection:
            return connection.exec_driver_sql(f"SELECT {what} FROM chat_inbox WHERE {where}").scalar()


@contextmanager
def office_of(demo: Demo, folder: Path, database: Database, api: str) -> Iterator[Office]:
    providers: dict[str, Provider] = {
        "whatsapp": WhatsApp(NUMBER_ID, Hidden(TOKEN), f"{api}/v26.0", settles=30.0),
        "telegram": Telegram(Hidden(BOT_TOKEN), api),
    }
    chats = Chats(Store(database, b"key"), providers, SECRETS)
    with (
        service_on(demo, folder, chats=chats) as (service, said),
        running(build_app(service, "0", sites=(chat_site,))) as url,
    ):
        yield Office(Served(url, service, demo, said), chats)
    for provider in providers.values():
        provider.close()


@pytest.fixture
def office(demo: Demo, tmp_path: Path) -> Iterator[Office]:
    with Store.opened(demo.url) as database, office_of(demo, tmp_path, database, NOBODY) as made:
        yield made


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One for all tests of this module that ask for it: what an office refuses has little to do with its database."""
    folder, province = tmp_path_factory.mktemp("office"), DemoProvince(32)
    url = register_in(folder, 32)
    with (
        Register.open(url) as register,
        Store.opened(url) as database,
        office_of(
            Demo(province, register, LocalOffice(register, province.campaign), url), folder, database, NOBODY
        ) as made,
    ):
        yield made


GOOD = json.dumps(whatsapp_text("6281234567890", "wamid.A", "halo")).encode()


def test_what_is_signed_is_kept_once(office: Office) -> None:
    for _ in range(3):
        assert office.whatsapp(GOOD).status_code == 200
    assert office.kept() == 1
    bot = json.dumps(telegram_text(7, 1, "halo")).encode()
    for _ in range(3):
        assert office.post("/chat/telegram", bot, telegram_headers(bot)).status_code == 200
    assert office.kept() == 2


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "sha256=",
        "sha256=" + "0" * 64,
        whatsapp_headers(GOOD)["X-Hub-Signature-256"].upper(),
        whatsapp_headers(GOOD)["X-Hub-Signature-256"].replace("sha256", "sha1"),
        whatsapp_headers(GOOD)["X-Hub-Signature-256"].removeprefix("sha256="),
        whatsapp_headers(GOOD)["X-Hub-Signature-256"] + "0",
        whatsapp_headers(GOOD + b" ")["X-Hub-Signature-256"],
        whatsapp_headers(b"")["X-Hub-Signature-256"],
        whatsapp_headers(GOOD, "other")["X-Hub-Signature-256"],
        whatsapp_headers(GOOD, "")["X-Hub-Signature-256"],
        "sha256=" + "\xe9" * 64,
        "sha256=" + "\uff10" * 64,
    ],
)
def test_another_signature_is_refused_and_nothing_is_kept(one: Office, signature: str | None) -> None:
    before = one.kept()
    headers: dict[str, Any] = {} if signature is None else {"X-Hub-Signature-256": signature.encode("utf-8")}
    assert one.code(one.post("/chat/whatsapp", GOOD, headers)) == "CHT-12"
    assert one.kept() == before


@pytest.mark.parametrize("secret", [None, "", BOT_SECRET[:-1], BOT_SECRET + "a", BOT_SECRET.upper(), "é"])
def test_another_secret_is_refused(one: Office, secret: str | None) -> None:
    before = one.kept()
    body = json.dumps(telegram_text(7, 1, "halo")).encode()
    headers: dict[str, Any] = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret.encode()}
    assert one.code(one.post("/chat/telegram", body, headers)) == "CHT-12"
    assert one.kept() == before


ASKED = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": WORD}


def test_the_challenge_is_answered_with_the_bare_word(one: Office) -> None:
    answer = requests.get(f"{one.served.url}/chat/whatsapp", ASKED, timeout=20)
    assert (answer.status_code, answer.text) == (200, WORD)
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "other",
    [
        {"hub.verify_token": "other"},
        {"hub.verify_token": ""},
        {"hub.verify_token": [VERIFY, "other"]},
        {"hub.mode": "unsubscribe"},
        {"hub.challenge": ""},
        {"hub.challenge": "a\r\nb"},
        {"hub.challenge": "a" * 257},
        {"hub.challenge": "é"},
    ],
)
def test_another_challenge_is_refused(one: Office, other: dict[str, Any]) -> None:
    assert one.code(requests.get(f"{one.served.url}/chat/whatsapp", ASKED | other, timeout=20)) == "CHT-12"


def deep(depth: int) -> bytes:
    return b'{"object":' + b"[" * depth + b"]" * depth + b"}"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "not-json"),
        (b"\xff\xfe", "not-json"),
        (b"hello", "not-json"),
        (b"{", "not-json"),
        (deep(100_000), "not-json"),
        (b'{"a":' + b"9" * 5000 + b"}", "not-json"),
        (b"NaN", "not-an-account"),
        (b"[]", "not-an-account"),
        (b'{"object":"page"}', "not-an-account"),
        (b'{"object":"whatsapp_business_account"}', "nothing"),
        (b'{"object":"whatsapp_business_account","entry":{}}', "entry"),
        (b'{"object":"whatsapp_business_account","entry":[1,null]}', "entry"),
        (b'{"object":"whatsapp_business_account","entry":[{"changes":[7]}]}', "changes"),
        (b'{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"account_update"}]}]}', "field"),
        (json.dumps(whatsapp_payload([])).replace("phone_number_id", "x").encode(), "metadata"),
        (json.dumps(whatsapp_payload([{"id": "wamid.A"}])).encode(), "message"),
        (json.dumps(whatsapp_payload([{"from": "628"}])).encode(), "message"),
        (json.dumps(whatsapp_payload([{"from": ["628"], "id": 7}])).encode(), "message"),
        (json.dumps(whatsapp_payload(statuses=[{"id": "wamid.A"}])).encode(), "status"),
        (json.dumps(whatsapp_payload()).replace("}}]}]}", ',"errors":[{"code":1}]}}]}]}').encode(), "errors"),
    ],
)
def test_what_is_not_as_the_documents_say_is_kept_whole_and_named(one: Office, body: bytes, kind: str) -> None:
    before = one.kept("max(id)") or 0
    assert one.whatsapp(body).status_code == 200
    assert bytes(one.kept("payload", f"aside AND id > {before}")) == body
    told = [event["kind"] for event in one.served.events if event["event"] == "chat-unread"]
    assert told[-1] == kind
    assert "Traceback" not in one.served.said.getvalue()


def test_what_came_to_another_number_of_the_account_is_passed_by(office: Office) -> None:
    both = whatsapp_text("62812", "wamid.other", "halo")
    both["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = "555"
    both["entry"] += whatsapp_text("62812", "wamid.ours", "halo")["entry"]
    assert office.whatsapp(json.dumps(both).encode()).status_code == 200
    assert office.kept() == office.kept(where="waits") == 1
    told = [(event["event"], event["kind"]) for event in office.served.events if event["event"].startswith("chat-")]
    assert told == [("chat-passed", "other-number")]


def test_one_delivery_of_many_entries_with_one_that_is_broken_loses_none(office: Office) -> None:
    parts = [whatsapp_text(f"62812{n}", f"wamid.{n}", f"text {n}") for n in range(5)]
    payload = {"object": parts[0]["object"], "entry": [part["entry"][0] for part in parts] + [7]}
    payload["entry"][1]["changes"] *= 2
    payload["entry"][2]["changes"].append({"field": "x"})
    assert office.whatsapp(json.dumps(payload).encode()).status_code == 200
    assert office.kept(where="waits") == 5
    assert office.kept(where="aside") == 1


def test_three_megabytes_are_taken_and_one_byte_more_is_not(one: Office) -> None:
    body = json.dumps(whatsapp_text("62812", "wamid.long", "a" * 2_000_000)).encode()
    body += b" " * (MOST_BYTES - len(body))
    before = one.kept(where="waits")
    assert one.whatsapp(body).status_code == 200
    assert one.kept(where="waits") == before + 1
    assert one.code(one.whatsapp(body + b" "), 413) == "NET-08"


def test_where_nothing_can_be_kept_the_provider_is_told_to_come_again(
    one: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise RegisterFull("the disk is full")

    before = one.kept()
    monkeypatch.setattr(one.chats.store.inbox, "put", full)
    assert one.code(one.whatsapp(GOOD), 503) == "REG-05"
    monkeypatch.undo()
    assert one.kept() == before


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_a_database_of_the_chats_that_is_held_holds_up_nobody_else(office: Office) -> None:
    """On a server nobody waits for another's transaction."""
    deliveries = [json.dumps(whatsapp_text("62812", f"wamid.{n}", "halo")).encode() for n in range(14)]
    process, kept = office.chats.store.process, office.kept()
    token = office.served.token(Scope.KIOSK)
    with ThreadPoolExecutor(len(deliveries)) as at_once, process.change():
        waiting = [at_once.submit(office.whatsapp, body) for body in deliveries]
        time.sleep(0.5)
        asked = office.served.ask("POST", "/v1/find", {"text": "131012312312"}, token)
        assert asked.status_code == 200
        # That did not wait until the first of them gave up.
        assert not any(one.done() for one in waiting)
        answers = [one.result(timeout=8) for one in waiting]
    assert {office.code(answer, 503) for answer in answers} == {"REG-06"}
    assert office.kept() == kept
    assert office.whatsapp(deliveries[0]).status_code == 200


def test_other_methods_and_providers_that_are_not_set_up_have_no_address(demo: Demo, tmp_path: Path) -> None:
    with service_on(demo, tmp_path) as (service, _), running(build_app(service, "0", sites=(chat_site,))) as url:
        assert requests.post(f"{url}/chat/whatsapp", b"{}", timeout=20).status_code == 404
        assert requests.post(f"{url}/chat/telegram", b"{}", timeout=20).status_code == 404


def test_a_name_is_not_kept_and_the_log_has_no_number(office: Office) -> None:
    office.whatsapp(GOOD)
    office.whatsapp(b"6281234567890")
    assert b"Nama Rahasia" not in bytes(office.kept("payload", "waits"))
    told = office.served.said.getvalue()
    assert "6281234567890" not in told
    assert "halo" not in told


# --- any shape

_LEAVES = st.none() | st.booleans() | st.integers(-5, 10**20) | st.floats() | st.text(max_size=5)
_NAMES = st.sampled_from(
    ["object", "entry", "changes", "value", "field", "messages", "statuses", "contacts", "from", "id", "type", "text"]
)
_ANY = st.recursive(_LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4))
_MESSAGES = st.lists(
    st.fixed_dictionaries(
        {"id": st.text(min_size=1, max_size=8) | _ANY, "from": st.text(max_size=8) | _ANY},
        optional={
            "type": st.sampled_from(["text", "image", "button", "interactive", "system", "x"]) | _ANY,
            "text": _ANY,
        },
    )
    | _ANY,
    max_size=4,
)


@st.composite
def payloads(draw: st.DrawFn) -> Any:
    some: Any = st.lists(_ANY, max_size=2)
    messages: Any = draw(_MESSAGES)
    payload = whatsapp_payload(messages, draw(some), draw(some))
    if draw(st.booleans()):
        payload["entry"][0]["changes"][0]["value"] = draw(_ANY)
    return draw(st.just(payload) | _ANY)


def of_whatsapp(payload: Any) -> set[str]:
    """The names of the messages that can be answered: the same rules, written once more."""
    found = set()
    if isinstance(payload, dict) and payload.get("object") == "whatsapp_business_account":
        value = payload["entry"][0]["changes"][0]["value"]
        messages = value.get("messages") if isinstance(value, dict) and "metadata" in value else None
        for message in messages if isinstance(messages, list) else []:
            named, number = (message.get("id"), message.get("from")) if isinstance(message, dict) else (None, None)
            if isinstance(named, str) and 0 < len(named) <= 512 and isinstance(number, str) and 0 < len(number) <= 512:
                found.add(named)
    return found


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(payloads())
def test_whatever_a_delivery_holds_its_messages_are_found_and_the_rest_is_named(payload: Any) -> None:
    body = json.dumps(payload).encode()
    come = WhatsApp(NUMBER_ID, Hidden(TOKEN)).come(body)
    assert of_whatsapp(payload) <= {piece.id for piece in come.pieces}
    assert come.pieces or come.statuses or come.odd
    for piece in come.pieces:
        said = WhatsApp(NUMBER_ID, Hidden(TOKEN)).read(piece.payload)
        assert said is None or "\0" not in said[1]


@settings(max_examples=100)
@given(
    st.fixed_dictionaries(
        {"update_id": st.integers() | _ANY},
        optional={
            "message": _ANY | st.fixed_dictionaries({"chat": _ANY, "text": st.text(max_size=9) | _ANY}),
            "edited_message": _ANY,
            "callback_query": _ANY | st.fixed_dictionaries({"id": _ANY, "message": _ANY, "data": _ANY}),
        },
    )
    | _ANY
)
def test_the_same_of_telegram(payload: Any) -> None:
    bot = Telegram(Hidden(BOT_TOKEN))
    come = bot.come(json.dumps(payload).encode())
    assert come.pieces or come.odd or come.passed
    for piece in come.pieces:
        assert bot.read(piece.payload) is not None


@settings(max_examples=40)
@given(payload=payloads(), signed=st.booleans())
def test_every_delivery_is_answered_200_or_403(one: Office, payload: Any, signed: bool) -> None:
    body = json.dumps(payload).encode()
    before = one.kept()
    if signed:
        assert one.whatsapp(body).status_code == 200
        return
    assert one.post("/chat/whatsapp", body, {"X-Hub-Signature-256": "sha256=" + "0" * 64}).status_code == 403
    assert one.kept() == before


# --- the whole way


@pytest.fixture
def api() -> Iterator[Providers]:
    with providers_running(Providers()) as made:
        yield made


def test_the_whole_way_by_both_providers_with_doubles_losses_and_statuses(
    demo: Demo, tmp_path: Path, api: Providers
) -> None:
    with (
        Store.opened(demo.url) as database,
        office_of(demo, tmp_path, database, api.url) as office,
        answering(office.chats, dict.fromkeys(office.chats.providers, echo), office.served.service.log),
    ):
        bringing = Bringing(office.served.url, doubles=0.5)
        api.tells = bringing.bring
        api.next["whatsapp"].extend([LOST, 131000, LOST])
        api.next["telegram"].extend([429, LOST])
        try:
            for number in range(6):
                bringing.bring(whatsapp_text("ID.1349", f"wamid.{number}", f"w{number}"))
            for number in range(3):
                bringing.bring(telegram_text(7, number, f"t{number}"))
            assert api.wait_for(lambda: len(api.took) >= 9, 40)
            store = office.chats.store
            assert api.wait_for(lambda: store.figures().leaving == 0, 20)
        finally:
            bringing.end()
        # A busy machine may be late, and says so.
        by_whatsapp, by_telegram = (
            [text for text in api.of(chat) if not text.startswith("Pesan Anda")] for chat in ("ID.1349", "7")
        )
        assert sorted(text.split(": ")[1] for text in by_whatsapp) == [f"w{n}" for n in range(6)]
        assert {text.split(": ")[1] for text in by_telegram} == {f"t{n}" for n in range(3)}
        again = [text for text in by_telegram if text.startswith("Mungkin")]
        assert (len(by_telegram), len(again)) == (4, 1)
        assert "failed" not in office.served.said.getvalue()
        told = office.served.ask("GET", "/metrics", token=office.served.token(Scope.REPORT)).text
    assert 'krn_chat_messages_total{provider="whatsapp",what="handled"} 6.0' in told
    assert "krn_chat_waiting 0.0" in told

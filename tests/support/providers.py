"""WhatsApp's and Telegram's servers, as their documents have them: limits, errors, statuses, webhooks that come again.

They run on loopback in threads of the test's own process. What they took is remembered by chat, and so is what an
office's answers are counted by: our mark, where the provider has one.
"""

import hashlib
import hmac
import json
import random
import re
import socket
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

NUMBER_ID = "106540352242922"
TOKEN, APP_SECRET, VERIFY = "EAAJB-test", "app-secret-of-the-test", "verify-of-the-test"
BOT_TOKEN, BOT_SECRET = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", "secret_of-the-test"
PAIR_SECONDS, PAIR_BURST = 6.0, 45
LOST = "lost"
"""In the place of an error's code: it is taken, and its answer is lost."""
_WHATSAPP = re.compile(r"/v\d+\.\d/(\d+)/messages")
_TELEGRAM = re.compile(r"/bot([^/]+)/(\w+)")


@dataclass(frozen=True)
class Took:
    """A message that a provider has taken."""

    chat: str
    text: str
    mark: str
    at: float
    sent: dict[str, Any] = field(repr=False)


@dataclass
class Providers:
    """Both. `per_second` and `pairs` are their limits; `loses`: how often an answer is lost, of one."""

    per_second: float = 80.0
    pairs: bool = True
    loses: float = 0.0
    tells: Callable[[dict[str, Any]], None] = lambda _payload: None
    """Where statuses go."""
    seed: int = 1
    url: str = ""
    took: list[Took] = field(default_factory=list)
    next: dict[str, deque[int | str]] = field(default_factory=lambda: {"whatsapp": deque(), "telegram": deque()})
    """Codes that the next messages of each are refused with."""
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Whatever else was asked."""
    heard: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._by_chat: dict[str, list[Took]] = defaultdict(list)
        self._times: dict[str, deque[float]] = defaultdict(deque)
        self._debts: dict[str, tuple[float, float]] = {}

    def of(self, chat: str) -> list[str]:
        """What one chat was sent."""
        with self.heard:
            return [took.text for took in self._by_chat[chat]]

    def wait_for(self, holds: Callable[[], bool], seconds: float = 20.0) -> bool:
        """Until something is so; gives whether it is."""
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                return False
            with self.heard:
                self.heard.wait(0.05)
        return True

    # --- what an office sends

    def answer(self, path: str, token: str, sent: dict[str, Any]) -> tuple[int, dict[str, Any] | bytes] | None:
        """Status and content, of JSON or as it is; None: nothing comes back."""
        of_whatsapp, of_telegram = _WHATSAPP.fullmatch(path), _TELEGRAM.fullmatch(path)
        if of_whatsapp is not None:
            return self._whatsapp(of_whatsapp[1], token, sent)
        if of_telegram is not None:
            return self._telegram(of_telegram[1], of_telegram[2], sent)
        return 404, {"error": {"message": "Unknown path components", "code": 2500}}

    def _whatsapp(self, number: str, token: str, sent: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        if token != f"Bearer {TOKEN}":
            return 401, _error(190, "Error validating access token")
        if number != NUMBER_ID:
            return 400, _error(100, "Unsupported post request")
        chat = sent.get("to") or sent.get("recipient")
        text = _text_of(sent)
        if chat is None or text is None:
            return 400, _error(131008 if chat is None else 131009, "(#131009) Parameter value is not valid")
        with self.heard:
            code = self._next("whatsapp")
            code = code if code is not None else self._limited(chat, PAIR_SECONDS, PAIR_BURST, 131056, 130429)
            lost = code == LOST or self._chance.random() < self.loses
            if code is not None and code != LOST:
                return 429 if code in (130429, 131056) else 400, _error(int(code), "refused")
            took = self._take(chat, text, sent.get("biz_opaque_callback_data", ""), sent)
            named = f"wamid.{len(self.took)}"
        for word in ("sent", "delivered", "read"):
            status = {"id": named, "status": word, "timestamp": f"{took.at:.0f}", "recipient_id": chat}
            if took.mark:
                status["biz_opaque_callback_data"] = took.mark
            self.tells(whatsapp_payload(statuses=[status]))
        if lost:
            return None
        contact = {"input": chat, "wa_id": chat}
        return 200, {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": named}]}

    def _telegram(self, token: str, method: str, sent: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        if token != BOT_TOKEN:
            return 401, {"ok": False, "error_code": 401, "description": "Unauthorized"}
        if method != "sendMessage":
            self.asked.append((method, sent))
            return 200, {"ok": True, "result": True}
        chat, text = str(sent.get("chat_id")), sent.get("text")
        if not isinstance(text, str) or not 0 < len(text) <= 4096:
            return 400, {"ok": False, "error_code": 400, "description": "Bad Request: message text is empty"}
        with self.heard:
            code = self._next("telegram")
            code = code if code is not None else self._limited(chat, 1.0, 1, 429, 429)
            lost = code == LOST or self._chance.random() < self.loses
            if code is not None and code != LOST:
                rest = {"parameters": {"retry_after": 1}} if code == 429 else {}
                return int(code), {"ok": False, "error_code": code, "description": "refused", **rest}
            self._take(chat, text, "", sent)
            named = len(self.took)
        return None if lost else (200, {"ok": True, "result": {"message_id": named, "chat": {"id": int(chat)}}})

    def _next(self, name: str) -> int | str | None:
        return self.next[name].popleft() if self.next[name] else None

    def _limited(self, chat: str, seconds: float, burst: int, pair: int, all_of_them: int) -> int | None:
        now = time.monotonic()
        times = self._times["all"]
        while times and times[0] < now - 1.0:
            times.popleft()
        if len(times) >= self.per_second * 1.1:
            return all_of_them
        if self.pairs:
            debt, at = self._debts.get(chat, (0.0, now))
            debt = max(0.0, debt - (now - at) / seconds * 1.05)
            if debt > burst - 0.95:
                return pair
            self._debts[chat] = (debt + 1.0, now)
        times.append(now)
        return None

    def _take(self, chat: str, text: str, mark: str, sent: dict[str, Any]) -> Took:
        took = Took(chat, text, mark, time.time(), sent)
        self.took.append(took)
        self._by_chat[chat].append(took)
        self.heard.notify_all()
        return took


def _error(code: int, message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1"}}


def _text_of(sent: dict[str, Any]) -> str | None:
    """What is shown; None: it is not as the documents say."""
    if sent.get("messaging_product") != "whatsapp" or sent.get("recipient_type") != "individual":
        return None
    kind = sent.get("type")
    if kind == "text":
        text, longest = sent["text"]["body"], 4096
    elif kind == "interactive":
        text, longest = sent["interactive"]["body"]["text"], 1024
        buttons = [button["reply"] for button in sent["interactive"]["action"]["buttons"]]
        titles = [button["title"] for button in buttons]
        if not 0 < len(buttons) <= 3 or len(set(titles)) != len(titles) or not all(0 < len(t) <= 20 for t in titles):
            return None
    else:
        return None
    return text if isinstance(text, str) and 0 < len(text) <= longest else None


@contextmanager
def running(providers: Providers) -> Iterator[Providers]:
    """They listen on a port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told = providers.answer(self.path, self.headers.get("Authorization", ""), json.loads(body))
            if told is None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            status, content = told
            answer = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Who is killed breaks off."""

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        providers.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield providers
        finally:
            server.shutdown()
            thread.join()


# --- what they bring


def whatsapp_payload(
    messages: list[dict[str, Any]] | None = None,
    statuses: list[dict[str, Any]] | None = None,
    contacts: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """One delivery."""
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "628001234567", "phone_number_id": NUMBER_ID},
    }
    given = {"contacts": contacts, "messages": messages, "statuses": statuses}
    value |= {name: what for name, what in given.items() if what is not None}
    entry = {"id": "102290129340398", "changes": [{"field": "messages", "value": value}]}
    return {"object": "whatsapp_business_account", "entry": [entry]}


def whatsapp_text(chat: str, name: str, text: str) -> dict[str, Any]:
    """One text of somebody; a chat that is no telephone number has a BSUID alone."""
    message: dict[str, Any] = {"id": name, "timestamp": "1800000000", "type": "text", "text": {"body": text}}
    contact: dict[str, Any] = {"profile": {"name": "Nama Rahasia"}}
    if chat.isdigit():
        message["from"] = contact["wa_id"] = chat
    else:
        contact["user_id"] = chat
    return whatsapp_payload([message], contacts=[contact])


def telegram_text(chat: int, update: int, text: str) -> dict[str, Any]:
    """One text of somebody."""
    person = {"id": chat, "is_bot": False, "first_name": "Nama Rahasia"}
    said = {"message_id": update, "from": person, "chat": {"id": chat, "type": "private"}, "date": 1, "text": text}
    return {"update_id": update, "message": said}


def whatsapp_headers(body: bytes, secret: str = APP_SECRET) -> dict[str, str]:
    """As Meta signs."""
    made = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Hub-Signature-256": f"sha256={made}", "Content-Type": "application/json"}


def telegram_headers(_body: bytes) -> dict[str, str]:
    """As Telegram shows that it is Telegram."""
    return {"X-Telegram-Bot-Api-Secret-Token": BOT_SECRET, "Content-Type": "application/json"}


@dataclass
class Bringing:
    """Brings webhooks to an office: again until it is answered 200, some twice, and not in their order."""

    url: str
    threads: int = 4
    doubles: float = 0.0
    seed: int = 1
    seconds: list[float] = field(default_factory=list)
    """How long each answer of 200 took."""
    refused: int = 0
    """How often an answer was another one, or none."""

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._waiting: deque[tuple[str, bytes, int]] = deque()
        self._some = threading.Condition()
        self._over = False
        self._busy = 0
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(self.threads)]
        for thread in self._threads:
            thread.start()

    def bring(self, payload: dict[str, Any]) -> None:
        """One delivery, soon."""
        path = "/chat/whatsapp" if "object" in payload else "/chat/telegram"
        one = (path, json.dumps(payload).encode(), 0)
        with self._some:
            self._waiting.append(one)
            if self._chance.random() < self.doubles:
                self._waiting.insert(self._chance.randrange(len(self._waiting) + 1), one)
            self._some.notify()

    def end(self) -> None:
        """Nothing more is brought."""
        with self._some:
            self._over = True
            self._some.notify_all()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        host, _, port = self.url.removeprefix("http://").partition(":")
        with closing(HTTPConnection(host, int(port), timeout=20)) as line:
            while True:
                with self._some:
                    self._some.wait_for(lambda: self._waiting or self._over)
                    if self._over:
                        return
                    path, body, tries = self._waiting.popleft()
                if not self._one(line, path, body):
                    time.sleep(min(2.0, 0.05 * 2**tries))
                    with self._some:
                        self._waiting.append((path, body, tries + 1))
                        self._some.notify()

    def _one(self, line: HTTPConnection, path: str, body: bytes) -> bool:
        headers = whatsapp_headers(body) if path == "/chat/whatsapp" else telegram_headers(body)
        began = time.monotonic()
        try:
            line.request("POST", path, body, headers)
            answer = line.getresponse()
            answer.read()
            done = answer.status == 200
        except (OSError, HTTPException):
            line.close()
            done = False
        if done:
            self.seconds.append(time.monotonic() - began)
        else:
            self.refused += 1
        return done


class Statuses:
    """Collects statuses, and brings those of a quarter of a second in one delivery, as a provider under load does."""

    def __init__(self, bring: Callable[[dict[str, Any]], None]) -> None:
        self._bring = bring
        self._waiting: list[dict[str, Any]] = []
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __call__(self, payload: dict[str, Any]) -> None:
        with self._lock:
            self._waiting += payload["entry"][0]["changes"][0]["value"]["statuses"]

    def end(self) -> None:
        """Those that wait are brought."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        over = False
        while not over:
            over = self._over.wait(0.25)
            with self._lock:
                waiting, self._waiting = self._waiting, []
            for at in range(0, len(waiting), 300):
                self._bring(whatsapp_payload(statuses=waiting[at : at + 300]))

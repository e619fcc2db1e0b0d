"""The demo's people who are not at a kiosk: a telephone at home, a chat, and somebody at the office's pages.

They ask as a browser and a provider would, over HTTP. The provider stands beside them, on this machine alone.
"""

import json
import re
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests

PATIENCE = 20.0
"""Seconds within which anything is answered."""
BOT_TOKEN = "1:demo"  # noqa: S105  nobody but the stand-in takes it
BOT_SECRET = "demo-not-a-secret"  # noqa: S105  it says so
_CHAT = 1


class Telephone:
    """The page that the QR code leads to: its secret stays in the fragment, and goes in a header."""

    def __init__(self, address: str) -> None:
        self._page, _, self._secret = address.partition("#")

    def opens(self) -> dict[str, Any]:
        """What the page is told of the rows. Raises requests.RequestException for an office that refuses it."""
        requests.get(self._page, timeout=PATIENCE).raise_for_status()
        return self._asks("rows", {})

    def says_in(self, row: int) -> dict[str, Any]:
        """The meter showed BENAR to the rows up to this number."""
        return self._asks("said", {"said": [{"kind": "in", "id": str(uuid.uuid4()), "row": row}]})

    def _asks(self, what: str, content: Any) -> dict[str, Any]:
        bearer = {"Authorization": f"Bearer {self._secret}"}
        answer = requests.post(f"{self._page}/{what}", json=content, headers=bearer, timeout=PATIENCE)
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told


@dataclass
class Chat:
    """Somebody who writes to the office's bot, and the provider that carries it."""

    settings: str
    """The office's file of chats, for this provider."""
    came: list[str] = field(default_factory=list)
    """What the bot has answered."""
    heard: threading.Condition = field(default_factory=threading.Condition)
    _written: int = 0

    def writes(self, office: str, text: str) -> str:
        """What is answered to it. Raises TimeoutError where nothing is."""
        with self.heard:
            before = len(self.came)
        self._written += 1
        update = {
            "update_id": self._written,
            "message": {
                "message_id": self._written,
                "date": 0,
                "chat": {"id": _CHAT, "type": "private"},
                "from": {"id": _CHAT, "is_bot": False, "first_name": "-"},
                "text": text,
            },
        }
        secret = {"X-Telegram-Bot-Api-Secret-Token": BOT_SECRET}
        requests.post(f"{office}/chat/telegram", json=update, headers=secret, timeout=PATIENCE).raise_for_status()
        with self.heard:
            if not self.heard.wait_for(lambda: len(self.came) > before, PATIENCE):
                raise TimeoutError("the chat was not answered")
            return self.came[-1]


@contextmanager
def chat(folder: Path) -> Iterator[Chat]:
    """A bot's provider on this machine, as long as this lasts; what the office has to know lies in the folder."""
    for name, secret in (("token", BOT_TOKEN), ("secret", BOT_SECRET)):
        file = folder / f"telegram-{name}"
        file.touch(mode=0o600)
        file.write_text(secret + "\n")
    made = Chat("")

    class Provider(BaseHTTPRequestHandler):
        """Takes every message."""

        def do_POST(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
            result: Any = True
            if self.path.endswith("/sendMessage"):
                with made.heard:
                    made.came.append(str(sent["text"]))
                    result = {"message_id": len(made.came), "date": 0, "chat": {"id": _CHAT, "type": "private"}}
                    made.heard.notify_all()
            content = json.dumps({"ok": True, "result": result}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: Any) -> None:
            """It has no log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.settings = (
        f'[telegram]\napi = "http://127.0.0.1:{server.server_port}"\n'
        f'token_file = "{folder / "telegram-token"}"\nsecret_file = "{folder / "telegram-secret"}"\n'
    )
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()


_INPUT = re.compile(r'<input[^>]*name="([^"]*)"[^>]*value="([^"]*)"')


class AtThePages:
    """Somebody of the office at its pages, as a browser without scripts."""

    def __init__(self, office: str) -> None:
        self._office = office
        self._line = requests.Session()

    def signs_in(self, name: str, secret: str) -> str:
        """The page behind it."""
        self._opens("/web/sign-in")
        return self._sends("/web/sign-in", name=name, secret=secret)

    def looks_up(self, number: str) -> str:
        """What stands there of this meter."""
        self._opens("/web/look-up")
        return self._sends("/web/look-up", number=number)

    def close(self) -> None:
        """Leave."""
        self._line.close()

    def _opens(self, path: str) -> None:
        self._page = self._line.get(self._office + path, timeout=PATIENCE)
        self._page.raise_for_status()

    def _sends(self, action: str, **filled: str) -> str:
        form = self._page.text.partition(f'action="{action}"')[2].partition("</form>")[0]
        hidden = {name: unescape(value) for name, value in _INPUT.findall(form)}
        answer = self._line.post(self._office + action, data=hidden | filled, timeout=PATIENCE)
        answer.raise_for_status()
        return unescape(answer.text)

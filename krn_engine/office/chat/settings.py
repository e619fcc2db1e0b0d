"""The file of the chats: by which numbers and bots an office answers. TOML, read strictly; it holds no secret.

What is in each table is declared here once, for the reader and for docs/config.md::

    [whatsapp]
    phone_number_id = "106540352242922"
    [telegram]
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from krn_engine.issuing.secret import Secret, secret_of
from krn_engine.issuing.settings_file import read_file, top_table
from krn_engine.office.chat import telegram, whatsapp
from krn_engine.office.chat.errors import ChatSecretMissing, ChatSettingsInvalid
from krn_engine.office.chat.provider import Provider
from krn_engine.office.chat.running import Secrets
from krn_engine.office.chat.telegram import SECRET_SIGNS, Telegram
from krn_engine.office.chat.whatsapp import WhatsApp
from krn_engine.office.client.address import is_this_machine
from krn_engine.setting import Explained, values_of
from krn_engine.strict_toml import StrictTable

WHATSAPP_TOKEN, WHATSAPP_SECRET, WHATSAPP_VERIFY = "krn-whatsapp-token", "krn-whatsapp-secret", "krn-whatsapp-verify"
TELEGRAM_TOKEN, TELEGRAM_SECRET = "krn-telegram-token", "krn-telegram-secret"
"""Names of systemd credentials."""
WHAT = "file of the chats"
_API = "where its interface is, over HTTPS; plain HTTP on this machine alone"
_RATES = range(1, 1001)


@dataclass(frozen=True, slots=True)
class WhatsAppSettings:
    """`[whatsapp]`: a number of the WhatsApp Cloud API."""

    phone_number_id: Annotated[str, Explained("what Meta calls the office's number: digits, not the number itself")]
    token_file: Annotated[
        Path | None,
        Explained(
            "file with the access token, readable by its owner only",
            unset=f"the systemd credential `{WHATSAPP_TOKEN}`",
        ),
    ] = None
    app_secret_file: Annotated[
        Path | None,
        Explained(
            "file with the app's secret, by which Meta signs what it brings",
            unset=f"the systemd credential `{WHATSAPP_SECRET}`",
        ),
    ] = None
    verify_token_file: Annotated[
        Path | None,
        Explained(
            "file with the word that Meta's dashboard is given beside the address",
            unset=f"the systemd credential `{WHATSAPP_VERIFY}`",
        ),
    ] = None
    per_second: Annotated[
        int,
        Explained(
            "messages a second that the number is allowed, in and out together (80, or 1000 after Meta's upgrade)",
            choices=_RATES,
        ),
    ] = whatsapp.PER_SECOND
    api: Annotated[str, Explained(_API)] = whatsapp.API


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """`[telegram]`: a Telegram bot."""

    token_file: Annotated[
        Path | None,
        Explained(
            "file with the bot's token, readable by its owner only",
            unset=f"the systemd credential `{TELEGRAM_TOKEN}`",
        ),
    ] = None
    secret_file: Annotated[
        Path | None,
        Explained(
            "file with the `secret_token` that the webhook is set with",
            unset=f"the systemd credential `{TELEGRAM_SECRET}`",
        ),
    ] = None
    per_second: Annotated[int, Explained("messages a second that the bot sends at most", choices=_RATES)] = (
        telegram.PER_SECOND
    )
    api: Annotated[str, Explained(_API)] = telegram.API


TABLES: tuple[tuple[str, type], ...] = (("[whatsapp]", WhatsAppSettings), ("[telegram]", TelegramSettings))
"""Every table of the file, in the order of the documentation."""


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """What the file says. A provider that it has no table for is not there."""

    whatsapp: WhatsAppSettings | None = None
    telegram: TelegramSettings | None = None

    @classmethod
    def parse(cls, text: str) -> "ChatSettings":
        """From the text of the file. Raises ChatSettingsInvalid with everything that is wrong."""
        table = top_table(text, WHAT, ChatSettingsInvalid)
        found: dict[str, dict[str, Any]] = {}
        for name, kind in (("whatsapp", WhatsAppSettings), ("telegram", TelegramSettings)):
            if table.has(name):
                inner = table.table(name)
                found[name] = values_of(kind, inner)
                _check(inner, found[name])
        problems = table.problems()
        if not found and not problems:
            problems = ["it names no chat: give it a table [whatsapp] or [telegram]"]
        if problems:
            raise ChatSettingsInvalid(f"the {WHAT} cannot be used: " + "; ".join(problems))
        return cls(
            WhatsAppSettings(**found["whatsapp"]) if "whatsapp" in found else None,
            TelegramSettings(**found["telegram"]) if "telegram" in found else None,
        )

    @classmethod
    def read(cls, path: Path) -> "ChatSettings":
        """From a file. Raises ChatSettingsInvalid, which names it."""
        return read_file(path, WHAT, "Name another in the setting chats", ChatSettingsInvalid, cls.parse)

    def opened(self) -> tuple[dict[str, Provider], Secrets]:
        """The providers by their names, and by what they are known. Raises ChatSecretMissing."""
        providers: dict[str, Provider] = {}
        app_secret = verify_token = telegram_secret = ""
        if self.whatsapp is not None:
            told = self.whatsapp
            token = _secret(told.token_file, WHATSAPP_TOKEN, "access token of WhatsApp")
            app_secret = str(_secret(told.app_secret_file, WHATSAPP_SECRET, "app secret of WhatsApp"))
            verify_token = str(_secret(told.verify_token_file, WHATSAPP_VERIFY, "verify token of WhatsApp"))
            made = WhatsApp(told.phone_number_id, token, told.api.rstrip("/"), told.per_second)
            providers[made.name] = made
        if self.telegram is not None:
            bot = self.telegram
            token = _secret(bot.token_file, TELEGRAM_TOKEN, "token of the Telegram bot")
            telegram_secret = str(_secret(bot.secret_file, TELEGRAM_SECRET, "secret of the Telegram webhook"))
            if SECRET_SIGNS.fullmatch(telegram_secret) is None:
                raise ChatSecretMissing("the secret of the Telegram webhook has 1 to 256 of A-Z, a-z, 0-9, _ and -")
            chat = Telegram(token, bot.api.rstrip("/"), bot.per_second)
            providers[chat.name] = chat
        return providers, Secrets(app_secret, verify_token, telegram_secret)


def _secret(file: Path | None, name: str, what: str) -> Secret:
    return secret_of(file, name, what, ChatSecretMissing)


def _check(table: StrictTable, values: dict[str, Any]) -> None:
    """What types do not say. Both stand in an address."""
    number = values.get("phone_number_id", "0")
    if isinstance(number, str) and not (number.isascii() and number.isdigit()):
        table.refuse("phone_number_id", "has digits alone: Meta's dashboard shows it beside the number")
    if "api" in values:
        try:
            parts = urlsplit(str(values["api"]))
            host = parts.hostname or ""
        except ValueError:
            host, parts = "", urlsplit("")
        safe = parts.scheme == "https" or (parts.scheme == "http" and is_this_machine(host))
        if not host or not safe or parts.username or parts.query or parts.fragment:
            table.refuse("api", "must be an address that begins with https://")

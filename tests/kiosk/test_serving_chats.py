"""The chats of a service converse by the office's settings."""

from pathlib import Path

from kiosk.serving import _conversation
from kiosk.settings.config import Config
from krn_engine.issuing.campaign import Campaign
from krn_engine.office.local import LocalOffice
from krn_engine.register.database import Register
from tests.support.chatting import Chat
from tests.support.places import Files


def test_they_know_the_units_that_other_offices_serve_and_the_help_line(tmp_path: Path) -> None:
    config = Config(Files(tmp_path).register(16), other_units=("98 ULP Contoh 0000-1",), help_line="0800")
    with Register.open(config.register) as register:
        chat = Chat(_conversation(config, LocalOffice(register, Campaign.default()), "chat test"))
        assert "dilayani ULP Contoh. Silakan hubungi 0000-1 atau 0800." in chat.says("980000000000")

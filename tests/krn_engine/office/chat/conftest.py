"""A chat with an office on a demo province, on both engines."""

import pytest

from krn_engine.office.chat.conversation import Conversation
from krn_engine.office.chat.elsewhere import OtherUnit
from tests.support.chatting import Chat
from tests.support.office import Demo

OTHERS = (OtherUnit("98", "UP3 Contoh", "0000-1"), OtherUnit("98002", "ULP Contoh Dua", "0000-2"))


@pytest.fixture
def chat(demo: Demo, request: pytest.FixtureRequest) -> Chat:
    """Somebody who has not written yet. No two tests have a message of one name, also where they share an office."""
    return Chat(Conversation(demo.office.acting_for("chat"), others=OTHERS), name=request.node.name)

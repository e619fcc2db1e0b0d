"""Any message at any moment of a conversation: answered within the limits, the same when it is handled again, and with
nothing of anybody else."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from krn_engine.demo import DEMO_DAY, DemoCase, DemoProvince
from krn_engine.office.chat.buttons import meanings
from krn_engine.office.chat.conversation import Conversation
from krn_engine.office.chat.message import Kind, Known
from krn_engine.office.chat.vocabulary import SAID, TOPICS
from krn_engine.office.local import LocalOffice
from krn_engine.office.words.texts import LANGUAGES
from krn_engine.register.database import Register
from tests.support.chatting import Chat
from tests.support.office import Demo
from tests.support.places import Files

PROVINCE = DemoProvince(32)
CASES = (DemoCase.FOUR_ROWS, DemoCase.EA11, DemoCase.HALF_DONE, DemoCase.READY_MADE, DemoCase.DONE, DemoCase.BLOCKED)
NUMBERS = [number for case in CASES for number in (PROVINCE.first(case).idpel, PROVINCE.first(case).meter_number)]
WORDS = [
    *SAID,
    *(phrase for _, phrases in TOPICS for phrase in phrases),
    "semua",
    "kode",
    "pasangan",
    "04",
    "?",
    *"012345",
]
BUTTON = "button "
"""Begins what is pressed: a verb and a number, of the codes that are talked of."""

numbers = st.sampled_from(NUMBERS)
sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
buttons = st.tuples(st.sampled_from(sorted(meanings())), st.integers(0, 9)).map(lambda of: f"{BUTTON}{of[0]}.{of[1]}")
messages = st.one_of(
    numbers, sentences, sentences, buttons, st.text(max_size=40), st.text("0123456789 #-", max_size=30)
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One office for all examples: what others said of a meter before is part of it."""
    url = Files(tmp_path_factory.mktemp("anything")).register(32)
    with Register.open(url) as register:
        office = LocalOffice(register, PROVINCE.campaign, PROVINCE.vault, clock=lambda: DEMO_DAY)
        yield Demo(PROVINCE, register, office, url)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(LANGUAGES), numbers, st.lists(messages, min_size=1, max_size=6), st.uuids())
def test_any_conversation(demo: Demo, language: str, number: str, written: list[str], name: object) -> None:
    chat = Chat(Conversation(demo.office), Known(language=language), name=str(name))
    for text in (number, *written):
        if text.startswith(BUTTON):
            tag = chat.known.request_id[:8] or "-"
            said = chat.says(f"{text.removeprefix(BUTTON)}.{tag}", Kind.PRESSED)
        else:
            said = chat.says(text)
        require_nobody(said)
        require_own_rows(demo, chat)


def require_nobody(said: str) -> None:
    """No name, nor its mask, nor why somebody is blocked."""
    assert "***" not in said
    assert [customer.name for customer in PROVINCE if customer.name in said] == []
    assert "contoh: pelanggan diblokir" not in said


def require_own_rows(demo: Demo, chat: Chat) -> None:
    """Rows that are shown are those of the meter that the chat has, and of no other."""
    if chat.rows:
        own = demo.office.issue(chat.known.meter_number, chat.known.request_id).rows
        assert set(chat.rows) <= {str(row) for row in own}

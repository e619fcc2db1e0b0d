"""From the inbox to the provider: each message is answered, and none twice, whoever is killed when."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from krn_engine.office.chat.inbox import Lost
from krn_engine.office.chat.message import Answer, Known, Message
from krn_engine.office.chat.process import LEASE_SECONDS
from krn_engine.office.chat.provider import Come, NotReached, Refused, Sent, Status, Unknown
from krn_engine.office.chat.provider import Do as What
from krn_engine.office.chat.sender import PROBE_SECONDS
from krn_engine.office.chat.worker import GIVES_UP_SECONDS
from krn_engine.register.errors import RegisterBusy
from tests.support.chats import NAME, Chat, chat_on
from tests.support.places import Place


@pytest.fixture
def chat(place: Place) -> Iterator[Chat]:
    """On tables of its own: in a SQLite file, and in a PostgreSQL."""
    with chat_on(place.empty()) as made:
        yield made


def events(chat: Chat) -> list[str]:
    return [json.loads(line)["event"] for line in chat.said.getvalue().splitlines()]


def everything(chat: Chat) -> str:
    """All that lies in the tables."""
    with chat.database.read() as connection:
        return "".join(
            str(connection.exec_driver_sql(f"SELECT * FROM chat_{name}").all())
            for name in ("inbox", "outbox", "chats", "statuses")
        )


def test_a_message_is_answered_once_however_often_it_comes(chat: Chat) -> None:
    assert [chat.come("a"), chat.come("b"), chat.come("a")] == [1, 1, 0]
    chat.answer()
    chat.send()
    assert chat.texts == ["0: a", "1: b"]
    assert chat.come("a") == 0
    chat.answer()
    chat.send()
    assert len(chat.texts) == 2


def test_a_chat_is_answered_in_the_order_of_its_messages_and_each_before_the_next(chat: Chat) -> None:
    for text in "abc":
        chat.come(text)
        chat.come(text.upper(), "two")
    chat.answer()
    chat.send()
    assert [text for to, text, _ in chat.provider.took if to == "one"] == ["0: a", "1: b", "2: c"]
    assert [text for to, text, _ in chat.provider.took if to == "two"] == ["0: A", "1: B", "2: C"]


def test_nothing_of_a_message_is_left_when_it_is_answered(chat: Chat) -> None:
    chat.come("who-14012345678", "0812345")
    assert "14012345678" in everything(chat)
    chat.answer()
    chat.send()
    assert chat.texts
    left = everything(chat)
    for told in ("14012345678", "0812345", "who"):
        assert told not in left
        assert told.encode().hex() not in left


def test_a_worker_that_is_killed_loses_nothing_and_another_takes_it(chat: Chat) -> None:
    chat.store.process.live()
    chat.come("a")
    assert len(chat.store.inbox.take(8)) == 1
    other = chat.other()
    other.answer()
    assert other.store.figures().waiting == 1
    chat.time.now += LEASE_SECONDS + 1
    other.answer()
    other.send()
    assert chat.texts == ["0: a"]


def test_a_worker_that_stood_still_too_long_changes_nothing(chat: Chat) -> None:
    chat.store.process.live()
    chat.come("a")
    (taken,) = chat.store.inbox.take(8)
    chat.time.now += LEASE_SECONDS + 1
    other = chat.other()
    other.answer()
    with pytest.raises(Lost):
        chat.store.inbox.answered(taken, (Answer("twice"),), taken.known)
    other.send()
    assert chat.texts == ["0: a"]


def test_a_sender_that_is_killed_is_settled_by_a_status_with_our_mark(chat: Chat) -> None:
    chat.come("a")
    chat.answer()
    chat.store.process.live()
    (leaving,) = chat.store.outbox.ready(8, ())
    assert chat.store.outbox.step((), [leaving.id], {}) == {leaving.id}
    other = chat.other()
    other.send()
    assert chat.texts == []
    chat.time.now += LEASE_SECONDS + 1
    other.send()
    chat.store.inbox.put(NAME, Come(statuses=(Status("wamid", "sent", leaving.mark, None),)), b"")
    chat.time.now += 70
    other.send()
    assert chat.texts == []
    assert other.store.figures().leaving == 0


def test_without_a_status_it_is_sent_again_after_a_while_and_says_so(chat: Chat) -> None:
    chat.come("a")
    chat.come("b")
    chat.answer()
    chat.provider.results = [Unknown()]
    chat.send()
    assert chat.texts == ["0: a"]
    chat.time.now += 59
    chat.send()
    assert chat.texts == ["0: a"]
    chat.time.now += 2
    chat.send()
    assert chat.texts == ["0: a", "Mungkin pesan ini sudah Anda terima.\n\n0: a", "1: b"]
    assert chat.provider.took[0][2] == chat.provider.took[1][2]


def test_an_error_that_nobody_foresaw_while_sending_is_unsure_too(chat: Chat) -> None:
    chat.come("a")
    chat.answer()
    chat.provider.results = [RuntimeError("a")]
    chat.send()
    chat.time.now += 61
    chat.send()
    assert len(chat.texts) == 2
    assert chat.store.figures().leaving == 0


def test_a_message_that_breaks_its_reader_or_the_conversation_is_set_aside_and_the_chat_goes_on(chat: Chat) -> None:
    def breaks(known: Known, message: Message, _now: datetime) -> tuple[tuple[Answer, ...], Known]:
        if message.text == "bad":
            raise ZeroDivisionError(message.text)
        return (Answer(message.text),), known

    chat.converse = breaks
    for text in ("bad", "broken", "good", "silent"):
        chat.come(text)
    chat.answer()
    chat.send()
    sorry = "Maaf, pesan Anda tidak dapat kami jawab di sini. Silakan hubungi 123."
    assert chat.texts == [sorry, sorry, "good"]
    assert events(chat) == ["chat-set-aside"] * 2
    assert "bad" not in chat.said.getvalue()


def test_a_message_that_kills_every_process_is_set_aside_too(chat: Chat) -> None:
    chat.come("a")
    for _ in range(10):
        process = chat.other()
        process.store.process.live()
        assert len(process.store.inbox.take(8)) == 1
        chat.time.now += LEASE_SECONDS + 1
    chat.answer()
    chat.send()
    assert events(chat) == ["chat-set-aside"]
    assert len(chat.texts) == 1


def test_where_the_office_cannot_answer_the_message_waits_and_is_told_so(chat: Chat) -> None:
    def busy(_known: Known, _message: Message, _now: datetime) -> tuple[tuple[Answer, ...], Known]:
        raise RegisterBusy("busy")

    chat.converse, right = busy, chat.converse
    chat.come("a")
    chat.come("b")
    for _ in range(20):
        chat.answer()
        chat.send()
        chat.time.now += 10
    assert chat.texts == ["Pesan Anda sudah kami terima. Kami jawab secepatnya, Anda tidak perlu mengirim ulang."]
    chat.converse = right
    chat.time.now += 60
    chat.answer()
    chat.send()
    assert chat.texts[1:] == ["0: a", "1: b"]
    chat.converse = busy
    chat.come("c")
    chat.answer()
    chat.time.now += GIVES_UP_SECONDS + 1
    chat.answer()
    chat.send()
    assert chat.texts[-1].startswith("Maaf")


def test_a_backlog_is_told_at_once_to_each_chat_once_and_then_answered(chat: Chat) -> None:
    for number in range(60):
        chat.come(f"late {number}", f"chat {number // 2}")
    chat.send()
    assert chat.texts == []
    chat.speed.seconds = 4.0
    chat.send()
    told = "Pesan Anda sudah kami terima. Kami jawab dalam 4 menit, Anda tidak perlu mengirim ulang."
    assert sorted(to for to, text, _ in chat.provider.took if text == told) == sorted(f"chat {n}" for n in range(30))
    chat.time.now += 5
    chat.send()
    assert chat.texts.count(told) == 30
    chat.answer()
    chat.send()
    assert len(chat.texts) == 30 + 60
    chat.time.now += 100
    chat.come("next", "chat 1")
    chat.answer()
    chat.send()
    assert chat.texts[-1] == "2: next"


def test_while_many_are_told_when_nobody_else_is_answered_before_them(chat: Chat) -> None:
    for number in range(60):
        chat.come(f"{number}", f"chat {number}")
    chat.speed.seconds = 4.0
    chat.keeper.beat()
    chat.keeper.beat()
    chat.answer()
    assert chat.store.figures().waiting == 60
    chat.send()
    assert len(chat.texts) == 60
    chat.keeper.beat()
    chat.answer()
    chat.send()
    assert len(chat.texts) == 120
    chat.come("more", "one")
    chat.store.outbox.stop(NAME, "190")
    chat.keeper.beat()
    chat.answer()
    assert chat.store.figures().waiting == 0


# --- a database that goes away in the middle


def fails_once(monkeypatch: pytest.MonkeyPatch, part: Any, name: str, *, after: bool) -> None:
    """The next call of this step is refused: before anything was stored, or with all of it stored."""
    right = getattr(part, name)

    def step(*given: Any, **named: Any) -> Any:
        monkeypatch.setattr(part, name, right)
        if after:
            right(*given, **named)
        raise RegisterBusy("busy")

    monkeypatch.setattr(part, name, step)


@pytest.mark.parametrize("after", [False, True])
def test_a_chat_whose_answer_was_not_stored_is_not_held_for_ever(
    chat: Chat, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    chat.store.process.live()
    for text in "abc":
        chat.come(text, text)
    worker = chat.worker
    fails_once(monkeypatch, chat.store.inbox, "answered", after=after)
    with pytest.raises(RegisterBusy):
        worker.beat()
    while worker.beat() == 0.0:
        pass
    chat.send()
    assert sorted(chat.texts) == ["0: a", "0: b", "0: c"]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("number", [0, 1])
def test_what_was_marked_or_sent_meanwhile_is_neither_lost_nor_sent_twice(
    chat: Chat, monkeypatch: pytest.MonkeyPatch, after: bool, number: int
) -> None:
    for text in "abc":
        chat.come(text, text)
    chat.answer()
    chat.keeper.beat()
    for _ in range(number):
        chat.sender.beat()
    fails_once(monkeypatch, chat.store.outbox, "step", after=after)
    with pytest.raises(RegisterBusy):
        chat.sender.beat()
    chat.send()
    chat.time.now += 200
    chat.send()
    assert sorted(chat.texts) == ["0: a", "0: b", "0: c"]
    assert chat.store.figures().leaving == 0


# --- what is done about a refusal


def refusing(chat: Chat, *results: Refused) -> None:
    chat.come("a")
    chat.answer()
    chat.provider.results = list(results)
    chat.send()


def test_a_token_that_is_refused_stops_all_and_is_tried_now_and_then(chat: Chat) -> None:
    refusing(chat, Refused(190, What.STOP), Refused(190, What.STOP))
    chat.come("b", "two")
    chat.answer()
    for _ in range(100):
        chat.time.now += 2
        chat.send()
    assert len(chat.texts) == 1
    assert events(chat) == ["chat-stopped"]
    chat.time.now += PROBE_SECONDS
    chat.send()
    assert len(chat.texts) == 2
    chat.time.now += PROBE_SECONDS + 1
    for _ in range(3):
        chat.send()
        chat.time.now += 2
    assert len(chat.texts) == 4
    assert events(chat) == ["chat-stopped", "chat-goes-on"]
    assert chat.store.figures().leaving == 0


def test_a_rest_is_kept_for_as_long_as_it_is_asked_for(chat: Chat) -> None:
    refusing(chat, Refused(429, What.REST, 30.0))
    chat.time.now += 29
    chat.send()
    assert len(chat.texts) == 1
    chat.time.now += 2
    chat.send()
    assert chat.texts == ["0: a"] * 2


def test_a_pair_waits_four_times_as_long_each_time(chat: Chat) -> None:
    refusing(chat, *[Refused(131056, What.PAIR)] * 2)
    for seconds, sent in ((3.9, 1), (0.2, 2), (15.8, 2), (0.3, 3)):
        chat.time.now += seconds
        chat.send()
        assert len(chat.texts) == sent


def test_some_are_tried_five_times_and_some_never(chat: Chat) -> None:
    refusing(chat, *[Refused(131000, What.AGAIN)] * 9)
    for _ in range(200):
        chat.time.now += 1
        chat.send()
    assert len(chat.texts) == 6
    assert events(chat) == ["chat-not-sent"]
    chat.provider.results.clear()
    chat.come("b")
    chat.answer()
    chat.provider.results = [Refused(131026, What.NEVER)]
    for _ in range(10):
        chat.time.now += 100
        chat.send()
    assert len(chat.texts) == 7
    assert chat.store.figures().leaving == 0


def test_a_kind_that_no_bsuid_takes_goes_to_the_number(chat: Chat) -> None:
    refusing(chat, Refused(131062, What.BY_NUMBER))
    chat.send()
    assert [to for to, _, _ in chat.provider.took] == ["one", "+62"]


def test_nobody_there_is_no_try(chat: Chat) -> None:
    chat.come("a")
    chat.answer()
    chat.provider.results = [NotReached()] * 20
    for _ in range(25):
        chat.time.now += 61
        chat.send()
    assert chat.store.figures().leaving == 0
    assert chat.texts.count("0: a") == 21


def test_a_message_that_failed_after_it_was_taken_is_told(chat: Chat) -> None:
    chat.provider.results = [Sent("wamid-1")]
    chat.come("a")
    chat.answer()
    chat.send()
    chat.store.inbox.put(NAME, Come(statuses=(Status("wamid-1", "failed", None, 131026),)), b"")
    chat.time.now += 2
    chat.send()
    chat.time.now += 2
    chat.send()
    assert events(chat) == ["chat-not-sent"]
    chat.store.inbox.put(NAME, Come(statuses=(Status("wamid-1", "failed again", None, 190),)), b"")
    chat.time.now += 2
    chat.send()
    assert chat.store.outbox.stopped().keys() <= {NAME}


# --- limits


def test_one_chat_gets_no_more_than_its_pair_allows(chat: Chat) -> None:
    chat.provider.rhythm = chat.provider.rhythm.__class__(
        1000.0, counts_incoming=False, pair_seconds=6.0, pair_burst=3, settles=60.0
    )
    chat = chat.other()
    for number in range(6):
        chat.come(f"{number}")
    chat.answer()
    for seconds, sent in ((0, 3), (5.9, 3), (0.2, 4), (5.9, 5), (6.0, 6)):
        chat.time.now += seconds
        chat.send()
        assert len(chat.texts) == sent
    chat.sender.close()


def test_all_together_get_no_more_than_the_rate(chat: Chat) -> None:
    chat.provider.rhythm = chat.provider.rhythm.__class__(
        8.0, counts_incoming=False, pair_seconds=1.0, pair_burst=3, settles=60.0
    )
    chat = chat.other()
    for number in range(40):
        chat.come(f"{number}", f"chat {number}")
    chat.answer()
    seen = []
    for _ in range(4):
        before = len(chat.texts)
        for _ in range(10):
            chat.time.now += 0.1
            chat.send()
        seen.append(len(chat.texts) - before)
    assert all(abs(one - 8) <= 2 for one in seen)
    chat.sender.close()


def test_old_names_are_forgotten_and_what_is_aside_is_wiped_after_a_week(chat: Chat) -> None:
    chat.store.inbox.put(NAME, Come(odd=("not-json",)), b"who knows")
    chat.come("a")
    chat.answer()
    chat.send()
    chat.time.now += 7.5 * 86_400
    chat.store.forget()
    assert "who knows" not in everything(chat)
    assert chat.come("a") == 0
    chat.time.now += 86_400
    chat.store.forget()
    assert chat.come("a") == 1
    chat.answer()
    chat.time.now += 31 * 86_400
    chat.send()
    chat.store.forget()
    with chat.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM chat_chats").scalar() == 0

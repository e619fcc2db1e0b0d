"""Events: what is kept, what is logged, and what a page says of them."""

import logging
from pathlib import Path

import pytest

from kiosk.event_log import LAST, Event, EventLog, Kind, events_page

PAGE = Path(__file__).parents[2] / "docs/events.md"


def test_the_page_is_made_of_the_catalogue() -> None:
    assert PAGE.read_text(encoding="utf-8") == events_page(), "run make events"


def test_names_are_one_word_each_and_different() -> None:
    labels = [event.label for event in Event]
    assert len(set(labels)) == len(labels)
    assert all(label.replace("-", "").isalpha() and label.islower() for label in labels)


def test_errors_are_kept_over_a_restart_and_others_are_not(tmp_path: Path) -> None:
    path = tmp_path / "state/last-errors.json"
    events = EventLog(path, clock=lambda: 100.0)
    for event in Event:
        events.note(event, "X-01")
    again = EventLog(path).last_errors
    assert again == events.last_errors
    assert {noted.event for noted in again} == {event for event in Event if event.kind is Kind.ERROR}
    assert again[0].at == 100.0


def test_only_the_last_are_kept(tmp_path: Path) -> None:
    events = EventLog(tmp_path / "errors")
    for number in range(LAST + 5):
        events.note(Event.ERROR_SHOWN, f"E-{number}")
    assert [noted.code for noted in EventLog(tmp_path / "errors").last_errors][:2] == [f"E-{LAST + 4}", f"E-{LAST + 3}"]
    assert len(EventLog(tmp_path / "errors").last_errors) == LAST


@pytest.mark.parametrize("content", ["", "{", "[[1]]", '[[1, "no-such", ""]]', '[["x", "error-shown", ""]]'])
def test_a_spoilt_list_begins_anew(tmp_path: Path, content: str) -> None:
    path = tmp_path / "errors"
    path.write_text(content)
    events = EventLog(path)
    assert events.last_errors == ()
    events.note(Event.ERROR_SHOWN, "E-1")
    assert len(EventLog(path).last_errors) == 1


def test_a_disk_that_cannot_be_written_stops_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    events = EventLog(tmp_path / "file" / "errors")
    events.note(Event.ERROR_SHOWN, "E-1")
    assert len(events.last_errors) == 1
    assert "cannot be kept" in caplog.text


def test_the_log_has_name_and_code(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    events = EventLog()
    events.note(Event.SESSION_BEGAN)
    events.note(Event.HANDED_OVER, "UPG-03")
    assert [record.getMessage() for record in caplog.records] == ["session-began", "handed-over UPG-03"]
    assert [record.levelno for record in caplog.records] == [logging.INFO, logging.WARNING]

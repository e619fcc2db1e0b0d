"""What a request says to the database, as pgbench is to say it."""

import threading
from collections.abc import Callable
from contextvars import copy_context
from datetime import UTC, datetime

import pytest
from sqlalchemy import NullPool, create_engine, text

from kiosk.bench.office import _written
from kiosk.bench.statements import Heard, listening
from tests.support.postgres import installed, server


def test_values_that_were_looked_for_become_variables_and_all_else_constants() -> None:
    heard = Heard(
        [
            ("BEGIN", {}),
            ("SELECT\n x %% 2 FROM m WHERE number = %(a)s::VARCHAR AND id = %(b)s", {"a": "991", "b": 17}),
            ("INSERT INTO t VALUES (%(a)s, %(b)s, %(c)s)", {"a": "it's 12:30", "b": None, "c": True}),
            ("INSERT INTO t VALUES (%(a)s, %(b)s)", {"a": datetime(1970, 1, 1, 0, 1, tzinfo=UTC), "b": b"\x01\xff"}),
        ]
    )
    assert heard.script({"991": "meter", 17: "meter_id", 1: "one"}) == [
        "BEGIN;",
        "SELECT x % 2 FROM m WHERE number = :meter::VARCHAR AND id = :meter_id;",
        "INSERT INTO t VALUES ('it''s 12'||chr(58)||'30', NULL, true);",
        "INSERT INTO t VALUES (to_timestamp(60.0), '\\x01ff'::bytea);",
    ]


def test_what_cannot_be_written_is_told() -> None:
    with pytest.raises(TypeError):
        Heard([("SELECT %(a)s", {"a": object()})]).script({})


def test_each_transaction_is_about_a_meter_of_its_own_by_a_caller_of_its_own() -> None:
    heard = Heard([("SELECT %(a)s, %(b)s, %(c)s", {"a": "caller 5", "b": "abc", "c": "def"})])
    script = _written(heard, 60, "abc", ["def"])
    assert script.endswith("SELECT :client_id, :request, :change0;\n")
    for name in ("n", "index", "meter_id", "meter", "request", "change0"):
        assert f"\\set {name} " in script


@pytest.mark.slow
@installed
def test_only_what_the_listener_began_is_heard() -> None:
    engine = create_engine(server().url(server().database()), poolclass=NullPool)

    def say(words: str) -> None:
        with engine.begin() as connection:
            connection.execute(text(words), {"number": 1})

    def apart(run: Callable[..., object], *args: object) -> None:
        thread = threading.Thread(target=run, args=args)
        thread.start()
        thread.join()

    with listening() as heard:
        apart(say, "SELECT :number, 'of a sealer that ran before'")
        apart(copy_context().run, say, "SELECT :number, 'of my request'")
    assert [words for words, _ in heard.said if "SELECT" in words] == ["SELECT %(number)s, 'of my request'"]
    assert [words for words, _ in heard.said if words == "BEGIN"] == ["BEGIN"]

"""Whoever changes the audit, or the facts that it tells of, is found out: by the chain, a checkpoint or the facts.

Each change is made as by somebody who owns the database, with the guards taken away.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text, update

from krn_engine.demo import DEMO_DAY, DemoCase
from krn_engine.office.audit.checkpoints import Checkpoint, require_newest
from krn_engine.office.audit.keeper import Keeper
from krn_engine.office.audit.key import SigningKey
from krn_engine.office.audit.verify import BeyondEnd, Verdict, Witness, verify
from krn_engine.office.contract import Grade, RowOutcome, RowRecord, SessionEnding, Statement
from krn_engine.register.audit import facts
from krn_engine.register.audit.chain import NOTHING, hash_of
from krn_engine.register.audit.entries import AuditEvent, note
from krn_engine.register.audit.sealer import seal_now
from krn_engine.register.database import Register
from krn_engine.register.tables import audit
from tests.support.audit import owner
from tests.support.office import Demo
from tests.support.places import Place

KEY, OTHER = SigningKey("11" * 32), SigningKey("22" * 32)
ENTRIES = 9
DUMP = Path(__file__).parents[2] / "register" / "register-0001-claims.sql"


@pytest.fixture
def busy(demo: Demo) -> Demo:
    """A demo in which each kind of fact came: entries 3 to 9, and a checkpoint at the end."""
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    changes = demo.office.issue(number, "r1").changes
    for section, attempt in ((1, "a1"), (2, "a2")):
        for outcome in (RowOutcome.STARTED, RowOutcome.ACCEPTED):
            told = RowRecord(changes[0].id, section, outcome, "BENAR", "x", "k", attempt, Grade.SENSOR)
            demo.office.record(told)
    demo.office.end(number, SessionEnding("upgraded", "", 2, Grade.REGISTER, proved=True, place="k"))
    demo.office.state(number, Statement(2, "looked", "Contoh", "counter"))
    Keeper(demo.register, KEY, lambda: DEMO_DAY).sign_now()
    return demo


def looked_at(demo: Demo, **how: object) -> Verdict:
    with demo.register.read() as connection:
        return verify(connection, **{"public": [KEY.public], **how})  # type: ignore[arg-type]


def point(demo: Demo) -> Checkpoint:
    with demo.register.read() as connection:
        return require_newest(connection)


def test_a_whole_one(busy: Demo) -> None:
    verdict = looked_at(
        busy, brought=[point(busy)], remembered=[Witness(9, bytes.fromhex(point(busy).hash), "kiosk-7")]
    )
    assert (verdict.faults, verdict.remarks) == ([], [])
    assert (verdict.entries, verdict.head, verdict.waiting) == (ENTRIES, point(busy).hash, 0)
    assert (verdict.fit, verdict.checkpoints) == (3, 3)


def test_from_an_entry_on(busy: Demo) -> None:
    verdict = looked_at(busy, start=5, brought=[point(busy)])
    assert (verdict.whole, verdict.first, verdict.entries, verdict.fit) == (True, 5, 5, 2)
    with pytest.raises(BeyondEnd, match="9"):
        looked_at(busy, start=20)
    known = [Witness(30, bytes(32), "kiosk-7")]
    assert looked_at(busy, start=20, remembered=known).faults == ["entry 19: there is no such entry"]


def test_entries_that_wait_are_counted(busy: Demo, place: Place) -> None:
    busy.office.issue(busy.first(DemoCase.TWO_ROWS).meter_number, "r2")
    verdict = looked_at(busy)
    assert (verdict.whole, verdict.waiting) == (True, int(place.engine == "postgresql"))


CHANGED: dict[str, tuple[list[str], str]] = {
    "changed": (["UPDATE audit SET body = replace(body, '\"krn\":2', '\"krn\":3') WHERE seq = 9"], "entry 9: its hash"),
    "actor changed": (["UPDATE audit SET actor = 'kiosk-9' WHERE seq = 4"], "entry 4: its columns"),
    "meter changed": (["UPDATE audit SET meter_id = 31 WHERE seq = 4"], "entry 4: its columns"),
    "time changed": (["UPDATE audit SET at = '2026-01-14 02:00:00' WHERE seq = 4"], "entry 4: its columns"),
    "hash changed": (
        ["UPDATE audit SET hash = (SELECT hash FROM audit WHERE seq = 2) WHERE seq = 5"],
        "entry 5: its hash",
    ),
    "removed": (["DELETE FROM audit WHERE seq = 5"], "entry 5: this entry is missing"),
    "removed, and the others moved up": (
        ["DELETE FROM audit WHERE seq = 5", *(f"UPDATE audit SET seq = {n - 1} WHERE seq = {n}" for n in (6, 7, 8, 9))],
        "entry 5: its hash",
    ),
    "reordered": (
        [f"UPDATE audit SET seq = {new} WHERE seq = {old}" for old, new in ((5, 90), (6, 5), (90, 6))],
        "entry 5: its hash",
    ),
    "inserted": (
        [
            *(f"UPDATE audit SET seq = {n + 1} WHERE seq = {n}" for n in (9, 8, 7, 6)),
            (
                "INSERT INTO audit (id, at, actor, event, meter_id, body, seq, hash) "
                "SELECT 90, at, actor, event, meter_id, body, 6, hash FROM audit WHERE seq = 5"
            ),
        ],
        "entry 6: its hash",
    ),
    "put before the first": (
        [
            (
                "INSERT INTO audit (id, at, actor, event, meter_id, body, seq, hash) "
                "SELECT 90, at, actor, event, meter_id, body, 0, hash FROM audit WHERE seq = 5"
            )
        ],
        "there are entries below number 1",
    ),
    "cut off": (["DELETE FROM audit WHERE seq > 6"], "entry 7: the checkpoint at entry 9 knows entry 9"),
    "all gone": (["DELETE FROM audit"], "entry 1: the checkpoint at entry 9 knows entry 9"),
    "checkpoint changed": (
        ["UPDATE checkpoints SET hash = (SELECT hash FROM audit WHERE seq = 8)"],
        "entry 9: the checkpoint at entry 9 knows another hash",
    ),
    "signature changed": (
        ["UPDATE checkpoints SET at = '2026-01-14 02:00:00'"],
        "entry 9: the checkpoint at entry 9 was not signed",
    ),
}


def told_after(url: str, changes: Mapping[str, tuple[list[str], str]]) -> dict[str, str]:
    """Of each change, made by itself and taken back, the beginning of what is told first, or all of it."""
    told = {}
    with owner(url) as connection:
        for name, (statements, first) in changes.items():
            connection.exec_driver_sql("SAVEPOINT before")
            for statement in statements:
                assert connection.exec_driver_sql(statement).rowcount > 0, name
            fault = next(iter(verify(connection, public=[KEY.public]).faults), "nothing")
            told[name] = first if fault.startswith(first) else fault
            connection.exec_driver_sql("ROLLBACK TO SAVEPOINT before")
    return told


def test_what_was_changed_is_named(busy: Demo) -> None:
    assert told_after(busy.url, CHANGED) == {name: first for name, (_, first) in CHANGED.items()}
    assert looked_at(busy).whole


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
@pytest.mark.parametrize("change", ["body = CAST(x'ff' AS TEXT)", "at = 'never'", "hash = NULL"])
def test_an_entry_that_cannot_be_read_is_named(busy: Demo, change: str) -> None:
    with owner(busy.url) as connection:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
        connection.exec_driver_sql(f"UPDATE audit SET {change} WHERE seq = 5")
    assert looked_at(busy).bad_seq == 5


# --- made anew


def made_anew(connection: Connection, change: Callable[[dict[str, object]], None]) -> None:
    """As somebody does who knows how: the text is another, and every hash from there on."""
    before = NOTHING
    for entry in connection.execute(select(audit).order_by(audit.c.seq)).all():
        told = json.loads(entry.body)
        change(told)
        body = json.dumps(told, sort_keys=True, separators=(",", ":"))
        before = hash_of(before, entry.seq, body)
        columns = {"body": body, "hash": before, "actor": told["actor"]}
        connection.execute(update(audit).where(audit.c.id == entry.id).values(columns))


def by_another(told: dict[str, object]) -> None:
    if told["event"] == "stated":
        told["actor"] = "kiosk-9"


def test_a_chain_that_was_made_anew_is_found_by_a_checkpoint_alone(busy: Demo) -> None:
    kept = point(busy)
    with owner(busy.url) as connection:
        made_anew(connection, by_another)
    assert looked_at(busy).faults[0].startswith("entry 9: the checkpoint at entry 9 knows another hash")
    with owner(busy.url) as connection:
        connection.execute(text("DELETE FROM checkpoints"))
    verdict = looked_at(busy)
    assert verdict.whole
    assert verdict.remarks == ["there is no checkpoint: a chain that was cut off, or made anew, would look the same"]
    assert (
        looked_at(busy, brought=[kept]).faults[0].startswith("entry 9: the checkpoint that was brought, of 2026-01-15")
    )
    remembered = [Witness(kept.seq, bytes.fromhex(kept.hash), "what kiosk-7 sent back")]
    assert looked_at(busy, remembered=remembered).faults == [
        "entry 9: what kiosk-7 sent back knows another hash of it: the chain was made anew"
    ]


def test_who_signs_the_new_chain_with_another_key_is_found_out(busy: Demo) -> None:
    with owner(busy.url) as connection:
        made_anew(connection, by_another)
        connection.execute(text("DELETE FROM checkpoints"))
    Keeper(busy.register, OTHER, lambda: DEMO_DAY).sign_now()
    assert looked_at(busy).faults == ["entry 9: the checkpoint at entry 9 was not signed by the office's key"]
    assert looked_at(busy, public=[KEY.public, OTHER.public]).whole
    unsigned = looked_at(busy, public=[])
    assert unsigned.whole
    assert unsigned.remarks == ["no public key was given: the signatures of checkpoints were not looked at"]


def test_a_checkpoint_of_another_register(busy: Demo) -> None:
    kept = point(busy)
    other = Checkpoint("krn-audit/" + 32 * "0", kept.seq, kept.hash, kept.at, kept.signature)
    assert looked_at(busy, brought=[other]).faults[0].endswith(f"and this is {kept.origin}")


# --- facts

FACTS: dict[str, tuple[str, str]] = {
    "outcome deleted": (
        "DELETE FROM outcomes WHERE attempt_id = 'a2' AND outcome = 'accepted'",
        "an entry tells of a fact that is not on record: outcome accepted of attempt a2",
    ),
    "outcome changed": (
        "UPDATE outcomes SET grade = 'customer' WHERE attempt_id = 'a2' AND outcome = 'accepted'",
        "a fact on record is not what its entry tells: outcome accepted of attempt a2",
    ),
    "ending deleted": ("DELETE FROM endings", "an entry tells of a fact that is not on record: ending 1"),
    "ending changed": ("UPDATE endings SET krn = 3", "a fact on record is not what its entry tells: ending 1"),
    "statement deleted": ("DELETE FROM statements", "an entry tells of a fact that is not on record: statement 1"),
    "time changed": (
        "UPDATE statements SET recorded_at = '2026-01-14 02:00:00'",
        "a fact on record is not what its entry tells: statement 1",
    ),
    "key change deleted": (
        "DELETE FROM key_changes WHERE id NOT IN (SELECT key_change_id FROM outcomes)",
        "an entry tells of a fact that is not on record: key change",
    ),
    "key change of another meter": (
        "UPDATE key_changes SET meter_id = 31 WHERE id NOT IN (SELECT key_change_id FROM outcomes)",
        "an entry tells of a fact that is not on record: key change",
    ),
    "outcome from before the audit deleted": (
        "DELETE FROM outcomes WHERE id = (SELECT min(id) FROM outcomes)",
        "5 facts have no entry, and 6 had none when the audit began",
    ),
    "outcome from before the audit changed": (
        "UPDATE outcomes SET grade = 'customer' WHERE id = (SELECT min(id) FROM outcomes)",
        "6 facts have no entry, and 6 had none when the audit began",
    ),
    "outcome slipped in": (
        (
            'INSERT INTO outcomes (key_change_id, section, outcome, evidence, "by", at_place, attempt_id, recorded_at) '
            "SELECT key_change_id, 1, 'rejected', '', '', '', 'a3', recorded_at FROM outcomes "
            "WHERE attempt_id = 'a1' AND outcome = 'accepted'"
        ),
        "7 facts have no entry, and 6 had none when the audit began",
    ),
}


def test_facts_that_were_changed_are_named(busy: Demo) -> None:
    changes = {name: ([statement], first) for name, (statement, first) in FACTS.items()}
    assert told_after(busy.url, changes) == {name: first for name, (_, first) in FACTS.items()}


def test_a_fact_that_was_slipped_into_a_register_of_today_is_named(place: Place) -> None:
    url = place.empty()
    with Register.create(url) as register, register.read() as connection:
        assert verify(connection).whole
    with owner(url) as connection:
        connection.execute(
            text("INSERT INTO endings VALUES (7, 3, 'x', '', 1, NULL, :no, '', '2026-01-15', NULL)"), {"no": False}
        )
    with Register.open(url) as register, register.read() as connection:
        assert verify(connection).faults == ["a fact on record has no entry: ending 7, of the meter with id 3"]


def test_who_tells_a_fact_twice_is_found_out(busy: Demo) -> None:
    with busy.register.write() as connection:
        body = json.loads(connection.execute(select(audit.c.body).where(audit.c.seq == 8)).scalar_one())
        told = {name: value for name, value in body.items() if name not in ("event", "at", "actor", "meter")}
        note(connection, AuditEvent.ENDED, DEMO_DAY, "local", body["meter"], **told)
    assert looked_at(busy).faults[0].startswith("two entries tell of one fact: ending 1")


@pytest.mark.parametrize("event", [AuditEvent.TAKEN_OVER, AuditEvent.BEGAN])
def test_facts_that_were_slipped_in_cannot_be_taken_over_later(busy: Demo, event: AuditEvent) -> None:
    with busy.register.write() as connection:
        note(connection, event, DEMO_DAY, "local", facts=7, digest="x")
    seal_now(busy.register)
    assert looked_at(busy).faults[0].startswith("entry 10: an audit begins once")


def test_many_meters_are_looked_at_a_few_at_a_time(busy: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "METERS", 1)
    assert looked_at(busy).whole


def test_a_register_that_is_older_than_its_audit(place: Place) -> None:
    """Its first entry says how many facts were there, and which: they cannot be changed later either."""
    url = place.earlier(DUMP)
    with Register.open(url) as register, register.read() as connection:
        verdict = verify(connection)
        began = json.loads(connection.execute(select(audit.c.body)).scalar_one())
    assert verdict.whole
    assert began["facts"] > 20
    with owner(url) as connection:
        connection.execute(text("UPDATE outcomes SET outcome = 'rejected' WHERE id = 5"))
    with Register.open(url) as register, register.read() as connection:
        assert "had none when the audit began" in verify(connection).faults[0]

"""What keeps entries and checkpoints as they were written: triggers that refuse, whoever asks.

They stop a program that is wrong and a person at a database console who is careless. Whoever owns the database can take
them away; what that person changes then, the chain shows.
"""

from collections.abc import Iterator

from sqlalchemy import Connection

from krn_engine.register.tables import audit, checkpoints

REFUSED = "krn: the audit is never changed"
"""What a trigger says that refuses."""


def guard(connection: Connection) -> None:
    """Make the guards, if they are not there."""
    for statement in _of_sqlite() if connection.dialect.name == "sqlite" else _of_postgresql():
        connection.exec_driver_sql(statement)


def _of_sqlite() -> Iterator[str]:
    refuse = f"SELECT RAISE(ABORT, '{REFUSED}')"
    for table in (audit, checkpoints):
        for event in ("UPDATE", "DELETE"):
            name = f"{table.name}_refuses_{event.lower()}"
            yield f'CREATE TRIGGER IF NOT EXISTS "{name}" BEFORE {event} ON "{table.name}" BEGIN {refuse}; END'
    # REPLACE deletes without a trigger, and an entry goes to the end of the chain or nowhere.
    not_next = "NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit) OR NEW.id IN (SELECT id FROM audit)"
    known = "NEW.seq IN (SELECT seq FROM checkpoints)"
    for name, refused in ((audit.name, not_next), (checkpoints.name, known)):
        yield (
            f'CREATE TRIGGER IF NOT EXISTS "{name}_refuses_insert" BEFORE INSERT ON "{name}" '
            f"WHEN {refused} BEGIN {refuse}; END"
        )


def _of_postgresql() -> Iterator[str]:
    refuse = f"RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'integrity_constraint_violation'"
    same = " AND ".join(
        f'NEW."{column.name}" IS NOT DISTINCT FROM OLD."{column.name}"'
        for column in audit.columns
        if column.name not in ("seq", "hash")
    )
    sealed = f"OLD.seq IS NULL AND OLD.hash IS NULL AND NEW.seq IS NOT NULL AND NEW.hash IS NOT NULL AND {same}"
    yield (
        f"CREATE OR REPLACE FUNCTION krn_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {refuse}; END $$"
    )
    yield (
        "CREATE OR REPLACE FUNCTION krn_audit_sealed() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {sealed} THEN RETURN NEW; END IF; {refuse}; END $$"
    )
    yield _trigger(audit.name, "update", "UPDATE", "ROW", "krn_audit_sealed")
    yield _trigger(checkpoints.name, "update", "UPDATE", "ROW", "krn_audit_refuse")
    for table in (audit, checkpoints):
        yield _trigger(table.name, "delete", "DELETE", "ROW", "krn_audit_refuse")
        yield _trigger(table.name, "truncate", "TRUNCATE", "STATEMENT", "krn_audit_refuse")


def _trigger(table: str, name: str, event: str, each: str, function: str) -> str:
    return (
        f'CREATE OR REPLACE TRIGGER "{table}_refuses_{name}" BEFORE {event} ON "{table}" '
        f"FOR EACH {each} EXECUTE FUNCTION {function}()"
    )

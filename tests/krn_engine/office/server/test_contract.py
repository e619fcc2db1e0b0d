"""The OpenAPI document is true: schemathesis asks every operation what the document allows, and what it does not."""

import subprocess
import sys
from pathlib import Path

import pytest

from krn_engine.office.server.document import document
from krn_engine.office.server.operations import OPERATIONS
from krn_engine.office.wire.asked import Scope
from tests.support.places import POSTGRESQL
from tests.support.service import Served

EXAMPLES = 15


def test_the_document_is_served_and_names_every_operation(office: Served) -> None:
    said = office.ask("GET", "/openapi.json").json()
    assert said == document("0")
    found = {(path, method.upper()) for path, methods in said["paths"].items() for method in methods}
    assert found == {(operation.path, operation.method) for operation in OPERATIONS}
    ids = [methods["operationId"] for path in said["paths"].values() for methods in path.values()]
    assert len(ids) == len(set(ids)) == len(OPERATIONS)


def test_it_has_no_examples(office: Served) -> None:
    """An example would be a number or a row, or look like one."""
    assert "example" not in office.ask("GET", "/openapi.json").text


WHO = {
    scope: tuple(operation.id for operation in OPERATIONS if scope in operation.scopes)
    for scope in (Scope.OFFICER, Scope.ADMIN)
}
WHO[Scope.KIOSK] = tuple(operation.id for operation in OPERATIONS if operation.scopes == {Scope.KIOSK})


def schemathesis(folder: Path, office: Served, operations: tuple[str, ...], token: str | None) -> tuple[int, str]:
    """Exit status and report of a run over these operations, with all checks."""
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        f"{office.url}/openapi.json",
        "--no-color",
        "--max-examples",
        str(EXAMPLES),
        "--phases",
        "examples,coverage,fuzzing",
        "--checks",
        "all",
        "--generation-deterministic",
        "--suppress-health-check",
        "all",
    ]
    for operation in operations:
        command += ["--include-operation-id", operation]
    if token is not None:
        command += ["--header", f"Authorization: Bearer {token}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    return done.returncode, done.stdout[-8000:] + done.stderr[-2000:]


@pytest.mark.slow
@pytest.mark.parametrize("place", [POSTGRESQL], indirect=True)
@pytest.mark.parametrize("scope", [*WHO, None], ids=lambda scope: scope.value if scope else "nobody")
def test_what_it_says_is_so(office: Served, tmp_path: Path, scope: Scope | None) -> None:
    """On the stricter of the two engines: what it takes, SQLite takes too."""
    operations = WHO[scope] if scope else tuple(o.id for o in OPERATIONS if not o.scopes)
    token = office.token(scope) if scope else None
    if scope is Scope.KIOSK:
        office.ask("POST", "/v1/copy-key", token=token)
    status, report = schemathesis(tmp_path, office, operations, token)
    assert status == 0, report
    office.service.require_ready()


def test_every_operation_is_asked_by_somebody() -> None:
    asked = {operation for operations in WHO.values() for operation in operations}
    assert asked | {o.id for o in OPERATIONS if not o.scopes} == {operation.id for operation in OPERATIONS}


@pytest.mark.slow
@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_a_document_that_is_not_true_is_found(office: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service says something that the document does not."""
    monkeypatch.setattr(type(office.demo.office), "progress", lambda _self: 1 / 0)
    status, report = schemathesis(tmp_path, office, ("progress",), office.token(Scope.REPORT))
    assert status == 1, report
    assert "Server error" in report

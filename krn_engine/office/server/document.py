"""The OpenAPI document (3.1) of the service, made of the table of its operations and of the shapes of the wire."""

from http import HTTPStatus
from typing import Any

from krn_engine.office.server.operations import OPERATIONS
from krn_engine.office.server.operations.operation import Operation
from krn_engine.office.wire.asked import CALLER_NAME, PROBLEM, PROBLEM_TYPE
from krn_engine.office.wire.shapes import Schema

_PROBLEM = {"$ref": "#/components/schemas/problem"}
_ALWAYS = (400, 404, 405, 408, 413, 415, 422, 429, 500, 503)
"""What any operation can be refused with."""


def document(version: str) -> dict[str, Any]:
    """The document; `version` is that of the program."""
    schemas: dict[str, Schema] = {"problem": PROBLEM.schema()}
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "KRN office",
            "version": version,
            "description": "An office that finds meters, issues the rows of their key changes, and records outcomes.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(operation: Operation, schemas: dict[str, Schema]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "responses": _responses(operation, schemas),
    }
    if operation.scopes:
        said["security"] = [{"token": []}]
        said["description"] = f"For {', '.join(sorted(scope.value for scope in operation.scopes))}."
    parameters = _parameters(operation)
    if parameters:
        said["parameters"] = parameters
    if operation.body is not None:
        schemas[f"{operation.id}-request"] = operation.body.schema()
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{operation.id}-request"}}}
        said["requestBody"] = {"required": True, "content": content}
    return said


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if "{uuid}" in operation.path:
        found.append({"name": "uuid", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}})
    if "{name}" in operation.path:
        found.append({"name": "name", "in": "path", "required": True, "schema": CALLER_NAME.schema()})
    for name, (shape, default) in operation.query.items():
        schema = {**shape.schema(), "default": default}
        found.append({"name": name, "in": "query", "required": False, "schema": schema})
    return found


def _responses(operation: Operation, schemas: dict[str, Schema]) -> dict[str, Any]:
    refused = {*_ALWAYS, *operation.refusals, *((401, 403) if operation.scopes else ())}
    answers: dict[str, Any] = {}
    if operation.answer is None:
        answers["204"] = {"description": "Done."}
    else:
        schemas[f"{operation.id}-answer"] = operation.answer.schema()
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{operation.id}-answer"}}}
        answers["200"] = {"description": "The answer.", "content": content}
    for status in sorted(refused):
        answers[str(status)] = {
            "description": HTTPStatus(status).phrase,
            "content": {PROBLEM_TYPE: {"schema": _PROBLEM}},
        }
    return answers

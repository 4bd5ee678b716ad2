"""The OpenAPI description is true: what it allows is answered as it says, never with a crash."""

from __future__ import annotations

import json
from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from tests.support.phone import Phone, content_digest, new_record
from tests.support.world import World, inspection_fields


@schemathesis.serializer("application/offset+octet-stream")
def send_octets(_context: Any, value: Any) -> bytes:
    """Photo bytes are sent as they are."""
    return value if isinstance(value, bytes) else json.dumps(value).encode()


EXAMPLES = 25
RULES = hypothesis_settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
    ],
)


def test_every_described_call_is_answered_as_described(
    app: Flask, world: World, inspector: Phone
) -> None:
    schema: Any = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    tried = [_try_operation(found.ok(), inspector) for found in schema.get_all_operations()]
    assert len(tried) >= 12
    assert min(tried) >= 1  # calls without parameters have one example
    assert sum(tried) >= 8 * EXAMPLES


def _try_operation(operation: Any, phone: Phone) -> int:
    """Call one operation with generated input; gives how often it was called."""
    statuses: list[int] = []

    @RULES
    @given(case=operation.as_strategy())
    def call(case: Any) -> None:
        headers = {**phone.headers, **_digest_of(case)}
        reply = case.call(headers=headers)
        statuses.append(reply.status_code)
        case.validate_response(reply, checks=[not_a_server_error, response_schema_conformance])

    call()
    return len(statuses)


def _digest_of(case: Any) -> dict[str, str]:
    """A matching digest, so that what is generated gets past the first door."""
    if not isinstance(case.body, dict | list):
        return {}
    payload = json.dumps(case.body).encode()
    return {"Content-Digest": content_digest(payload)}


def test_the_description_names_the_protocols_paths(app: Flask) -> None:
    paths = app.test_client().get("/api/v1/openapi.json").get_json()["paths"]
    for path in (
        "/api/v1/devices",
        "/api/v1/sync",
        "/api/v1/sync/proof",
        "/api/v1/uploads",
        "/api/v1/photos/{sha256}",
        "/api/v1/inspections",
        "/api/v1/inspections/{record}",
        "/api/v1/vehicles",
        "/api/v1/vehicles/{vehicle}/file",
        "/api/v1/crew/{member}/file",
        "/api/v1/healthz",
    ):
        assert path in paths, path


def test_a_sync_reply_has_what_is_described(world: World, inspector: Phone) -> None:
    reply = inspector.sync(inspector.edit(new_record(), inspection_fields(world)))
    assert set(reply.json) == {
        "epoch",
        "server_time",
        "receipts",
        "records",
        "cursor",
        "more",
        "missing_serials",
        "awaited_photos",
        "head",
    }

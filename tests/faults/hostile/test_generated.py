"""Calls that nobody thought of: generated against the API's own description, right and wrong."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error

from tests.faults.tally import Tally
from tests.support.phone import Phone, new_record
from tests.support.world import World, inspection_fields


@schemathesis.serializer("application/offset+octet-stream")
def send_part(_context: Any, value: Any) -> bytes:
    """Bytes of a photo are sent as they are; anything else as its text."""
    return value if isinstance(value, bytes) else str(value).encode()


def test_no_generated_call_crashes_the_server_or_costs_an_edit(
    app: Flask, world: World, inspector: Phone, tally: Tally, scale: int
) -> None:
    held = inspector.edit(new_record(), inspection_fields(world))
    inspector.push(held)
    schema: Any = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    operations = [found.ok() for found in schema.get_all_operations()]
    called = [
        _call(one, mode, inspector, 2 * scale) for one in operations for mode in GenerationMode
    ]
    tally.add(92, sum(called), 0)
    assert sum(called) >= len(operations)
    assert inspector.push(held)[0]["state"] == "accepted"
    assert inspector.get("/api/v1/sync/proof").json["edits"] == 1


def _call(operation: Any, mode: GenerationMode, phone: Phone, most: int) -> int:
    """Calls of this operation with input that fits the description, or that does not."""
    count = 0

    @settings(
        max_examples=most,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case: Any) -> None:
        nonlocal count
        count += 1
        reply = case.call(headers=phone.headers)
        case.validate_response(reply, checks=[not_a_server_error])

    with suppress(Unsatisfiable):  # a call without parameters cannot be made wrongly
        call()
    return count

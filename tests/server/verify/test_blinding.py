"""What is meant to keep verification from seeing: it goes on, and names what is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text

from server.db import db
from server.verify.whole import check_owners
from tests.server.verify.conftest import Verify
from tests.support.insider import tamper, unlock_log
from tests.support.phone import Phone, content_digest, new_record
from tests.support.world import World

DEEP = "[" * 100_000 + "]" * 100_000
IN_CHAIN = "problem = 'field_forbidden'"

# What was done → the damages it must be told as, among others.
ACTS: dict[str, tuple[str, set[str]]] = {
    "a leaf without end": (
        "UPDATE evidence SET body = :deep WHERE seq = 5",
        {"leaf_altered", "leaf_unreadable"},
    ),
    "an edit without end": ("UPDATE edit SET body = :deep WHERE seq = 1", {"edit_altered"}),
    "a refusal without end": ("UPDATE quarantine SET body = :deep", {"refusal_altered"}),
    "a record without end": ("UPDATE inspection SET fields = :deep", {"record_altered"}),
    "a key without end": (
        "UPDATE device SET public_key = :deep WHERE kind = 'phone'",
        {"key_unreadable", "row_altered"},
    ),
    "a key that is no JSON": (
        "UPDATE device SET public_key = :brace WHERE kind = 'phone'",
        {"key_unreadable", "row_altered"},
    ),
    "fields that are none": (
        "UPDATE edit SET body = :three WHERE seq = 1",
        {"edit_altered", "unreadable"},
    ),
    "an edit refused in its place is deleted from quarantine": (
        f"DELETE FROM quarantine WHERE {IN_CHAIN}",
        {"refusal_missing"},
    ),
    "an edit refused in its place is given another reason": (
        f"UPDATE quarantine SET detail = 'state', problem = 'field_value' WHERE {IN_CHAIN}",
        {"refusal_altered"},
    ),
    "a refused edit is given another's stamp": (
        "UPDATE quarantine SET stamp = 'another' WHERE stamp = 'no edit at all'",
        {"refusal_altered"},
    ),
    "a refused edit is given a serial": (
        "UPDATE quarantine SET serial = 7 WHERE stamp = 'no edit at all'",
        {"refusal_altered"},
    ),
}


def test_an_edit_nested_without_end_does_not_stop_verification(
    full: Phone, world: World, verify: Verify
) -> None:
    good = full.edit(new_record(), {"mode": "daily"})
    edits = f'[{{"fields": {{"x": {DEEP}}}}}, {json.dumps(good)}]'
    push = f'{{"edits": {edits}, "signature": "{full.sign(full.prev)}"}}'.encode()
    headers = {**full.headers, "Content-Digest": content_digest(push)}
    reply: Any = full.client.post("/api/v1/sync", data=push, headers=headers)
    assert [one["state"] for one in reply.json["receipts"]] == ["refused", "accepted"]
    assert verify() == []
    tamper(world, "UPDATE inspection SET total_bp = 10000, grade = 'A'")
    assert "derived_altered" in {damage.code for damage in verify()}


@pytest.mark.parametrize("act", ACTS)
def test_what_cannot_be_read_is_named_and_hides_nothing(
    full: Phone, world: World, verify: Verify, act: str
) -> None:
    statement, codes = ACTS[act]
    values = {"deep": DEEP, "brace": "{", "three": '{"fields":3}'}
    tamper(world, statement, **{name: values[name] for name in values if f":{name}" in statement})
    tamper(world, "UPDATE vehicle SET plate = '川B99999'")
    assert codes | {"row_altered"} <= {damage.code for damage in verify()}


def test_a_company_without_its_row_is_named(full: Phone, world: World) -> None:
    with world.app.app_context():
        assert list(check_owners(db.session)) == []
        db.session.rollback()
        unlock_log()
        db.session.commit()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.execute(text("DELETE FROM company"))
            connection.commit()
        found = list(check_owners(db.session))
    assert {"edit", "evidence", "inspection", "user"} <= {damage.place for damage in found}
    assert {damage.detail for damage in found} == {world.company}

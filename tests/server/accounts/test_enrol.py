"""A phone is enrolled once per code, with a key of its own, and let in by its token."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from server.accounts import store
from server.accounts.models import Device, Enrolment
from server.clock import HOUR_MS
from server.db import db
from tests.support.phone import Phone
from tests.support.world import World


@pytest.fixture
def code(world: World) -> str:
    world.add_user("inspector", "inspector_fulltime")
    with world.app.app_context():
        user = store.read_user_by_name(db.session, world.company, "inspector")
        assert user
        made = store.save_enrolment(db.session, user, world.clock(), 24)
        db.session.commit()
    return made


def enrol(phone: Phone, one_time: str, **changes: Any) -> Any:
    body = {"code": one_time, "name": "红米 9A", "public_key": phone.jwk(), **changes}
    return phone.client.post("/api/v1/devices", json=body)


@pytest.fixture
def phone(world: World, client: FlaskClient) -> Phone:
    return Phone(client, world.clock)


def test_a_code_makes_a_device_with_a_token(world: World, phone: Phone, code: str) -> None:
    reply = enrol(phone, code)
    assert reply.status_code == 201
    body = reply.json
    assert len(body["device"]) == 16
    assert len(body["token"]) >= 43
    assert body["server_time"] == "2025-11-20T00:53:20.000Z"
    assert len(body["user_id"]) == 36
    assert body["user"] == "inspector 显示名"
    assert body["company"] == "清源县乡村公交有限公司"
    assert body["regime"] == "road_passenger"
    health = phone.get("/api/v1/healthz").json
    assert health["epoch"] == body["epoch"]
    assert health["status"] == "ok"


def test_neither_code_nor_token_is_kept_in_clear(world: World, phone: Phone, code: str) -> None:
    token = enrol(phone, code).json["token"]
    with world.app.app_context():
        kept = [json.dumps(row, default=str) for row in map(vars, _rows())]
    assert not any(token in text or code in text for text in kept)


def _rows() -> list[Any]:
    return [*db.session.scalars(select(Device)), *db.session.scalars(select(Enrolment))]


def test_a_code_works_once(phone: Phone, code: str) -> None:
    assert enrol(phone, code).status_code == 201
    again = enrol(phone, code)
    assert (again.status_code, again.json["code"]) == (403, "code_unknown")


@pytest.mark.parametrize(("age_ms", "status"), [(24 * HOUR_MS - 1, 201), (24 * HOUR_MS, 403)])
def test_a_code_lives_for_a_day(
    world: World, phone: Phone, code: str, age_ms: int, status: int
) -> None:
    world.clock.at_ms += age_ms
    assert enrol(phone, code).status_code == status


def test_a_code_may_be_typed_small_and_with_spaces_around(phone: Phone, code: str) -> None:
    assert enrol(phone, f" {code.lower()} ").status_code == 201


def test_a_bad_key_does_not_use_the_code_up(phone: Phone, code: str) -> None:
    good = phone.jwk()
    bad = [
        {},
        {**good, "crv": "P-384"},
        {**good, "kty": "RSA"},
        {**good, "x": "AAAA"},
        {**good, "x": good["y"]},
        {**good, "x": 3},
        {**good, "d": good["x"]},
    ]
    for key in bad:
        reply = enrol(phone, code, public_key=key)
        assert (reply.status_code, reply.json["code"]) == (400, "key_malformed")
    assert enrol(phone, code).status_code == 201


@pytest.mark.parametrize("changes", [{"code": ""}, {"name": ""}, {"public_key": "x"}])
def test_a_malformed_request_is_a_problem(phone: Phone, code: str, changes: Any) -> None:
    reply = enrol(phone, code, **changes)
    assert reply.status_code == 422
    assert reply.mimetype == "application/problem+json"
    assert reply.json["code"] == "request_invalid"
    assert enrol(phone, code).status_code == 201


def test_trying_codes_is_slowed_down(phone: Phone) -> None:
    replies = [enrol(phone, f"GUESS{number}").status_code for number in range(31)]
    assert replies[0] == 403
    assert replies[-1] == 429

"""What crosses the border of /sync: digests, encodings, sizes, signatures, tokens."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest
from sqlalchemy import func, select

from server.accounts.models import Device
from server.db import db
from server.edits.models import EditRow
from tests.support.phone import Phone, content_digest, new_record
from tests.support.world import World, inspection_fields


def send(phone: Phone, payload: bytes, **headers: str) -> Any:
    sent = {"Content-Digest": content_digest(payload), "Content-Type": "application/json"}
    sent.update({name.replace("_", "-"): value for name, value in headers.items()})
    return phone.client.post("/api/v1/sync", data=payload, headers={**phone.headers, **sent})


def edits_kept(world: World) -> int:
    with world.app.app_context():
        return db.session.scalar(select(func.count()).select_from(EditRow)) or 0


def signed_payload(world: World, phone: Phone) -> bytes:
    edit = phone.edit(new_record(), inspection_fields(world))
    return json.dumps(
        {"epoch": None, "cursor": None, "edits": [edit], "signature": phone.sign(phone.prev)}
    ).encode()


def test_a_body_that_does_not_match_its_digest_has_no_effect(
    world: World, inspector: Phone
) -> None:
    payload = signed_payload(world, inspector)
    flipped = payload.replace(b"daily", b"dailx")
    reply = send(inspector, flipped, Content_Digest=content_digest(payload))
    assert (reply.status_code, reply.json["code"]) == (400, "digest_mismatch")
    assert reply.mimetype == "application/problem+json"
    assert edits_kept(world) == 0
    assert send(inspector, payload).status_code == 200


@pytest.mark.parametrize("header", ["", "md5=:AAAA:", "sha-256=:***:", "sha-256=:AAAA:"])
def test_a_push_without_a_good_digest_is_refused(
    world: World, inspector: Phone, header: str
) -> None:
    reply = send(inspector, signed_payload(world, inspector), Content_Digest=header)
    assert reply.status_code == 400
    assert reply.json["code"] in ("digest_missing", "digest_mismatch")
    assert edits_kept(world) == 0


def test_the_answer_carries_its_own_digest(inspector: Phone) -> None:
    reply = inspector.sync()
    assert reply.headers["Content-Digest"] == content_digest(reply.data)


def test_a_gzipped_body_is_read_and_its_digest_is_over_the_bytes_as_sent(
    world: World, inspector: Phone
) -> None:
    packed = gzip.compress(signed_payload(world, inspector))
    assert send(inspector, packed, Content_Encoding="gzip").status_code == 200
    assert edits_kept(world) == 1


@pytest.mark.parametrize(
    ("payload", "encoding", "status", "code"),
    [
        (b"{", "", 400, "body_malformed"),
        (b"[]", "", 400, "body_malformed"),
        (b'{"edits": 3}', "", 400, "body_malformed"),
        (b"[" * 100_000, "", 400, "body_malformed"),
        (b"not gzip", "gzip", 400, "body_malformed"),
        (gzip.compress(b"{}", mtime=0)[:-5], "gzip", 400, "body_malformed"),
        (b"{}", "br", 415, "encoding_unknown"),
        (gzip.compress(b" " * (8 * 1024 * 1024 + 1)), "gzip", 413, "body_too_large"),
        (b" " * (8 * 1024 * 1024 + 1), "", 413, "body_too_large"),
    ],
)
def test_a_body_that_cannot_be_read_is_named(
    inspector: Phone, payload: bytes, encoding: str, status: int, code: str
) -> None:
    reply = send(inspector, payload, **({"Content_Encoding": encoding} if encoding else {}))
    assert (reply.status_code, reply.json["code"]) == (status, code)


@pytest.mark.parametrize(("edits", "status"), [(500, 200), (501, 413)])
def test_the_number_of_edits_in_a_push_is_bounded(
    inspector: Phone, edits: int, status: int
) -> None:
    payload = json.dumps({"edits": [None] * edits}).encode()
    reply = send(inspector, payload)
    assert reply.status_code == status
    if status == 200:
        assert len(reply.json["receipts"]) == edits


def test_a_push_signed_by_another_key_has_no_effect(world: World, inspector: Phone) -> None:
    world.add_user("other", "inspector_fulltime")
    thief = world.enrol("other")
    edit = inspector.edit(new_record(), inspection_fields(world))
    reply = inspector.sync(edit, signature=thief.sign(inspector.prev))
    assert (reply.status_code, reply.json["code"]) == (400, "signature_invalid")
    assert edits_kept(world) == 0


@pytest.mark.parametrize("signature", ["", "AAAA", base64.b64encode(b"\0" * 64).decode(), "é"])
def test_a_malformed_signature_has_no_effect(
    world: World, inspector: Phone, signature: str
) -> None:
    edit = inspector.edit(new_record(), inspection_fields(world))
    reply = inspector.sync(edit, signature=signature)
    assert (reply.status_code, reply.json["code"]) == (400, "signature_invalid")
    missing = inspector.sync(edit, signature=None)
    assert (missing.status_code, missing.json["code"]) == (400, "signature_missing")
    assert edits_kept(world) == 0


def test_the_signature_covers_the_newest_edit_wherever_it_stands(
    world: World, inspector: Phone
) -> None:
    edits = [inspector.edit(new_record(), inspection_fields(world)) for _ in range(3)]
    receipts = inspector.push(edits[2], edits[0], edits[1])
    assert [receipt["state"] for receipt in receipts] == ["accepted"] * 3


def test_an_unknown_token_is_401_and_a_revoked_phone_403(world: World, inspector: Phone) -> None:
    stranger = inspector.twin()
    stranger.token = "x" * 43
    assert (stranger.sync().status_code, stranger.sync().json["code"]) == (401, "token_unknown")
    assert inspector.client.post("/api/v1/sync").status_code == 401
    with world.app.app_context():
        db.session.get_one(Device, (world.company, inspector.device)).revoked_at_ms = 1
        db.session.commit()
    reply = inspector.sync()
    assert (reply.status_code, reply.json["code"]) == (403, "device_revoked")


def test_the_sentence_is_in_the_readers_language(inspector: Phone) -> None:
    chinese = send(inspector, b"{", Accept_Language="zh-CN")
    english = send(inspector, b"{", Accept_Language="en-GB")
    assert chinese.json["title"] == "请求内容无法识别"
    assert english.json["title"] == "The request body cannot be understood"

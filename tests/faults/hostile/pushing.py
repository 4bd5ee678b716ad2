"""One bad edit between two good ones: sends it, and says which promise of the protocol broke."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from server.db import db
from server.edits.models import EditRow, Quarantined
from tests.support.phone import Phone, content_digest, new_record
from tests.support.world import World, inspection_fields


def as_bytes(value: object) -> bytes:
    return json.dumps(value).encode()


def send(phone: Phone, payload: bytes, **headers: str) -> Any:
    """A push of exactly these bytes, with their digest."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {"Content-Digest": content_digest(payload), "Content-Type": "application/json"}
    return phone.client.post(
        "/api/v1/sync", data=payload, headers={**phone.headers, **sent, **named}
    )


def frame(phone: Phone, edits: Sequence[bytes]) -> bytes:
    """The body of a push of these edits, signed over the newest that the phone has made."""
    signature = json.dumps(phone.sign(phone.prev)).encode()
    return b'{"edits":[' + b",".join(edits) + b'],"signature":' + signature + b"}"


def find_broken(world: World, phone: Phone, bad: bytes) -> list[str]:
    """What one push with this edit in the middle, sent twice, does that it must not."""
    good = [as_bytes(phone.edit(new_record(), inspection_fields(world))) for _ in range(2)]
    payload = frame(phone, [good[0], bad, good[1]])
    replies = [send(phone, payload) for _ in range(2)]
    broken = _of_replies(replies)
    if not broken:
        broken += _of_receipts(replies) + _of_kept(world, bad, good)
    return broken


def _of_replies(replies: list[Any]) -> list[str]:
    return [
        f"the whole push is answered {reply.status_code}"
        for reply in replies
        if reply.status_code != 200
    ]


def _of_receipts(replies: list[Any]) -> list[str]:
    first, again = (reply.json["receipts"] for reply in replies)
    states = [receipt["state"] for receipt in first]
    broken = [] if states == ["accepted", "refused", "accepted"] else [f"receipts: {states}"]
    return broken if first == again else [*broken, "another answer to the same push"]


def _of_kept(world: World, bad: bytes, good: list[bytes]) -> list[str]:
    with world.app.app_context():
        refused = list(db.session.scalars(select(Quarantined.body)))
        taken = [json.loads(body) for body in db.session.scalars(select(EditRow.body))]
    broken = [] if any(_is_same(body, bad) for body in refused) else ["the refused bytes are gone"]
    lost = [edit for edit in map(json.loads, good) if edit not in taken]
    return broken + ["a neighbour is gone" for _ in lost]


def _is_same(body: str, sent: bytes) -> bool:
    """Kept byte for byte, or in the one canonical form of the same value."""
    octets = body.encode()
    if body.startswith('{"base64"'):
        octets = base64.b64decode(json.loads(body)["base64"])
    if octets == sent.strip():
        return True
    try:
        return json.loads(octets) == json.loads(sent)
    except (ValueError, RecursionError):
        return False


def find_altered(world: World, phone: Phone) -> list[str]:
    """Bits of a push that flip on the way: nothing of it may be taken, then all of it."""
    edit = phone.edit(new_record(), inspection_fields(world, driver_typed="甲乙丙"))
    payload = frame(phone, [as_bytes(edit)])
    broken: list[str] = []
    for at in range(0, len(payload), 97):
        flipped = bytearray(payload)
        flipped[at] ^= 4
        digest = content_digest(payload)
        reply = send(phone, bytes(flipped), Content_Digest=digest)
        told = (reply.status_code, reply.json.get("code"))
        if told != (400, "digest_mismatch"):
            broken.append(f"a flipped bit at {at} is answered {told}")
    receipts = send(phone, payload).json["receipts"]
    return broken if receipts[0]["state"] == "accepted" else [*broken, "the true push is refused"]

"""What an office page must stand and withstand: odd refusals, stale pages, old sessions."""

from __future__ import annotations

import json
import re

from server.accounts import store
from server.db import db
from tests.server.office.staff import Seat
from tests.support.phone import Phone, content_digest, new_record
from tests.support.world import World, inspection_fields


def test_half_a_character_does_not_close_the_quarantine(
    reviewer: Seat, inspector: Phone, world: World
) -> None:
    payload = json.dumps({"edits": [{"note": "\ud800"}]}).encode()
    headers = {**inspector.headers, "Content-Digest": content_digest(payload)}
    inspector.client.post("/api/v1/sync", data=payload, headers=headers)
    assert "\\ud800" in reviewer.page("/office/quarantine")


def test_nobody_confirms_what_they_did_not_see(
    reviewer: Seat, inspector: Phone, world: World, record: str
) -> None:
    page = reviewer.page(f"/office/inspections/{record}")
    found = re.search(r'name="seen" value="([0-9a-f]{16})"', page)
    assert found
    inspector.push(inspector.edit(record, {"answers/P2-01": {"value": "fail"}}))
    stale = reviewer.review(record, "confirm", seen=found[1])
    assert stale.status_code == 409
    page = reviewer.page(f"/office/inspections/{record}")
    fresh = re.search(r'name="seen" value="([0-9a-f]{16})"', page)
    assert fresh
    assert fresh[1] != found[1]
    assert reviewer.review(record, "confirm", seen=fresh[1]).status_code == 303


def test_a_new_secret_ends_every_session(reviewer: Seat, world: World) -> None:
    assert reviewer.get("/office/").status_code == 200
    with world.app.app_context():
        user = store.read_user_by_name(db.session, world.company, "reviewer")
        assert user
        store.renew_secret(user)
        db.session.commit()
    assert reviewer.get("/office/").status_code == 302


def test_a_bracket_in_the_way_back_leads_home(reviewer: Seat) -> None:
    reply = reviewer.post("/office/language", lang="en", next="//[")
    assert reply.status_code in (302, 303)
    assert reply.location.endswith("/office/")


def test_a_secret_record_shows_no_device_in_its_page(
    reviewer: Seat, inspector: Phone, world: World
) -> None:
    record = new_record()
    fields = inspection_fields(world, mode="undercover")
    inspector.push(inspector.edit(record, fields))
    assert inspector.device not in reviewer.page(f"/office/inspections/{record}")

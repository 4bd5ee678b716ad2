"""Faults 38, 39, 40, 43: refused tokens, another user on the phone, a record that poisons."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Route, expect
from sqlalchemy import select

from server.accounts.models import Device, User
from server.db import db
from tests.e2e.phone import hand
from tests.e2e.serving import Server
from tests.faults.browser.checker import violations
from tests.faults.browser.conftest import new_inspector
from tests.faults.browser.handset import Handset
from tests.faults.tally import Tally

REFUSALS = [(401, "token_unknown"), (403, "device_revoked"), (401, "")]


def refusing(status: int, code: str) -> Callable[[Route], None]:
    body = json.dumps({"status": status, "code": code, "title": "no"})
    kind = "application/problem+json"
    return lambda route: route.fulfill(status=status, content_type=kind, body=body)


def test_a_refused_token_keeps_all_work_and_lets_it_go_on(
    handset: Handset, tally: Tally, scale: int
) -> None:
    found: list[str] = []
    for status, code in REFUSALS[: scale + 1]:
        handset.context.set_offline(True)
        handset.check_bus()
        handset.context.route("**/api/v1/**", refusing(status, code))
        handset.context.set_offline(False)
        handset.sync()
        found += violations(handset)
        handset.start()
        handset.judge("P2-01", "pass")
        handset.context.unroute("**/api/v1/**")
        handset.to_delivery()
        handset.sync()
        handset.arrive()
        found += violations(handset)
        tally.add(38, 1, len(found))
    assert found == []


def authors(house: Server, stamps: set[str]) -> dict[str, str]:
    """Under whose name the server keeps each edit."""
    assert house.world
    world = house.world

    def read() -> dict[str, str]:
        with world.app.app_context():
            query = (
                select(Device.id, User.name)
                .join(User, (User.company == Device.company) & (User.id == Device.user))
                .where(Device.id.in_({stamp[-16:] for stamp in stamps}))
            )
            names = {row.id: row.name for row in db.session.execute(query)}
            db.session.rollback()
        return {stamp: names[stamp[-16:]] for stamp in stamps}

    return hand.patiently(read)


def test_another_user_on_the_phone_sends_the_first_ones_work_under_the_first_name(
    handset: Handset, tally: Tally
) -> None:
    handset.context.route("**/api/v1/sync", lambda route: route.abort())
    first = handset.check_bus()
    draft = handset.start()
    handset.judge("P2-01", "pass")
    handset.user, first_user = new_inspector(handset.house), handset.user
    handset.page.goto(f"{handset.app}#/mine")
    handset.enrol()
    # Nothing of the first user's is shown, and nothing of it is gone.
    expect(handset.page.get_by_text("还没有检查记录")).to_be_visible()
    assert {row["record"] for row in handset.rows().records} >= {first, draft}
    handset.context.unroute("**/api/v1/sync")
    handset.to_delivery()
    handset.sync()
    second = handset.check_bus()
    handset.arrive()
    rows, server = handset.rows(), handset.server_rows()
    names = authors(handset.house, set(server.edits))
    by_record: dict[str, Any] = {
        row["record"]: names[row["stamp"]] for row in rows.edits if row["stamp"] in names
    }
    assert by_record == {first: first_user, second: handset.user}
    assert rows.record(draft)
    tally.add(39, 1, 0)


def test_there_is_no_way_to_sign_out_that_deletes(handset: Handset, tally: Tally) -> None:
    handset.context.set_offline(True)
    record = handset.check_bus()
    handset.page.goto(f"{handset.app}#/mine")
    for word in ("退出", "注销", "清空", "删除"):
        expect(handset.page.get_by_role("button", name=word)).to_have_count(0)
    handset.page.get_by_role("button", name="重新登记").click()
    handset.context.set_offline(False)
    handset.context.route("**/api/v1/sync", lambda route: route.abort())
    handset.enrol()
    assert handset.rows().record(record)
    handset.context.unroute("**/api/v1/sync")
    handset.to_delivery()
    handset.sync()
    handset.arrive()
    assert len(handset.server_rows().edits) == 1
    tally.add(40, 1, 0)


def test_one_record_that_poisons_the_server_does_not_hold_up_the_others(
    handset: Handset, tally: Tally
) -> None:
    handset.context.set_offline(True)
    records = [handset.check_bus() for _ in range(3)]

    def choke(route: Route) -> None:
        body = route.request.post_data_buffer or b""
        text = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
        if records[1].encode() in text:
            route.fulfill(status=500, content_type="text/html", body="<h1>Internal</h1>")
        else:
            route.continue_()

    handset.context.route("**/api/v1/sync", choke)
    handset.context.set_offline(False)
    handset.sync()
    expect(handset.page.get_by_text("已送达", exact=True)).to_have_count(2)
    found = violations(handset)
    handset.context.unroute("**/api/v1/sync")
    handset.sync()
    handset.arrive()
    found += violations(handset)
    tally.add(43, 1, len(found))
    assert found == []

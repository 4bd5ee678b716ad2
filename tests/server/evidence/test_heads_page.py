"""The evidence page: the head now, the signed ones, and a print that can be checked elsewhere."""

from __future__ import annotations

import re

import pytest
from flask import Flask, render_template_string

from server.accounts.rights import ROLES, may
from server.config import Settings
from server.db import db
from server.evidence.heads import check_signed_head, read_key
from server.evidence.models import SignedHead
from server.evidence.store import read_head
from server.heads.daily import keep_heads
from tests.server.office.staff import Seat, sit_down
from tests.support.clock import HandClock
from tests.support.world import World, make_world

DAY = "2025-11-20"
PLACE = f"/office/evidence/{DAY}"


@pytest.fixture
def auditor(world: World) -> Seat:
    return sit_down(world, "auditor", "auditor")


@pytest.fixture
def signed(world: World, app: Flask) -> None:
    with app.app_context():
        keep_heads()


def test_the_page_shows_the_head_now_and_every_signed_one(
    world: World, app: Flask, auditor: Seat, signed: None
) -> None:
    page = auditor.page("/office/evidence")
    with app.app_context():
        head = read_head(db.session, world.company)
    assert head.hash in page
    assert f'href="{PLACE}">{DAY}</a>' in page
    assert "有效" in page
    assert "能被发现" in page


def test_before_the_first_head_the_page_says_how_one_is_made(auditor: Seat) -> None:
    assert "还没有签名的指纹" in auditor.page("/office/evidence")
    assert auditor.get(PLACE).status_code == 404


def test_the_print_holds_the_text_the_code_and_the_key(
    auditor: Seat, settings: Settings, signed: None
) -> None:
    page = auditor.page(PLACE)
    line = re.search(r'<pre class="signed-text"[^>]*>(.+?)</pre>', page)
    assert line
    key = read_key(settings.data_dir).public
    assert check_signed_head(line[1], key).day == DAY
    assert key in page
    assert "<svg" in page
    assert "style=" not in page  # the content policy forbids it
    assert auditor.get(f"{PLACE}.json").get_data(as_text=True) == f"{line[1]}\n"


def test_the_page_is_there_in_english(auditor: Seat, signed: None) -> None:
    auditor.client.set_cookie("lang", "en")
    assert "it shows if anybody later changes or deletes" in auditor.page("/office/evidence")
    assert f"Evidence fingerprint of {DAY}" in auditor.page(PLACE)


def test_an_altered_head_is_shown_as_altered(app: Flask, auditor: Seat, signed: None) -> None:
    with app.app_context():
        db.session.query(SignedHead).update({"size": 1})
        db.session.commit()
    for path in ("/office/evidence", PLACE):
        assert "内容被改动" in auditor.page(path)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_only_who_may_keep_heads_sees_them(world: World, signed: None, role: str) -> None:
    seat = sit_down(world, f"one-{role}", role)
    status = 200 if may(role, "read_heads") else 403
    assert seat.get("/office/evidence").status_code == status
    assert seat.get(PLACE).status_code == status
    assert seat.get(f"{PLACE}.json").status_code == status
    nav = 'href="/office/evidence"' in seat.get("/office/evidence").get_data(as_text=True)
    assert nav == (status == 200)


def test_heads_are_for_witnesses_of_both_sides_and_for_nobody_who_is_only_looked_at() -> None:
    readers = {role for role in ROLES if may(role, "read_heads")}
    assert {"quality_head", "auditor", "sysadmin", "union_rep", "regulator"} <= readers
    assert not readers & {"crew", "dispatcher", "inspector_fulltime", "inspector_social"}


def test_an_outsider_sees_another_companys_head_nowhere(
    world: World, app: Flask, clock: HandClock, signed: None
) -> None:
    other = make_world(app, clock, "云岭客运公司", "云A")
    outsider = sit_down(other, "outsider", "auditor")
    assert outsider.get(PLACE).status_code == 404
    assert outsider.get(f"{PLACE}.json").status_code == 404
    assert DAY not in outsider.page("/office/evidence")


def test_who_is_not_signed_in_is_sent_to_the_door(app: Flask, signed: None) -> None:
    for path in ("/office/evidence", PLACE, f"{PLACE}.json"):
        assert app.test_client().get(path).status_code == 302


def test_other_reports_can_bear_the_newest_head(app: Flask, world: World, signed: None) -> None:
    @app.get("/office/report")
    def report() -> str:
        return render_template_string(
            '{% import "evidence/mark.html" as marks %}{{ marks.head_mark() }}'
        )

    with app.app_context():
        head = read_head(db.session, world.company)
    page = sit_down(world, "auditor", "auditor").page("/office/report")
    assert head.hash[:16] in page
    assert DAY in page

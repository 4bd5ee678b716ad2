"""A company whose lists are empty: the phone says so, and inspects what is typed in."""

from __future__ import annotations

import re
import secrets

import pytest
from playwright.sync_api import Page, expect

from server.accounts import store as accounts
from server.clock import system_now_ms
from server.db import begin_write, db
from server.edits.founding import found_company
from tests.e2e.phone import hand
from tests.e2e.phone.conftest import OpenPhone
from tests.e2e.serving import Server


@pytest.fixture
def code(house: Server) -> str:
    """An enrolment code in a company that was founded a moment ago."""
    return hand.patiently(lambda: _found(house))


def _found(house: Server) -> str:
    assert house.world
    with house.world.app.app_context():
        begin_write(db.session)
        name = f"新公司 {secrets.token_hex(4)}"
        company = found_company(db.session, name, "city_bus", system_now_ms())
        card = accounts.UserCard("inspector", "inspector_fulltime", "周敏", None)
        user, _ = accounts.save_user(db.session, company.id, card, system_now_ms())
        code = accounts.save_enrolment(db.session, user, system_now_ms(), 24)
        db.session.commit()
    return code


def test_empty_lists_are_said_and_typing_goes_on(
    house: Server, open_phone: OpenPhone, code: str
) -> None:
    phone: Page = open_phone()
    phone.context.route("**/api/v1/sync", lambda route: route.abort())
    phone.goto(f"{house.url}/app/#enrol={code}")
    phone.get_by_role("button", name="登记", exact=True).click()
    expect(phone.get_by_text("正在取车辆和人员名单")).to_be_visible()
    phone.context.unroute("**/api/v1/sync")
    phone.reload()
    expect(phone.get_by_text("名单里还没有车辆")).to_be_visible()
    expect(phone.get_by_text("正在取车辆和人员名单")).to_have_count(0)
    phone.get_by_role("button", name="开始检查").click()
    expect(phone.get_by_text("名单里还没有车辆,可直接录入车牌")).to_be_visible()
    phone.get_by_role("textbox").fill("豫Z99998")
    phone.get_by_role("button", name=re.compile("按“豫Z99998”录入")).click()
    phone.get_by_role("button", name=re.compile("^驾驶员")).click()
    expect(phone.get_by_text("名单里还没有人员,可直接录入姓名")).to_be_visible()
    phone.get_by_role("textbox").fill("王芳")
    phone.get_by_role("button", name=re.compile("按“王芳”录入")).click()
    phone.get_by_role("radio", name="全面").check()
    phone.get_by_role("button", name="开始逐项检查").click()
    hand.go_to(phone, "P3")
    # Counted as the server will count it: 110 % is no critical fault in a city bus.
    load = hand.item(phone, "P3-05")
    load.get_by_role("textbox").fill("110")
    expect(load.get_by_text("不合格 · 严重")).to_be_visible()

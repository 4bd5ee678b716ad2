"""Starting an inspection: vehicle by part of the plate, crew by a tap, others typed in."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.phone import hand


def test_keys_for_the_plate_find_a_vehicle(phone: Page) -> None:
    phone.get_by_role("button", name="开始检查").click()
    for sign in "川B12":
        if sign == "川":
            phone.get_by_role("button", name="省份").click()
        phone.get_by_role("button", name=sign, exact=True).click()
    expect(phone.get_by_role("status").filter(has_text="找到")).to_have_text("找到 3 辆")
    phone.get_by_role("button", name="删除一位").click()
    expect(phone.get_by_role("textbox")).to_have_value("川B1")
    phone.get_by_role("textbox").fill("003")
    phone.get_by_role("button", name=re.compile("川B12343")).click()
    expect(phone.get_by_role("heading", name="检查准备")).to_be_visible()
    hand.saved(phone)


def test_more_than_fits_is_counted_and_hits_come_before_typing_in(phone: Page) -> None:
    rows = [{"plate": f"豫Q{number}", "fleet_number": "", "kind": "coach"} for number in range(43)]
    hand.put_rows(phone, "vehicle", rows)
    phone.reload()
    phone.get_by_role("button", name="开始检查").click()
    phone.get_by_role("textbox").fill("豫Q")
    expect(phone.get_by_role("status").filter(has_text="找到")).to_have_text("找到 43 辆")
    expect(phone.get_by_role("button", name=re.compile("^豫Q"))).to_have_count(30)
    expect(phone.get_by_text("还有 13 辆,请多输几位")).to_be_visible()
    phone.get_by_role("textbox").fill("1234")
    expect(phone.get_by_role("status").filter(has_text="找到 3 辆")).to_be_visible()
    names = phone.locator(".cell-tap").all_inner_texts()
    assert [("录入" in name) for name in names] == [False, False, False, True]


def test_a_vehicle_and_a_person_who_are_not_listed_are_typed_in(phone: Page) -> None:
    phone.get_by_role("button", name="开始检查").click()
    phone.get_by_role("textbox").fill("豫Z99998")
    phone.get_by_role("button", name=re.compile("按“豫Z99998”录入")).click()
    name = "买买提·阿不都热合曼䶮㙓"
    phone.get_by_role("button", name=re.compile("^驾驶员")).click()
    phone.get_by_role("textbox").fill(name)
    phone.get_by_role("button", name=re.compile("录入")).click()
    expect(phone.get_by_role("button", name=re.compile("^驾驶员"))).to_contain_text(name)
    hand.saved(phone)
    phone.reload()
    expect(phone.get_by_role("button", name=re.compile("^车辆"))).to_contain_text("豫Z99998")
    expect(phone.get_by_role("button", name=re.compile("^驾驶员"))).to_contain_text("手工录入")


def test_the_last_duty_is_suggested_and_confirmed_by_a_tap(phone: Page) -> None:
    hand.start(phone)
    phone.get_by_role("button", name=re.compile("^驾驶员")).click()
    phone.get_by_role("button", name=re.compile("李秀英")).click()
    phone.get_by_role("button", name="返回").click()
    hand.start(phone)
    expect(phone.get_by_role("button", name=re.compile("^驾驶员"))).to_contain_text("未填")
    expect(phone.get_by_text("上次当班:李秀英")).to_be_visible()
    phone.get_by_role("button", name="确认驾驶员 李秀英").click()
    expect(phone.get_by_role("button", name=re.compile("^驾驶员"))).to_contain_text("李秀英")


def test_a_draft_is_deleted_only_when_asked(phone: Page) -> None:
    hand.start(phone)
    phone.get_by_role("button", name="删除这份草稿").click()
    phone.get_by_role("button", name="保留").click()
    expect(phone.get_by_role("heading", name="检查准备")).to_be_visible()
    phone.get_by_role("button", name="删除这份草稿").click()
    phone.get_by_role("button", name="删除", exact=True).click()
    expect(phone.get_by_role("heading", name="今日")).to_be_visible()
    expect(phone.get_by_text("草稿已删除")).to_be_visible()
    expect(phone.get_by_role("button", name=re.compile("川B12341"))).to_have_count(0)


def test_a_spot_check_judges_what_was_chosen(phone: Page) -> None:
    hand.start(phone, mode="抽查")
    phone.get_by_role("button", name="选择要查的项目").click()
    phone.get_by_role("checkbox", name=re.compile("P8")).check()
    phone.get_by_role("button", name=re.compile("^P2")).click()
    phone.get_by_role("checkbox", name="灯光齐全有效").check()
    phone.get_by_role("button", name="已选 8 项,开始").click()
    expect(phone.locator(".spine button")).to_have_count(2)
    expect(phone.locator("article")).to_have_count(1)
    phone.reload()
    expect(phone.locator("article")).to_have_count(1)

"""Finishing: what is missing leads to where it is mended, and the score is the server's."""

from __future__ import annotations

import json
import re
import urllib.request
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.phone import hand
from tests.e2e.serving import Server


def to_finish(page: Page) -> None:
    page.goto(re.sub(r"/check/([^/]+).*", r"/finish/\1", page.url))
    expect(page.get_by_role("heading", name="完成", exact=True)).to_be_visible()


def test_a_daily_check_with_open_items_leads_to_the_first_of_them(phone: Page) -> None:
    hand.start_daily(phone)
    hand.judge(phone, "P2-01", "合格")
    to_finish(phone)
    expect(phone.get_by_role("heading", name="还有 12 项没判")).to_be_visible()
    expect(phone.get_by_role("button", name="完成检查")).to_have_count(0)
    phone.get_by_role("button", name="去判没判的项目").click()
    expect(hand.item(phone, "P2-02")).to_be_in_viewport()


def test_the_rest_can_be_marked_not_applicable_and_that_undone(phone: Page) -> None:
    hand.start_daily(phone)
    to_finish(phone)
    phone.get_by_role("button", name="其余记为不适用").click()
    phone.get_by_role("alertdialog").get_by_role("button", name="取消").click()
    expect(phone.get_by_role("heading", name="还有 13 项没判")).to_be_visible()
    phone.get_by_role("button", name="其余记为不适用").click()
    phone.get_by_role("alertdialog").get_by_role("button", name="其余记为不适用").click()
    expect(phone.get_by_role("button", name="完成检查")).to_be_visible()
    phone.get_by_role("button", name="撤销").click()
    expect(phone.get_by_role("heading", name="还有 13 项没判")).to_be_visible()


def test_a_suspected_critical_says_what_to_do_now(phone: Page) -> None:
    hand.start_daily(phone)
    hand.go_to(phone, "P3")
    hand.judge(phone, "P3-01", "不合格")
    phone.get_by_role("dialog").get_by_role("button", name="好了").click()
    to_finish(phone)
    warning = phone.get_by_role("region", name="疑似否决 1 项:马上处理")
    expect(warning).to_contain_text("灭火器在位有效")
    expect(warning).to_contain_text("立即报告当值安全负责人")
    expect(phone.get_by_text("驾驶员没填")).to_be_visible()


def test_a_missing_photo_asks_why_and_keeps_the_reason(
    phone: Page, house: Server, head: dict[str, str]
) -> None:
    hand.start_daily(phone)
    hand.judge(phone, "P2-02", "不合格")
    phone.get_by_role("dialog").get_by_role("button", name="好了").click()
    record = hand.record_of(phone)
    to_finish(phone)
    phone.get_by_role("button", name="其余记为不适用").click()
    phone.get_by_role("alertdialog").get_by_role("button", name="其余记为不适用").click()
    phone.get_by_role("button", name="完成检查").click()
    question = phone.get_by_role("alertdialog", name="完成这次检查?")
    expect(question).to_contain_text("1 项不合格缺照片")
    question.get_by_role("radio", name="车辆已驶离").check()
    question.get_by_role("button", name="完成并送达").click()
    expect(phone.get_by_text("已送达").first).to_be_visible()
    sent = ask(f"{house.url}/api/v1/inspections/{record}", head)
    assert "无照片:车辆已驶离" in json.dumps(sent, ensure_ascii=False)


def test_the_score_on_the_phone_is_the_score_of_the_server(
    phone: Page, house: Server, head: dict[str, str]
) -> None:
    hand.start_daily(phone)
    hand.go_to(phone, "P8")
    hand.judge(phone, "P8-05", "3")
    hand.item(phone, "P8-04").get_by_role("textbox").fill("9")
    hand.judge(phone, "P8-01", "2")
    phone.get_by_role("dialog").get_by_role("button", name="好了").click()
    record = hand.record_of(phone)
    hand.finish_daily(phone, fails=("P3-07", "P6-05"))
    expect(phone.get_by_text("已送达").first).to_be_visible()
    phone.goto(f"{house.url}/app/#/finish/{record}")
    score = phone.get_by_role("region", name="得分")
    sent = ask(f"{house.url}/api/v1/inspections/{record}", head)
    expect(score).to_contain_text(f"{sent['total_bp'] / 100:.2f}")
    expect(score).to_contain_text(f"扣分 {sent['fault_points']}")
    expect(score).to_contain_text(f"等级 {sent['grade']}")
    for name, subject in (("驾驶员", "driver"), ("车辆", "vehicle")):
        shown = score.get_by_text(name, exact=True).locator("xpath=..")
        expect(shown).to_contain_text(f"{sent['subjects'][subject]['bp'] / 100:.2f}")


def ask(url: str, headers: dict[str, str]) -> Any:
    """What is read over the API."""
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=30) as reply:
        return json.loads(reply.read())

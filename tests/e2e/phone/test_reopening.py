"""Leaving, reloading, being killed: the app opens again where the work was, nothing is lost."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, Playwright, expect

from tests.e2e import inspector
from tests.e2e.browsing import PHONE, kill_browser, open_profile
from tests.e2e.phone import hand
from tests.e2e.serving import Server


def test_a_killed_browser_opens_on_the_same_fail_with_its_photo(
    house: Server, playwright: Playwright, tmp_path: Path, code: str
) -> None:
    profile = tmp_path / "profile"
    with open_profile(playwright, profile, PHONE) as context:
        page = context.pages[0]
        inspector.enrol(page, house.url, code)
        hand.start_daily(page)
        hand.go_to(page, "P3")
        hand.judge(page, "P3-01", "不合格")
        sheet = page.get_by_role("dialog")
        sheet.get_by_label("备注").fill("过期")
        sheet.locator("input[type=file]").set_input_files(str(hand.photograph(tmp_path, 3)))
        expect(sheet.get_by_role("img")).to_have_count(1)
        hand.saved(page)
        kill_browser(profile)
    with open_profile(playwright, profile, PHONE) as context:
        page = context.pages[0]
        page.goto(f"{house.url}/app/")
        sheet = page.get_by_role("dialog", name="灭火器在位有效")
        expect(sheet.get_by_label("备注")).to_have_value("过期")
        expect(sheet.get_by_role("img")).to_have_count(1)


def test_it_starts_with_no_network_on_the_item_tapped_last(phone: Page) -> None:
    hand.start(phone, mode="全面")
    phone.get_by_role("button", name="开始逐项检查").click()
    hand.go_to(phone, "P8")
    hand.judge(phone, "P8-06", "合格")
    hand.saved(phone)
    app = phone.url.partition("#")[0]
    phone.context.set_offline(True)
    phone.goto("about:blank")
    phone.goto(app)
    expect(hand.item(phone, "P8-06")).to_be_in_viewport()
    assert hand.judged(phone, "P8-06") == "pass"


def test_back_leads_out_one_step_at_a_time(phone: Page) -> None:
    hand.start_daily(phone)
    hand.go_to(phone, "P5")
    hand.judge(phone, "P5-01", "不合格")
    expect(phone.get_by_role("dialog")).to_be_visible()
    phone.go_back()
    expect(phone.get_by_role("dialog")).to_have_count(0)
    expect(phone.locator("#point-title")).to_contain_text("P5")
    phone.go_back()
    expect(phone.get_by_role("heading", name="检查准备")).to_be_visible()
    phone.go_back()
    expect(phone.get_by_role("heading", name="今日")).to_be_visible()


def test_a_finished_record_is_not_opened_again_by_itself(phone: Page) -> None:
    hand.start_daily(phone)
    hand.finish_daily(phone)
    app = phone.url.partition("#")[0]
    phone.goto("about:blank")
    phone.goto(app)
    expect(phone.get_by_role("heading", name="今日")).to_be_visible()

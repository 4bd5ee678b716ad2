"""Checking: one tap is one answer, kept at once; what was not kept is said out loud."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.phone import hand


def test_passing_the_rest_leaves_numbers_and_what_was_judged(phone: Page) -> None:
    hand.start_daily(phone)
    hand.go_to(phone, "P3")
    hand.judge(phone, "P3-07", "不适用")
    phone.get_by_role("button", name="其余全部合格(1 项)").click()
    expect(phone.get_by_role("button", name="还有 1 项要填")).to_be_visible()
    assert hand.judged(phone, "P3-01") == "pass"
    assert hand.judged(phone, "P3-07") == "na"
    expect(hand.item(phone, "P3-02").get_by_role("textbox")).to_have_value("")


def test_passing_can_be_undone_but_not_over_a_later_judgement(phone: Page) -> None:
    hand.start_daily(phone)
    phone.get_by_role("button", name="本项全部合格(3 项)").click()
    phone.get_by_role("button", name="撤销").click()
    expect(phone.get_by_role("button", name="本项全部合格(3 项)")).to_be_visible()
    phone.get_by_role("button", name="本项全部合格(3 项)").click()
    hand.judge(phone, "P2-02", "不适用")
    expect(phone.get_by_role("button", name="撤销")).to_have_count(0)
    assert hand.judged(phone, "P2-02") == "na"


def test_numbers_take_decimals_steps_and_the_usual_count(phone: Page) -> None:
    hand.start(phone, mode="全面")
    phone.get_by_role("button", name="开始逐项检查").click()
    hand.go_to(phone, "P2")
    tread = hand.item(phone, "P2-04")
    tread.get_by_role("textbox").fill("3.1")
    expect(tread.get_by_text("不合格 · 否决")).to_be_visible()
    tread.get_by_role("button", name="加 0.1").click()
    expect(tread.get_by_role("textbox")).to_have_value("3.2")
    expect(tread.get_by_text("不合格")).to_have_count(0)
    tread.get_by_role("textbox").fill("3.x")
    expect(tread.get_by_role("alert")).to_contain_text("请填数字")
    tread.get_by_role("textbox").blur()
    expect(tread.get_by_role("textbox")).to_have_value("3.2")
    hand.go_to(phone, "P8")
    litter = hand.item(phone, "P8-04")
    litter.get_by_role("button", name="填 0 件").click()
    expect(litter.get_by_role("textbox")).to_have_value("0")


def test_missing_hammers_are_a_difference_and_none_missing_is_one_tap(phone: Page) -> None:
    hand.start(phone, mode="全面")
    phone.get_by_role("button", name="开始逐项检查").click()
    hand.go_to(phone, "P3")
    hammers = hand.item(phone, "P3-02")
    expect(hammers.get_by_text("差额(把)")).to_be_visible()
    expect(hammers.get_by_text("少 2 把填 -2")).to_be_visible()
    hammers.get_by_role("textbox").fill("-2")
    expect(hammers.get_by_text("不合格 · 严重")).to_be_visible()
    hammers.get_by_role("textbox").fill("")
    hammers.get_by_role("button", name="齐全(0)").click()
    expect(hammers.get_by_role("textbox")).to_have_value("0")
    expect(hammers.get_by_text("不合格")).to_have_count(0)


def test_circumstances_turn_a_fail_into_a_pass_and_back(phone: Page) -> None:
    hand.start(phone, mode="全面")
    phone.get_by_role("button", name="开始逐项检查").click()
    hand.go_to(phone, "P6")
    heat = hand.item(phone, "P6-08")
    heat.get_by_role("textbox").fill("31")
    expect(heat.get_by_text("不合格 · 轻微")).to_be_visible()
    heat.get_by_role("checkbox", name="空调已开").check()
    expect(heat.get_by_text("不合格 · 轻微")).to_have_count(0)
    hand.go_to(phone, "P8")
    litter = hand.item(phone, "P8-04")
    litter.get_by_role("textbox").fill("3")
    expect(litter.get_by_text("不合格 · 轻微")).to_have_count(0)
    litter.get_by_role("checkbox", name="在始发站").check()
    expect(litter.get_by_text("不合格 · 轻微")).to_be_visible()


def test_a_fail_is_charged_noted_and_photographed(phone: Page, tmp_path: Path) -> None:
    hand.start_daily(phone)
    hand.go_to(phone, "P3")
    hand.judge(phone, "P3-01", "不合格")
    sheet = phone.get_by_role("dialog", name="灭火器在位有效")
    expect(sheet).to_contain_text("否决")
    sheet.get_by_role("radio", name="公司").check()
    sheet.get_by_label("备注").fill("压力在红区")
    sheet.get_by_role("button", name="屡次出现").click()
    expect(sheet.get_by_label("备注")).to_have_value("压力在红区;屡次出现")
    photos = [str(hand.photograph(tmp_path, seed)) for seed in (1, 2)]
    sheet.locator("input[type=file]").set_input_files(photos)
    expect(sheet.get_by_role("img")).to_have_count(2)
    sheet.get_by_role("button", name="移除第 1 张照片").click()
    expect(sheet.get_by_role("img")).to_have_count(1)
    phone.get_by_role("button", name="撤销").click()
    expect(sheet.get_by_role("img")).to_have_count(2)
    sheet.get_by_role("checkbox", name="已当场整改").check()
    phone.go_back()
    expect(sheet).to_have_count(0)
    note = hand.item(phone, "P3-01").get_by_role("button", name="压力在红区")
    expect(note).to_contain_text("不合格 · 否决 · 公司 · 已当场整改")


def test_a_file_that_is_no_photo_is_said(phone: Page, tmp_path: Path) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 not a picture")
    hand.start_daily(phone)
    hand.judge(phone, "P2-01", "不合格")
    sheet = phone.get_by_role("dialog")
    sheet.locator("input[type=file]").set_input_files(str(broken))
    expect(sheet.get_by_role("alert")).to_contain_text("有 1 张照片读不出来")
    expect(sheet.get_by_role("img")).to_have_count(0)


def test_a_full_phone_never_says_saved(phone: Page) -> None:
    hand.start_daily(phone)
    hand.judge(phone, "P2-01", "合格")
    hand.saved(phone)
    phone.evaluate(hand.FULL_DISK)
    hand.item(phone, "P2-02").get_by_role("radio", name="合格", exact=True).click()
    expect(phone.get_by_role("alert")).to_contain_text("没有保存")
    expect(phone.get_by_text("已保存")).to_have_count(0)
    assert hand.judged(phone, "P2-02") is None
    assert hand.judged(phone, "P2-01") == "pass"

"""Every screen in both languages: axe finds no fault, and text of twice the size fits."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.phone import hand

TWICE = "document.documentElement.style.fontSize = '200%'"
LANGUAGES = {"zh-CN": "中文", "en": "English"}


@pytest.mark.parametrize(
    ("language", "display"),
    [("zh-CN", "标准"), ("en", "标准"), ("zh-CN", "深色"), ("en", "阳光下")],
)
def test_no_screen_has_an_accessibility_fault(
    phone: Page, tmp_path: Path, language: str, display: str
) -> None:
    looks = Looks(phone)
    fill_phone(phone, tmp_path)
    record = hand.record_of(phone)
    phone.goto(re.sub(r"#.*", "#/mine", phone.url))
    phone.get_by_role("radio", name=display).check()
    phone.get_by_role("radio", name=LANGUAGES[language]).check()
    expect(phone.locator(f"html[lang={language}]")).to_have_count(1)
    for name in screens(record):
        looks.at(name)
    assert looks.found == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_of_twice_the_size_fits(phone: Page, tmp_path: Path, language: str) -> None:
    fill_phone(phone, tmp_path)
    record = hand.record_of(phone)
    phone.goto(re.sub(r"#.*", "#/mine", phone.url))
    phone.get_by_role("radio", name=LANGUAGES[language]).check()
    sticking: dict[str, list[str]] = {}
    for name in screens(record):
        show(phone, name)
        phone.evaluate(TWICE)
        found = phone.evaluate(hand.STICKING_OUT)
        if found:
            sticking[name] = found
    assert sticking == {}


class Looks:
    """Goes from screen to screen and keeps what axe finds."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: dict[str, list[str]] = {}

    def at(self, name: str) -> None:
        show(self.page, name)
        faults = hand.complaints(self.page)
        if faults:
            self.found[name] = faults


def show(page: Page, name: str) -> None:
    page.goto(re.sub(r"#.*", f"#/{name}", page.url))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_timeout(150)


def screens(record: str) -> list[str]:
    plain = ["today", "start", "delivery", "mine", "enrol/ABCD"]
    pickers = [f"setup/{record}{pick}" for pick in ("", "/driver", "/conductor", "/route")]
    points = [f"check/{record}/P{number}" for number in (2, 3, 6, 8)]
    sheets = [f"check/{record}/P3/P3-01", f"check/{record}/P8/P8-01"]
    rest = [f"setup/{record}/station", f"choose/{record}", f"finish/{record}"]
    return [*plain, *pickers, *points, *sheets, *rest]


def fill_phone(page: Page, folder: Path) -> None:
    """A finished record, and a draft in hand with a long name, fails, a photo and a bad number."""
    hand.start_daily(page)
    hand.finish_daily(page)
    page.get_by_role("button", name="今日").click()
    hand.start(page, mode="全面")
    page.get_by_role("button", name=re.compile("^驾驶员")).click()
    page.get_by_role("textbox").fill("买买提·阿不都热合曼·艾力克木䶮㙓" * 2)
    page.get_by_role("button", name=re.compile("录入")).click()
    page.get_by_role("button", name="开始逐项检查").click()
    hand.go_to(page, "P3")
    hand.item(page, "P3-02").get_by_role("textbox").fill("-2")
    hand.judge(page, "P3-01", "不合格")
    sheet = page.get_by_role("dialog")
    sheet.locator("input[type=file]").set_input_files(str(hand.photograph(folder, 5)))
    expect(sheet.get_by_role("img")).to_have_count(1)
    sheet.get_by_label("备注").fill("压力在红区,已当场告知" * 12)
    sheet.get_by_role("button", name="好了").click()
    hand.go_to(page, "P8")
    hand.judge(page, "P8-01", "1")
    page.get_by_role("dialog").get_by_role("button", name="好了").click()
    hand.saved(page)

"""A reviewer's work in a real browser: photos by keyboard, a match, a decision, no scripts."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsing import OFFICE
from tests.e2e.office.conftest import Office, sign_in


def test_photos_open_large_and_turn_with_the_arrow_keys(page: Page, office: Office) -> None:
    page.goto(office.path("failing"))
    page.locator(".pictures a[data-picture]").first.focus()
    page.keyboard.press("Enter")
    box = page.get_by_role("dialog")
    expect(box).to_be_visible()
    first = box.locator("img").get_attribute("src")
    page.keyboard.press("ArrowRight")
    assert box.locator("img").get_attribute("src") != first
    page.keyboard.press("ArrowLeft")
    assert box.locator("img").get_attribute("src") == first
    shown = box.locator("img").evaluate("(image) => image.decode().then(() => image.naturalWidth)")
    assert shown == 1200
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    focused = page.evaluate("document.activeElement.dataset.picture")
    assert focused.startswith("1/")


def test_the_head_of_the_table_stays_while_the_list_moves(page: Page) -> None:
    page.mouse.wheel(0, 900)
    page.wait_for_function("window.scrollY > 500")
    top = page.locator(".grid thead th").first.evaluate("(cell) => cell.getBoundingClientRect().y")
    bar = page.locator(".bar").evaluate("(bar) => bar.getBoundingClientRect().bottom")
    assert abs(top - bar) < 2


def test_a_typed_plate_is_matched_with_one_click_and_joins_its_file(
    page: Page, office: Office
) -> None:
    page.get_by_role("link", name="待匹配", exact=True).click()
    page.get_by_role("button", name="就是 川B12341 · 001").click()
    expect(page.get_by_role("status")).to_contain_text("已关联")
    page.goto(f"/office/vehicles/{office.world.vehicles[0]}")
    place = f"/office/inspections/{office.fortnight.records['typed']}"
    expect(page.locator(f'.story a.main-link[href="{place}"]')).to_be_visible()


def test_without_scripts_a_record_is_found_read_and_returned(
    browser: Browser, office: Office
) -> None:
    context = browser.new_context(
        viewport=OFFICE,  # type: ignore[arg-type]
        locale="zh-CN",
        base_url=office.url,
        java_script_enabled=False,
    )
    page = context.new_page()
    sign_in(page, office, "head")
    page.get_by_label("方式").select_option("全面检查")
    page.get_by_role("button", name="筛选").click()
    page.locator(".grid .main-link").click()
    page.locator(".action-return summary").click()
    page.get_by_label("要问的问题").fill("后门的照片在哪里?")
    page.get_by_role("button", name="退回检查员").click()
    expect(page.get_by_role("status")).to_contain_text("已退回")
    expect(page.locator("main")).to_contain_text("后门的照片在哪里?")
    context.close()


def test_paper_shows_the_file_and_no_controls(page: Page, office: Office) -> None:
    page.goto(f"/office/vehicles/{office.world.vehicles[0]}")
    page.emulate_media(media="print")
    expect(page.locator(".chart")).to_be_visible()
    expect(page.locator(".story > li").first).to_be_visible()
    for control in (".bar", ".pager", "[data-print]"):
        expect(page.locator(control).first).to_be_hidden()

"""The evidence pages on every screen and on paper: accessible, nothing cut off, nothing blocked."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from server.heads.daily import keep_heads
from tests.e2e.browsing import OFFICE, PHONE
from tests.e2e.office.conftest import Office, sign_in

PAPER = {"width": 794, "height": 1123}  # A4 at 96 dots an inch


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_heads_can_be_read_by_anybody_and_printed(
    browser: Browser, office: Office, language: str
) -> None:
    with office.world.app.app_context():
        keep_heads()
    context = browser.new_context(viewport=OFFICE, locale="zh-CN", base_url=office.url)  # type: ignore[arg-type]
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    sign_in(page, office, "head")
    context.add_cookies([{"name": "lang", "value": language, "url": office.url}])
    page.goto("/office/evidence")
    assert faults(page) == []
    page.locator("a.main-link").first.click()
    assert faults(page) == []
    shown = page.locator("svg.qr").bounding_box()
    assert shown
    assert shown["width"] > 200
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert faults(page) == []
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)  # type: ignore[arg-type]
    assert is_wider(page) is False
    assert page.evaluate("document.documentElement.scrollHeight") <= PAPER["height"]
    assert not page.locator(".head-tools").is_visible()
    assert said == []  # no word of the content policy's
    context.close()


def faults(page: Page) -> list[str]:
    """What axe finds, and whether something is wider than the screen."""
    found = [
        f"{rule['id']}: {rule['nodes'][0]['html'][:120]}"
        for rule in Axe().run(page).response["violations"]
    ]
    return [*found, "wider than the screen"] if is_wider(page) else found


def is_wider(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth")

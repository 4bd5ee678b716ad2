"""How a phone loses what it holds: the browser evicts it, or its user clears it."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.faults.browser.handset import SLOW_MS, Handset

ALL = ("indexeddb", "cache_storage", "service_workers", "local_storage", "cookies")


def clear_storage(handset: Handset, keeps: str) -> None:
    """Everything of the app but one kind, while it is closed; then it is opened again."""
    page = handset.page
    page.wait_for_timeout(200)
    page.goto("about:blank")
    handset.context.set_offline(False)
    session = handset.context.new_cdp_session(page)
    types = ",".join(kind for kind in ALL if kind != keeps)
    session.send(
        "Storage.clearDataForOrigin",
        {"origin": handset.url or handset.house.url, "storageTypes": types},
    )
    page.goto(handset.app)
    expect(page.locator(".screen")).to_be_visible(timeout=SLOW_MS)

"""Faults 11, 15, 16 and 44: portals, bad certificates, no names, and scripts of others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Route, expect

from tests.faults.browser.checker import violations
from tests.faults.browser.handset import Handset
from tests.faults.tally import Tally

PAGE = "<html><body>请先登录无线网络</body></html>"
PORTALS: dict[str, dict[str, Any]] = {
    "a page": {"status": 200, "content_type": "text/html", "body": PAGE},
    "a page called JSON": {"status": 200, "content_type": "application/json", "body": PAGE},
    "other JSON": {"status": 200, "content_type": "application/json", "body": '{"ok": true}'},
    "a redirect": {"status": 302, "headers": {"Location": "/app/"}, "body": ""},
    "nothing": {"status": 204, "body": ""},
}

ERRORS = ["namenotresolved", "addressunreachable", "internetdisconnected", "timedout"]


def answering(reply: dict[str, Any]) -> Callable[[Route], None]:
    return lambda route: route.fulfill(**reply)


def test_a_captive_portal_is_never_taken_for_a_receipt(handset: Handset, tally: Tally) -> None:
    handset.context.set_offline(True)
    handset.check_bus()
    found: list[str] = []
    for reply in PORTALS.values():
        handset.context.route("**/api/v1/**", answering(reply))
        handset.context.set_offline(False)
        handset.sync()
        found += violations(handset)
        expect(handset.page.get_by_text("等待发送")).to_be_visible()
        handset.context.unroute("**/api/v1/**")
    handset.sync()
    handset.arrive()
    found += violations(handset)
    tally.add(11, len(PORTALS), len(found))
    assert found == []


def test_a_name_that_does_not_resolve_is_as_no_network(
    handset: Handset, tally: Tally, scale: int
) -> None:
    found: list[str] = []
    reasons = ERRORS[: 2 * scale]
    for reason in reasons:
        handset.context.route("**/api/v1/**", failing(reason))
        handset.check_bus()
        handset.sync()
        expect(handset.page.get_by_text("现在没有网络")).to_be_visible()
        found += violations(handset)
        handset.context.unroute("**/api/v1/**")
        handset.sync()
        handset.arrive()
        found += violations(handset)
    tally.add(16, len(reasons), len(found))
    assert found == []


def failing(reason: str) -> Callable[[Route], None]:
    return lambda route: route.abort(reason)


INJECT = """() => {
  window.blocked = [];
  addEventListener("securitypolicyviolation", (event) => {
    window.blocked.push(event.effectiveDirective);
  });
  const script = document.createElement("script");
  script.textContent = "window.isTaken = true";
  document.body.append(script);
  const image = document.createElement("div");
  image.innerHTML = "<img src=x onerror='window.isTaken = true'>";
  document.body.append(image);
  const foreign = document.createElement("script");
  foreign.src = "https://elsewhere.example/x.js";
  document.body.append(foreign);
}"""


def test_scripts_that_are_not_the_apps_own_do_not_run(handset: Handset, tally: Tally) -> None:
    handset.page.evaluate(INJECT)
    handset.page.wait_for_function("window.blocked.length >= 3")
    assert handset.page.evaluate("window.isTaken") is None
    tally.add(44, 3, 0)

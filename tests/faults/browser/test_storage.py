"""Faults 23 to 28 and 34: storage that lies, is cleared, is lost, or is half upgraded."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.faults.browser.checker import violations
from tests.faults.browser.conftest import NewHandset
from tests.faults.browser.ending import kill_pages
from tests.faults.browser.handset import Handset
from tests.faults.browser.losing import clear_storage
from tests.faults.tally import Tally

LYING = """navigator.storage.estimate = () => Promise.resolve({ usage: 9e12, quota: 1 });"""
PRIVATE = """navigator.storage.getDirectory = () =>
  Promise.reject(new DOMException("private", "SecurityError"));"""
# One request for a transaction is refused, once in the life of the page.
LOST = """(() => {
  const real = IDBDatabase.prototype.transaction;
  let calls = 0;
  IDBDatabase.prototype.transaction = function (...given) {
    calls += 1;
    if (calls === NTH) throw new DOMException("connection lost", "NAME");
    return real.apply(this, given);
  };
})();"""
DEAD = """(() => {
  IDBDatabase.prototype.transaction = () => {
    throw new DOMException("connection lost", "UnknownError");
  };
})();"""
UPGRADE_ELSEWHERE = """() => new Promise((done, fail) => {
  const open = indexedDB.open("mingcha", 2);
  open.onupgradeneeded = () => open.result.createObjectStore("newer");
  open.onsuccess = () => { open.result.close(); done(); };
  open.onerror = () => fail(open.error);
})"""
UPGRADE_HALF = """() => {
  const open = indexedDB.open("mingcha", 2);
  open.onupgradeneeded = () => {
    open.result.deleteObjectStore("edits");
    window.halfway = true;
    const keep = () => { open.transaction.objectStore("ui").get("x").onsuccess = keep; };
    keep();
  };
}"""


def work_offline(handset: Handset) -> None:
    handset.context.set_offline(True)
    handset.check_bus()
    handset.start()
    handset.judge("P2-01", "pass")


@pytest.mark.parametrize("perch", ["cookies", "local_storage"])
def test_cleared_storage_is_told_with_what_was_unsent(
    handset: Handset, tally: Tally, perch: str
) -> None:
    work_offline(handset)
    clear_storage(handset, keeps=perch)
    alert = handset.page.get_by_role("alert")
    expect(alert).to_contain_text("其中 2 处修改还没有送到服务器")
    handset.shown.clear()
    handset.enrol(waits_for_worker=False)
    expect(alert).to_contain_text("其中 2 处修改还没有送到服务器")
    handset.page.get_by_role("button", name="知道了").click()
    expect(alert).to_have_count(0)
    tally.add(24, 1, 0)


def test_what_waits_for_more_than_a_day_is_warned_of(handset: Handset, tally: Tally) -> None:
    handset.context.set_offline(True)
    handset.check_bus()
    handset.page.clock.set_system_time("2027-01-01T00:00:00Z")
    handset.page.get_by_role("button", name="今日").click()
    expect(handset.page.locator(".strip-line.is-bad")).to_contain_text("1 条未送达")
    handset.to_delivery()
    expect(handset.page.get_by_role("alert")).to_contain_text("最早的已超过一天")
    tally.add(25, 1, 0)


def test_a_private_window_is_said_before_the_code_is_used(
    new_handset: NewHandset, tally: Tally
) -> None:
    for script in (PRIVATE, LYING.replace("9e12", "0")):
        page = new_handset(script).page
        page.goto(f"{new_handset().app}#enrol=CODE1234")
        expect(page.get_by_role("alert")).to_contain_text("像是隐私(无痕)窗口")
    tally.add(26, 2, 0)


def test_no_estimate_is_taken_as_proof_of_room(new_handset: NewHandset, tally: Tally) -> None:
    handset = new_handset(LYING)
    handset.enrol()
    handset.check_bus()
    handset.arrive()
    found = violations(handset)
    tally.add(23, 1, len(found))
    assert found == []


@pytest.mark.parametrize("error", ["InvalidStateError", "UnknownError"])
def test_a_connection_lost_now_and_then_is_replaced_and_nothing_is_lost(
    new_handset: NewHandset, tally: Tally, scale: int, error: str
) -> None:
    found: list[str] = []
    handset = new_handset()
    handset.enrol()
    for nth in range(3, 3 + 10 * 2 * scale, 10):
        script = LOST.replace("NTH", str(nth)).replace("NAME", error)
        handset.reopen(script)
        handset.check_bus()
        handset.arrive()
        now = violations(handset)
        found += now
        tally.add(27, 1, len(now))
    assert found == []


def test_a_connection_that_stays_lost_is_called_not_saved(handset: Handset, tally: Tally) -> None:
    handset.start()
    handset.judge("P2-01", "pass")
    handset.page.evaluate(DEAD)
    handset.page.locator("#item-P2-02").get_by_role("radio", name="合格", exact=True).click()
    expect(handset.page.get_by_text("没有保存").first).to_be_visible()
    expect(handset.page.locator("#item-P2-02 input:checked")).to_have_count(0)
    handset.reopen()
    assert handset.kept_answers() == {"P2-01": "pass"}
    tally.add(27, 1, 0)


def test_an_upgrade_in_another_tab_is_let_in_and_loses_nothing(
    handset: Handset, tally: Tally
) -> None:
    work_offline(handset)
    other = handset.context.new_page()
    other.route("**/blank", lambda route: route.fulfill(body="<p>", content_type="text/html"))
    handset.context.set_offline(False)
    other.goto(f"{handset.house.url}/blank")
    other.evaluate(UPGRADE_ELSEWHERE)
    # The app of the older version says that it cannot go on; all of its rows are there.
    expect(handset.page.get_by_text("请关闭其他明察窗口后重试")).to_be_visible()
    handset.page, app = other, handset.page
    found = list(still_there(handset))
    handset.page = app
    tally.add(28, 1, len(found))
    assert found == []


def still_there(handset: Handset) -> list[str]:
    rows = handset.rows()
    return [record for record in handset.shown if rows.record(record) is None]


def test_an_upgrade_killed_half_way_leaves_the_old_rows(handset: Handset, tally: Tally) -> None:
    work_offline(handset)
    other = half_upgraded(handset)
    browser = handset.context.browser
    assert browser
    with other.expect_event("crash"):
        kill_pages(browser)
    handset.context.set_offline(False)
    handset.reopen()
    handset.arrive()
    handset.to_delivery()
    found = violations(handset)
    tally.add(34, 1, len(found))
    assert found == []


def half_upgraded(handset: Handset) -> Page:
    """Another page of the phone, in the middle of an upgrade that does not end."""
    handset.context.set_offline(False)
    handset.context.route("**/api/v1/**", lambda route: route.abort())
    other = handset.context.new_page()
    other.route("**/blank", lambda route: route.fulfill(body="<p>", content_type="text/html"))
    other.goto(f"{handset.house.url}/blank")
    handset.page.close()
    other.evaluate(UPGRADE_HALF)
    other.wait_for_function("window.halfway")
    handset.context.unroute("**/api/v1/**")
    return other

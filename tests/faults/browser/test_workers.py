"""Faults 29 to 33: two tabs, new service workers, and apps and servers of other ages."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.e2e.phone import hand
from tests.e2e.serving import Server
from tests.faults.browser.checker import violations
from tests.faults.browser.conftest import NewHandset, new_inspector, phone_like
from tests.faults.browser.front import Front, standing_front
from tests.faults.browser.handset import Handset
from tests.faults.tally import Tally

NO_LOCKS = "delete Navigator.prototype.locks;"
UPDATE = """async () => {
  const registration = await navigator.serviceWorker.getRegistration("/app/");
  await registration.update().catch(() => undefined);
  while (registration.installing) await new Promise((done) => setTimeout(done, 50));
  return { waiting: Boolean(registration.waiting), active: Boolean(registration.active) };
}"""
Reply = dict[str, Any]


@pytest.mark.parametrize("script", [None, NO_LOCKS], ids=["web locks", "a lease"])
def test_two_tabs_that_send_the_same_outbox_have_one_effect(
    new_handset: NewHandset, tally: Tally, script: str | None
) -> None:
    handset = new_handset(script)
    handset.enrol()
    handset.context.set_offline(True)
    for _ in range(2):
        handset.check_bus()
    other = handset.context.new_page()
    handset.context.set_offline(False)
    other.goto(f"{handset.app}#/delivery")
    for page in (other, handset.page, other, handset.page):
        page.get_by_role("button", name="现在同步").or_(page.get_by_text("正在同步")).click()
    handset.arrive()
    found = violations(handset)
    tally.add(29, 1, len(found))
    assert found == []


def behind(front: Front, browser: Browser, picture: Path) -> Handset:
    """A phone that reaches the server through this front."""
    context = browser.new_context(**phone_like({}))
    handset = Handset(front.house, context, new_inspector(front.house), picture, url=front.url)
    handset.enrol()
    # The first page of all was loaded before there was a worker; the next one is the worker's.
    handset.reopen()
    return handset


def test_an_update_in_mid_form_waits_and_loses_nothing(
    house: Server, browser: Browser, picture: Path, tmp_path: Path, tally: Tally
) -> None:
    with standing_front(house, tmp_path) as front:
        handset = behind(front, browser, picture)
        handset.start()
        handset.judge("P2-01", "pass")
        hand.judge(handset.page, "P2-02", "不合格")
        handset.sheet().get_by_label("备注").press_sequentially("写到一半")
        worker = front.dist / "sw.js"
        worker.write_text(worker.read_text() + "\n// a newer one\n")
        assert handset.page.evaluate(UPDATE) == {"waiting": True, "active": True}
        expect(handset.sheet().get_by_label("备注")).to_have_value("写到一半")
        handset.close_sheet()
        handset.shown[handset.record].answers["P2-02"] = "fail"
        handset.finish()
        handset.arrive()
        found = violations(handset)
        handset.page.goto(f"{front.url}/app/#/mine")
        handset.page.get_by_role("button", name="现在更新").click()
        expect(handset.page.get_by_role("button", name="现在更新")).to_have_count(0)
        handset.to_delivery()
        found += violations(handset)
        handset.context.close()
    tally.add(30, 1, len(found))
    assert found == []


def changed(front: Front, name: str) -> None:
    """A newer version of one file, which the newer worker names by its new hash."""
    file = front.dist / name
    file.write_text(file.read_text() + "\n")
    worker = front.dist / "sw.js"
    text = worker.read_text()
    at = text.index(f"/app/{name}") + len(f"/app/{name}") + 3
    worker.write_text(text[:at] + "A" * 43 + text[at + 43 :])


@pytest.mark.parametrize("damage", ["one file is missing", "one file is another's"])
def test_a_half_fetched_update_leaves_the_old_app_at_work(
    house: Server, browser: Browser, picture: Path, tmp_path: Path, tally: Tally, damage: str
) -> None:
    with standing_front(house, tmp_path) as front:
        handset = behind(front, browser, picture)
        changed(front, "index.html")
        if damage == "one file is missing":
            front.missing.add("/app/index.html")
        assert handset.page.evaluate(UPDATE) == {"waiting": False, "active": True}
        handset.context.set_offline(True)
        handset.reopen()
        handset.check_bus()
        handset.context.set_offline(False)
        handset.sync()
        handset.arrive()
        found = violations(handset)
        handset.context.close()
    tally.add(31, 1, len(found))
    assert found == []


def rewriting(change: Callable[[Reply], None]) -> Callable[[Route], None]:
    """The real server's answer, changed on its way; its digest would not match any more."""

    def answer(route: Route) -> None:
        reply = route.fetch()
        content = json.loads(reply.text())
        change(content)
        kept = {"content-type": reply.headers["content-type"]}
        route.fulfill(status=reply.status, headers=kept, body=json.dumps(content))

    return answer


def of_next_year(reply: Reply) -> None:
    reply["weather"] = {"kind": "rain"}
    for receipt in reply.get("receipts", []):
        receipt["colour"] = "green"
    unknown = {"kind": "tyre", "record": "t1", "fields": {"worn": {"value": 1, "stamp": "1"}}}
    reply.get("records", []).append(unknown)


def of_last_year(reply: Reply) -> None:
    for name in ("head", "missing_serials", "awaited_photos"):
        reply.pop(name, None)


@pytest.mark.parametrize("change", [of_next_year, of_last_year])
def test_a_server_of_another_age_is_understood(
    handset: Handset, tally: Tally, change: Callable[[Reply], None]
) -> None:
    handset.context.route("**/api/v1/sync", rewriting(change))
    handset.context.route(
        "**/api/v1/sync/consistency**", lambda route: route.fulfill(status=404, body="")
    )
    found: list[str] = []
    for _ in range(2):
        handset.check_bus()
        handset.arrive()
        found += violations(handset)
    tally.add(33, 2, len(found))
    assert found == []


def test_a_server_that_takes_this_version_no_more_costs_nothing(
    handset: Handset, tally: Tally
) -> None:
    body = json.dumps({"status": 426, "code": "app_too_old", "title": "old"})
    handset.context.route(
        "**/api/v1/sync",
        lambda route: route.fulfill(status=426, content_type="application/problem+json", body=body),
    )
    handset.check_bus()
    expect(handset.page.get_by_text("这个版本太旧")).to_be_visible()
    found = violations(handset)
    handset.context.unroute("**/api/v1/sync")
    handset.sync()
    handset.arrive()
    found += violations(handset)
    tally.add(32, 1, len(found))
    assert found == []


FORGET = """async () => {
  const open = indexedDB.open("mingcha");
  const db = await new Promise((done) => { open.onsuccess = () => done(open.result); });
  const tx = db.transaction("devices", "readwrite");
  const all = tx.objectStore("devices").getAll();
  all.onsuccess = () => {
    for (const { witness, ...row } of all.result) {
      const heads = row.heads.map(({ size, hash }) => ({ size, hash }));
      tx.objectStore("devices").put({ ...row, heads });
    }
  };
  await new Promise((done) => { tx.oncomplete = done; });
  db.close();
}"""


def test_rows_of_an_older_app_are_taken_over(handset: Handset, tally: Tally) -> None:
    handset.check_bus()
    handset.arrive()
    handset.page.evaluate(FORGET)
    handset.reopen()
    handset.check_bus()
    handset.arrive()
    found = violations(handset)
    (device,) = handset.rows().devices
    assert device["witness"]["lost"] == []
    assert all("epoch" in head for head in device["heads"])
    tally.add(32, 1, len(found))
    assert found == []

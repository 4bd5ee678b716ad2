"""What the tests of the phone's screens do and look for again and again."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect
from sqlalchemy.exc import OperationalError

from server.accounts import store as accounts
from server.clock import system_now_ms
from server.db import begin_write, db
from server.inspections.review import Review, review_inspection
from tests.e2e.photographs import write_photograph
from tests.e2e.serving import Server

T = TypeVar("T")
AXE = Axe()

FULL_DISK = """() => {
  IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
}"""

# Nothing may stick out: neither of the page nor of any part of it that hides what sticks out.
STICKING_OUT = """() => {
  const hides = (one) => getComputedStyle(one).overflowX !== "visible" && one.clientWidth > 1;
  return [...document.querySelectorAll("body *")]
    .filter((one) => !(one instanceof HTMLInputElement) && hides(one))
    .filter((one) => one.scrollWidth > one.clientWidth + 1)
    .map((one) => `${one.tagName}.${one.className} ${one.scrollWidth} > ${one.clientWidth}`);
}"""


PUT_ROWS = """async ([kind, rows]) => {
  const open = indexedDB.open("mingcha");
  const db = await new Promise((done) => { open.onsuccess = () => done(open.result); });
  const writing = db.transaction("reference", "readwrite");
  for (const [record, fields] of rows) writing.objectStore("reference").put({
    kind, record, fields,
  });
  await new Promise((done) => { writing.oncomplete = done; });
  db.close();
}"""


def put_rows(page: Page, kind: str, rows: list[dict[str, str]]) -> None:
    """Rows of a list as if they had been pulled."""
    held = [
        [f"{kind}-{number}", {name: {"value": value, "stamp": "1"} for name, value in row.items()}]
        for number, row in enumerate(rows)
    ]
    page.evaluate(PUT_ROWS, [kind, held])


READ_DEVICE = """async () => {
  const open = indexedDB.open("mingcha");
  const db = await new Promise((done) => { open.onsuccess = () => done(open.result); });
  const all = db.transaction("devices").objectStore("devices").getAll();
  const rows = await new Promise((done) => { all.onsuccess = () => done(all.result); });
  db.close();
  return rows.find((row) => row.current).id;
}"""


def device_of(page: Page) -> str:
    """The id under which this phone writes now."""
    return page.evaluate(READ_DEVICE)


def patiently(work: Callable[[], T]) -> T:
    """Beside a running server the database may be taken for a moment: then once more."""
    for _ in range(50):
        try:
            return work()
        except OperationalError:
            time.sleep(0.1)
    return work()


def start(page: Page, plate: str = "12341", mode: str = "日常") -> None:
    """Choose a vehicle and a kind of check; ends where the crew is chosen."""
    page.get_by_role("button", name="开始检查").click()
    page.get_by_role("textbox").fill(plate)
    expect(page.get_by_role("status").filter(has_text="找到")).to_be_visible()
    page.get_by_role("button", name=re.compile(f"^川B{plate}")).click()
    page.get_by_role("radio", name=mode).check()
    expect(page.get_by_role("radio", name=mode)).to_be_checked()


def start_daily(page: Page) -> None:
    """Into the first point of a daily check."""
    start(page)
    page.get_by_role("button", name="开始逐项检查").click()
    expect(item(page, "P2-01")).to_be_visible()


def item(page: Page, identity: str) -> Locator:
    return page.locator(f"#item-{identity}")


def judge(page: Page, identity: str, word: str) -> None:
    item(page, identity).get_by_role("radio", name=word, exact=True).check()


def go_to(page: Page, point: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{point} ")).click()
    expect(page.locator("#point-title")).to_contain_text(point)


def judged(page: Page, identity: str) -> str | None:
    """The answer that is chosen, by its word."""
    chosen = item(page, identity).locator("input:checked")
    return chosen.get_attribute("value") if chosen.count() else None


def saved(page: Page) -> None:
    expect(page.get_by_text("已保存").first).to_be_visible()


def finish_daily(page: Page, fails: tuple[str, ...] = ()) -> None:
    """A whole daily check: these items failed without a photo, everything else not applicable."""
    for identity in fails:
        go_to(page, identity.partition("-")[0])
        judge(page, identity, "不合格")
        page.get_by_role("dialog").get_by_role("button", name="好了").click()
    page.goto(re.sub(r"/check/([^/]+).*", r"/finish/\1", page.url))
    page.get_by_role("button", name="其余记为不适用").click()
    page.get_by_role("alertdialog").get_by_role("button", name="其余记为不适用").click()
    finish(page)


def finish(page: Page) -> None:
    """The one button, the last question, and the list of deliveries."""
    page.get_by_role("button", name="完成检查").click()
    page.get_by_role("button", name="完成并送达").click()
    expect(page.get_by_role("heading", name="送达", exact=True)).to_be_visible()


def record_of(page: Page) -> str:
    """The id of the record in hand."""
    found = re.search(r"[0-9a-f]{8}-[0-9a-f-]{27}", page.url)
    assert found, page.url
    return found[0]


def review(house: Server, record: str, decision: Review) -> None:
    """What the head of quality decides in the office."""
    assert house.world
    with house.world.app.app_context():
        user = accounts.read_user_by_name(db.session, house.world.company, "head")
        assert user
        begin_write(db.session)
        review_inspection(db.session, user, record, decision, system_now_ms())
        db.session.commit()


def photograph(folder: Path, seed: int) -> Path:
    return write_photograph(folder / f"photo-{seed}.jpg", seed)


def complaints(page: Page) -> list[str]:
    """What axe finds wrong with the screen as it is; empty is right."""
    response: dict[str, Any] = AXE.run(page).response
    assert len(response["passes"]) > 5, "axe did not look at the screen"
    return [
        f"{found['id']}: {node['html'][:200]}"
        for found in response["violations"]
        for node in found["nodes"]
    ]

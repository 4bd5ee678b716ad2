"""An inspector's hands: what they tap on the phone, by the words they read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

# What a careful inspector counts on a good bus, for items that ask for a number.
NUMBERS = {
    "P1-01": "2",
    "P2-04": "5.6",
    "P3-02": "0",
    "P3-05": "68",
    "P4-05": "3",
    "P6-08": "24",
    "P8-02": "0",
    "P8-04": "0",
}
RATING = "5"
OPEN_ITEMS = "article.item:not(.is-answered)"
SLOW_MS = 20_000


def enrol(page: Page, url: str, code: str) -> None:
    """Open the link, register the phone, wait until the lists are on it and it works offline."""
    page.goto(f"{url}/app/#enrol={code}")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("button", name="开始检查")).to_be_visible(timeout=SLOW_MS)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function(COUNT_ROWS, arg=["reference", 10], timeout=SLOW_MS)


COUNT_ROWS = """async ([store, atLeast]) => {
  const open = indexedDB.open("mingcha");
  const db = await new Promise((done) => { open.onsuccess = () => done(open.result); });
  const count = db.transaction(store).objectStore(store).count();
  const rows = await new Promise((done) => { count.onsuccess = () => done(count.result); });
  db.close();
  return rows >= atLeast;
}"""


def start_full(page: Page, plate: str, driver: str, conductor: str) -> None:
    """Choose vehicle, mode and crew; ends at the first point."""
    page.get_by_role("button", name="开始检查").click()
    page.get_by_role("searchbox").or_(page.get_by_role("textbox")).first.fill(plate)
    page.get_by_role("button", name=re.compile(plate)).first.click()
    page.get_by_role("radio", name="全面").check()
    choose(page, "驾驶员", driver)
    choose(page, "乘务员", conductor)
    page.get_by_role("button", name="开始逐项检查").click()


def choose(page: Page, what: str, name: str) -> None:
    """Open a picker, search and take the first hit."""
    page.get_by_role("button", name=re.compile(f"^{what}")).first.click()
    page.get_by_role("searchbox").or_(page.get_by_role("textbox")).first.fill(name)
    page.get_by_role("button", name=re.compile(name)).first.click()
    expect(page.get_by_role("button", name=re.compile(f"^{what}.*{name}"))).to_be_visible()


def big_button(page: Page) -> Locator:
    """The one big action at the bottom."""
    return page.locator(".foot .big-button, footer .big-button, .big-button").last


def fill_open_items(page: Page) -> None:
    """Count and rate what the section's button does not pass."""
    for identity in page.locator(OPEN_ITEMS).evaluate_all("all => all.map((one) => one.id)"):
        item = page.locator(f"#{identity}")
        number = item.locator(".stepper-number")
        if number.count():
            number.fill(NUMBERS[identity.removeprefix("item-")])
            number.blur()
        elif item.get_by_role("radio", name=RATING).count():
            item.get_by_role("radio", name=RATING).check()


def pass_section(page: Page) -> None:
    """Judge all that is still open in this section as found in order."""
    fill_open_items(page)
    button = page.get_by_role("button", name=re.compile("全部合格"))
    if button.count():
        button.click()
    expect(page.locator(OPEN_ITEMS)).to_have_count(0)
    expect(page.get_by_text("已保存").first).to_be_visible()


def fail_item(page: Page, item: str, note: str, photos: list[Path]) -> None:
    """Judge one item as failed, photograph it and write down what was seen."""
    page.locator(f"#item-{item}").get_by_role("radio", name="不合格").check()
    sheet = page.get_by_role("dialog")
    for count, photo in enumerate(photos, start=1):
        sheet.locator("input[type=file]").set_input_files(str(photo))
        expect(sheet.get_by_role("img")).to_have_count(count, timeout=SLOW_MS)
    sheet.get_by_label("备注").fill(note)
    sheet.get_by_role("button", name="好了").click()
    expect(sheet).to_have_count(0)
    expect(page.get_by_text("已保存").first).to_be_visible()


def go_on(page: Page) -> None:
    """To the next point with something open."""
    page.get_by_role("button", name=re.compile("^下一项")).click()


def current_point(page: Page) -> str:
    """The point that the spine marks, ``P5``."""
    label = page.locator(".dot[aria-current=step]").get_attribute("aria-label") or ""
    return label.partition(" ")[0]


def finish(page: Page) -> dict[str, str]:
    """From the last section through the score to the list of deliveries; gives the score shown."""
    page.get_by_role("button", name="去完成").click()
    shown = {"total": page.locator(".score-number").inner_text()}
    for subject in page.locator(".subjects > div").all():
        shown[subject.locator("dt").inner_text()] = subject.locator("dd").inner_text().split()[0]
    page.get_by_role("button", name="完成检查").click()
    page.get_by_role("button", name="完成并送达").click()
    expect(page.get_by_role("heading", name="送达")).to_be_visible()
    return shown


def held_photos(page: Page) -> dict[str, bytes]:
    """The photo bytes on the phone, by name."""
    rows: dict[str, Any] = page.evaluate(READ_PHOTOS)
    return {name: bytes(octets) for name, octets in rows.items()}


READ_PHOTOS = """async () => {
  const open = indexedDB.open("mingcha");
  const db = await new Promise((done) => { open.onsuccess = () => done(open.result); });
  const all = db.transaction("photoBytes").objectStore("photoBytes").getAll();
  const rows = await new Promise((done) => { all.onsuccess = () => done(all.result); });
  db.close();
  return Object.fromEntries(rows.map((row) => [row.sha256, [...new Uint8Array(row.bytes)]]));
}"""

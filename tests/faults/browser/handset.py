"""A phone in an inspector's hand: each action waits until the screen says that it is saved, and
what the screen said so is written down, for the checker to hold against the disk.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.e2e.phone import hand
from tests.e2e.serving import Server
from tests.faults.browser.rows import PhoneRows, ServerRows, read_phone, read_server

WORDS = {"pass": "合格", "fail": "不合格", "na": "不适用"}
SLOW_MS = 15_000


@dataclass
class Shown:
    """One inspection as far as the screen called it saved."""

    answers: dict[str, str] = field(default_factory=dict)
    photos: dict[str, int] = field(default_factory=dict)
    is_finished: bool = False


@dataclass
class Handset:
    """A browser context with the app open in one page."""

    house: Server
    context: BrowserContext
    user: str
    picture: Path
    shown: dict[str, Shown] = field(default_factory=dict)
    record: str = ""
    url: str = ""

    def __post_init__(self) -> None:
        pages = self.context.pages
        self.page: Page = pages[0] if pages else self.context.new_page()
        self.context.set_default_timeout(SLOW_MS)

    @property
    def app(self) -> str:
        return f"{self.url or self.house.url}/app/"

    def enrol(self, waits_for_worker: bool = True) -> None:
        """Open the link, register, wait until the lists are there and it works offline."""
        code = hand.patiently(lambda: self.house.enrol_code(self.user))
        self.page.goto(f"{self.app}#enrol={code}")
        enrol = self.page.get_by_role("button", name="登记", exact=True)
        again = self.page.get_by_role("button", name="重新登记")
        expect(enrol.or_(again)).to_be_visible()
        if again.is_visible():
            again.click()
        enrol.click()
        expect(self.page.get_by_role("button", name="开始检查")).to_be_visible()
        expect(self.page.get_by_text("正在取车辆")).to_have_count(0)
        if waits_for_worker:
            self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def start(self) -> str:
        """A daily check of a vehicle, at its first point."""
        self.page.goto(f"{self.app}#/today")
        hand.start_daily(self.page)
        self.record = hand.record_of(self.page)
        self.shown[self.record] = Shown()
        return self.record

    def judge(self, item: str, value: str) -> None:
        hand.judge(self.page, item, WORDS[value])
        if value == "fail":
            self.close_sheet()
        self.saved()
        self.shown[self.record].answers[item] = value

    def photograph(self, item: str) -> None:
        """Judge an item as failed and take a photo of it."""
        hand.judge(self.page, item, WORDS["fail"])
        self.take_photo(item)
        self.close_sheet()
        self.shown[self.record].answers[item] = "fail"

    def take_photo(self, item: str) -> None:
        sheet = self.sheet()
        sheet.locator("input[type=file]").set_input_files(str(self.picture))
        expect(sheet.get_by_role("img")).to_have_count(1)
        self.saved()
        self.shown[self.record].photos[item] = 1

    def sheet(self) -> Locator:
        return self.page.get_by_role("dialog")

    def close_sheet(self) -> None:
        self.sheet().get_by_role("button", name="好了").click()

    def saved(self) -> None:
        """The screen says "saved", and nothing else about saving."""
        expect(self.page.get_by_text("已保存").first).to_be_visible()
        expect(self.page.get_by_text("正在保存")).to_have_count(0)

    def finish(self) -> None:
        """The rest is not applicable; ends at the list of deliveries."""
        page = self.page
        page.goto(re.sub(r"/(check|finish)/([^/]+).*", r"/finish/\2", page.url))
        page.get_by_role("button", name="其余记为不适用").click()
        page.get_by_role("alertdialog").get_by_role("button", name="其余记为不适用").click()
        hand.finish(page)
        self.shown[self.record].is_finished = True

    def check_bus(self) -> str:
        """A whole check with two answers and a photo."""
        record = self.start()
        self.judge("P2-01", "pass")
        self.photograph("P2-02")
        self.finish()
        return record

    def to_delivery(self) -> None:
        self.page.goto(f"{self.app}#/delivery")
        expect(self.page.get_by_role("heading", name="送达", exact=True)).to_be_visible()

    def sync(self) -> None:
        """Press the button, and wait until a round has ended."""
        button = self.page.get_by_role("button", name="现在同步")
        button.click()
        expect(button).to_be_visible(timeout=SLOW_MS)

    def arrive(self) -> None:
        """Wait until nothing is on its way: `wait_for_function` would take a promise for yes."""
        for _ in range(SLOW_MS // 100):
            if self.page.evaluate(NOTHING_WAITS):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError("something is still on its way")

    def reopen(self, script: str | None = None) -> None:
        """The page anew, as after its process ended: whatever hung on the old one is gone."""
        old, self.page = self.page, self.context.new_page()
        if script:
            self.page.add_init_script(script)
        if not old.is_closed():
            old.close()
        self.page.goto(self.app)
        expect(self.page.locator(".screen")).to_be_visible(timeout=SLOW_MS)

    def kept_answers(self, record: str | None = None) -> dict[str, str]:
        """The answers on the phone's disk."""
        row = self.rows().record(record or self.record)
        state = row["state"] if row else {}
        held = {name: one["value"] for name, one in state.items() if name.startswith("answers/")}
        return {name.removeprefix("answers/"): one["value"] for name, one in held.items()}

    def rows(self) -> PhoneRows:
        return read_phone(self.page)

    def server_rows(self) -> ServerRows:
        return read_server(self.house, {str(row["id"]) for row in self.rows().devices})


NOTHING_WAITS = """async () => {
  const open = indexedDB.open("mingcha");
  const db = await new Promise((done) => { open.onsuccess = () => done(open.result); });
  const read = (tx, name) => new Promise((done) => {
    const asked = tx.objectStore(name).getAll();
    asked.onsuccess = () => done(asked.result);
  });
  const tx = db.transaction(["edits", "photos", "records"]);
  const [edits, photos, records] = await Promise.all([
    read(tx, "edits"), read(tx, "photos"), read(tx, "records"),
  ]);
  db.close();
  const drafts = new Set(records
    .filter((row) => row.state.state && row.state.state.value !== "finished")
    .map((row) => row.record));
  return !edits.some((row) => !row.isReplaced
      && (row.state === "frozen" || (row.state === "open" && !drafts.has(row.record))))
    && !photos.some((row) => row.state === "held" && !row.records.every((one) => drafts.has(one)));
}"""

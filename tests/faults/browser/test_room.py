"""Faults 21 and 22: no room is left; the screen says so, and what was saved before is there."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.e2e.browsing import PHONE, kill_browser, open_profile
from tests.e2e.phone import hand
from tests.e2e.serving import Server
from tests.faults.browser.checker import violations
from tests.faults.browser.conftest import new_inspector
from tests.faults.browser.handset import Handset
from tests.faults.tally import Tally

SMALL_DISK_BYTES = 60_000_000
# This Chromium reports a quota that DevTools set, and does not keep to it: so the page is told no.
FULL = """((way) => {
  const real = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...given) {
    if (window.roomy || this.name !== "photoBytes") return real.apply(this, given);
    if (way === "at once") throw new DOMException("no room", "QuotaExceededError");
    const request = real.apply(this, given);
    const { transaction } = this;
    request.addEventListener("success", () => transaction.abort());
    return request;
  };
})(%s)"""


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """A disk of 60 MB at this folder, where this machine lets us mount one."""
    folder.mkdir()
    size = f"size={SMALL_DISK_BYTES}"
    mount = ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)]
    is_mounted = subprocess.run(mount, check=False, capture_output=True).returncode == 0
    try:
        yield is_mounted
    finally:
        if is_mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """A file that takes all room that is left."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 65_536)
        except OSError:
            return filler


def refuse_photo(handset: Handset) -> None:
    """Taking a photo fails; the screen says so, and shows none."""
    hand.item(handset.page, "P2-02").get_by_role("radio", name="不合格", exact=True).click()
    # On a full disk the tap itself is refused; its sheet is open all the same.
    handset.sheet().locator("input[type=file]").set_input_files(str(handset.picture))
    expect(handset.page.get_by_text("没有保存").first).to_be_visible()
    expect(handset.sheet().get_by_role("img")).to_have_count(0)


@pytest.mark.parametrize("way", ["at once", "when it commits"])
def test_above_the_quota_a_photo_is_refused_and_everything_before_it_stays(
    handset: Handset, tally: Tally, way: str
) -> None:
    handset.start()
    handset.judge("P2-01", "pass")
    handset.page.evaluate(FULL % json.dumps(way))
    # The few bytes of an answer still find room.
    handset.judge("P2-01", "na")
    refuse_photo(handset)
    handset.page.evaluate("window.roomy = true")
    handset.take_photo("P2-02")
    handset.close_sheet()
    handset.shown[handset.record].answers["P2-02"] = "fail"
    handset.finish()
    handset.arrive()
    found = violations(handset)
    tally.add(21, 1, len(found))
    assert found == []


def test_on_a_full_disk_nothing_is_called_saved_that_is_not(
    house: Server, playwright: Playwright, tmp_path: Path, picture: Path, tally: Tally
) -> None:
    disk = tmp_path / "disk"
    with small_disk(disk) as is_real, open_profile(playwright, disk / "phone", PHONE) as context:
        handset = Handset(house, context, new_inspector(house), picture)
        handset.enrol()
        handset.start()
        handset.judge("P2-01", "pass")
        filler = fill(disk) if is_real else None
        if not is_real:
            handset.page.evaluate(FULL % json.dumps("when it commits"))
        refuse_photo(handset)
        if filler:
            filler.unlink()
        handset.page.evaluate("window.roomy = true")
        assert handset.kept_answers()["P2-01"] == "pass"
        kill_browser(disk / "phone")
    tally.add(22, int(is_real), 0)

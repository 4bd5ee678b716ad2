"""Faults 18, 19 and 20: the page or the browser is killed at any moment of a check."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Error, Playwright, expect

from tests.e2e.browsing import PHONE, kill_browser, open_profile
from tests.e2e.phone import hand
from tests.e2e.serving import Server
from tests.faults.browser.checker import violations
from tests.faults.browser.conftest import new_inspector
from tests.faults.browser.ending import DOOM, MOMENTS, crash, is_end, kill_pages
from tests.faults.browser.handset import Handset
from tests.faults.tally import Tally

# A check from the tap on "start" to "delivered" makes so many writing transactions, or one more.
WRITES = 19
A_FEW = [(4, "before"), (9, "after"), (13, "told"), (16, "before"), (18, "after")]
# No two rounds meet the same moment of the network and of what the app does beside.
ROUNDS = 3


def killed_at(handset: Handset, nth: int, moment: str) -> bool:
    """Do a check until the page dies at that write. False: it ended before there was one."""
    browser = handset.context.browser
    assert browser
    page = handset.context.new_page()
    page.expose_binding("dying", lambda _source, _count: kill_pages(browser))
    page.add_init_script(DOOM % [nth, moment])
    handset.page.close()
    handset.page = page
    try:
        page.goto(handset.app)
        handset.check_bus()
        handset.arrive()
    except (Error, AssertionError) as error:
        if not is_end(error):
            raise
        return True
    return False


def test_killed_at_any_write_the_page_loses_nothing_it_called_saved(
    handset: Handset, tally: Tally, scale: int
) -> None:
    found: list[str] = []
    kills = 0
    every = [(nth, moment) for nth in range(1, WRITES + 1) for moment in MOMENTS]
    for nth, moment in A_FEW if scale == 1 else every * ROUNDS:
        kills += killed_at(handset, nth, moment)
        handset.reopen()
        handset.to_delivery()
        handset.sync()
        handset.arrive()
        found += [f"{moment} write {nth}: {one}" for one in violations(handset)]
    tally.add(18, kills, len(found))
    assert found == []
    assert kills >= (150 if scale > 1 else 4)


def test_a_killed_browser_loses_nothing_it_called_saved(
    house: Server, playwright: Playwright, tmp_path: Path, picture: Path, tally: Tally, scale: int
) -> None:
    user, profile = new_inspector(house), tmp_path / "phone"
    found: list[str] = []
    with open_profile(playwright, profile, PHONE) as context:
        handset = Handset(house, context, user, picture)
        handset.enrol()
        handset.context.set_offline(True)
        handset.start()
        handset.judge("P2-01", "pass")
        handset.photograph("P2-02")
        kill_browser(profile)
    for _ in range(scale):
        with open_profile(playwright, profile, PHONE) as context:
            again = Handset(house, context, user, picture, handset.shown, handset.record)
            again.page.goto(again.app)
            expect(hand.item(again.page, "P2-02")).to_be_visible()
            again.finish()
            again.arrive()
            found += violations(again)
            again.start()
            again.photograph("P2-02")
            kill_browser(profile)
        handset = again
    tally.add(19, 1 + scale, len(found))
    assert found == []


def test_what_was_typed_is_there_after_a_crash(handset: Handset, tally: Tally) -> None:
    handset.start()
    hand.judge(handset.page, "P2-02", "不合格")
    note = "右后转向灯不亮,已拍照,驾驶员已知"
    box = handset.sheet().get_by_label("备注")
    box.press_sequentially(note)
    handset.saved()
    crash(handset)
    expect(handset.sheet().get_by_label("备注")).to_have_value(note)
    tally.add(18, 1, 0)


@pytest.mark.parametrize("moment", ["while the camera is open", "while the photo is developed"])
def test_a_page_killed_by_the_camera_leaves_no_photo_without_its_answer(
    handset: Handset, tally: Tally, moment: str
) -> None:
    handset.start()
    hand.judge(handset.page, "P2-02", "不合格")
    handset.saved()
    with handset.page.expect_file_chooser() as opened:
        handset.sheet().locator("input[type=file]").click(force=True)
    if moment == "while the photo is developed":
        opened.value.set_files(str(handset.picture))
    crash(handset)
    rows = handset.rows()
    names = {row["sha256"] for row in rows.photos}
    kept = rows.record(handset.record)
    assert kept
    answer = kept["state"]["answers/P2-02"]["value"]
    assert answer["value"] == "fail"
    assert set(answer.get("photos") or []) == names
    if not names:
        handset.take_photo("P2-02")
    tally.add(20, 1, 0)

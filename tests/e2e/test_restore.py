"""A server that came back from an older backup is healed by the real app on a real phone."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Playwright, expect

from tests.e2e import inspector
from tests.e2e.browsing import PHONE, open_profile
from tests.e2e.photographs import write_photograph
from tests.e2e.serving import Server
from tests.server.backup.house import close

HEALED_SECONDS = 60


def test_a_phone_brings_back_what_an_older_backup_did_not_have(
    server: Server, playwright: Playwright, tmp_path: Path
) -> None:
    assert server.world
    server.world.add_user("inspector", "inspector_fulltime")
    server.world.add_user("head", "quality_head")
    token = server.world.token("head")
    with open_profile(playwright, tmp_path / "phone", PHONE) as phone:
        page = phone.pages[0]
        inspector.enrol(page, server.url, server.enrol_code("inspector"))
        run("backup", str(tmp_path / "backups"))
        inspect(page, tmp_path)
        before = wait_for_record(server, page, token)
        server.stop()
        close(server.world.app)
        run("restore", str(tmp_path / "backups"))
        server.start()
        assert list_records(server, token) == []
        page.evaluate("window.dispatchEvent(new Event('online'))")
        assert wait_for_record(server, page, token) == before
        assert len(before["photos"]) == 1
        page.reload()
        expect(page.get_by_text(re.compile("逐字节一致"))).to_be_visible(timeout=30_000)
    run("verify")


def run(*words: str) -> None:
    """A command as an operator gives it, while the server runs or not."""
    order = [sys.executable, "-m", "server.cli", *words]
    done = subprocess.run(order, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def inspect(page: Page, folder: Path) -> None:
    """A daily inspection with one fail and its photo, finished; ends at the delivery screen."""
    page.goto(page.url.partition("#")[0])
    page.get_by_role("button", name="开始检查").click()
    page.get_by_role("searchbox").or_(page.get_by_role("textbox")).first.fill("12342")
    page.get_by_role("button", name=re.compile("12342")).first.click()
    inspector.choose(page, "驾驶员", "欧阳䶮")
    inspector.choose(page, "乘务员", "陈丽")
    page.get_by_role("button", name="开始逐项检查").click()
    expect(page.locator(".dot[aria-current=step]")).to_be_visible()
    while True:
        if inspector.current_point(page) == "P2":
            photo = write_photograph(folder / "photo.jpg", 1)
            inspector.fail_item(page, "P2-02", "右后转向灯不亮", [photo])
        inspector.pass_section(page)
        if page.get_by_role("button", name="去完成").count():
            break
        inspector.go_on(page)
    inspector.finish(page)


def list_records(server: Server, token: dict[str, str]) -> list[dict[str, Any]]:
    """The inspections as the office's API gives them, without what the server counts itself."""
    asked = urllib.request.Request(f"{server.url}/api/v1/inspections", headers=token)
    with urllib.request.urlopen(asked, timeout=30) as reply:
        listed = json.loads(reply.read())["inspections"]
    kept = ("id", "vehicle", "total_bp", "grade", "photos", "complete", "status")
    return [{name: one[name] for name in kept if name in one} for one in listed]


def wait_for_record(server: Server, page: Page, token: dict[str, str]) -> dict[str, Any]:
    """The one record, complete with its photo, once it is on the server."""
    for _ in range(HEALED_SECONDS * 2):
        found = list_records(server, token)
        if found and found[0]["complete"]:
            (record,) = found
            return record
        page.wait_for_timeout(500)
    raise AssertionError(list_records(server, token))

"""A day offline: what an inspector does with no signal reaches the vehicle's and driver's file."""

from __future__ import annotations

import hashlib
import io
import json
import re
import urllib.request
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, Playwright, expect

from tests.e2e import inspector
from tests.e2e.browsing import OFFICE, PHONE, kill_browser, open_profile
from tests.e2e.photographs import is_upright, write_photograph
from tests.e2e.serving import Server

DRIVER, CONDUCTOR, PLATE = "欧阳䶮", "陈丽", "12342"
POINTS = [f"P{number}" for number in range(1, 10)]
STOPS_AFTER = "P6"


def test_a_day_offline_reaches_the_files(
    server: Server, playwright: Playwright, tmp_path: Path
) -> None:
    assert server.world
    server.world.add_user("inspector", "inspector_fulltime")
    _, secret = server.world.add_user("head", "quality_head")
    profile = tmp_path / "phone"
    with open_profile(playwright, profile, PHONE) as phone:
        page = phone.pages[0]
        inspector.enrol(page, server.url, server.enrol_code("inspector"))
        server.stop()
        fill_until_killed(page, tmp_path)
        kill_browser(profile)
    with open_profile(playwright, profile, PHONE) as phone:
        page = phone.pages[0]
        held, shown = finish_after_restart(page, server)
        server.start()
        page.evaluate("window.dispatchEvent(new Event('online'))")
        expect(page.get_by_text("已送达").first).to_be_visible(timeout=60_000)
        expect(page.get_by_text("照片 3/3")).to_be_visible()
        expect(page.get_by_text(re.compile("逐字节一致"))).to_be_visible(timeout=30_000)
    check_record(server, held, shown)
    check_office(server, playwright, secret, held)


def fill_until_killed(page: Page, folder: Path) -> None:
    """Half an inspection, two fails and three photos in it."""
    page.goto(page.url.partition("#")[0])
    inspector.start_full(page, PLATE, DRIVER, CONDUCTOR)
    photos = [write_photograph(folder / f"photo-{seed}.jpg", seed) for seed in range(3)]
    fails = {
        "P2": ("P2-02", "右后转向灯不亮", photos[:1]),
        "P5": ("P5-02", "未佩戴服务证,已当场告知", photos[1:]),
    }
    for point in POINTS:
        assert inspector.current_point(page) == point
        if point in fails:
            inspector.fail_item(page, *fails[point])
        inspector.pass_section(page)
        if point == STOPS_AFTER:
            return
        inspector.go_on(page)


def finish_after_restart(page: Page, server: Server) -> tuple[dict[str, bytes], dict[str, str]]:
    """All is there, on the same point; fill in the rest with no network. Gives the photos and
    the score that the phone shows.
    """
    page.goto(f"{server.url}/app/")
    expect(page.locator(".dot[aria-current=step]")).to_be_visible(timeout=20_000)
    assert inspector.current_point(page) == STOPS_AFTER
    held = inspector.held_photos(page)
    assert len(held) == 3
    for _ in POINTS[POINTS.index(STOPS_AFTER) + 1 :]:
        inspector.go_on(page)
        inspector.pass_section(page)
    shown = inspector.finish(page)
    expect(page.get_by_text("等待发送").first).to_be_visible()
    return held, shown


def ask(server: Server, path: str, token: dict[str, str]) -> bytes:
    with urllib.request.urlopen(
        urllib.request.Request(f"{server.url}{path}", headers=token), timeout=30
    ) as reply:
        return reply.read()


def check_record(server: Server, held: dict[str, bytes], shown: dict[str, str]) -> None:
    """Score and bytes are the phone's own; no EXIF is left; photos are the right way up."""
    assert server.world
    token = server.world.token("head")
    listed: dict[str, Any] = json.loads(ask(server, "/api/v1/inspections", token))
    (record,) = listed["inspections"]
    assert {photo["sha256"] for photo in record["photos"]} == set(held)
    assert record["complete"] is True
    scores = {"total": record["total_bp"]}
    words = {"driver": "驾驶员", "conductor": "乘务员", "vehicle": "车辆", "company": "公司"}
    scores.update({words[name]: one["bp"] for name, one in record["subjects"].items()})
    rated = {name: f"{bp / 100:.2f}" for name, bp in scores.items() if bp is not None}
    assert rated == {name: text for name, text in shown.items() if text[0].isdigit()}
    assert len(rated) >= 4
    for name, content in held.items():
        assert hashlib.sha256(content).hexdigest() == name
        assert ask(server, f"/api/v1/photos/{name}?size=original", token) == content
        with Image.open(io.BytesIO(content)) as picture:
            assert max(picture.size) == 1600
            assert dict(picture.getexif()) == {}
            assert picture.size[0] < picture.size[1]
        assert is_upright(content)


def check_office(
    server: Server, playwright: Playwright, secret: str, held: dict[str, bytes]
) -> None:
    """The office finds the record in the vehicle's file and in the driver's file."""
    with open_profile(playwright, server.data.parent / "office", OFFICE) as office:
        page = office.pages[0]
        page.goto(f"{server.url}/office/")
        page.get_by_label("用户名").fill("head")
        page.get_by_label("密码").fill(secret)
        page.get_by_role("button", name="登录").click()
        files = (("车辆", "川B12342", "灯光齐全有效"), ("人员", DRIVER, "服务证/工号牌规范"))
        for menu, owner, fail in files:
            page.get_by_role("navigation").get_by_role("link", name=menu, exact=True).click()
            page.get_by_role("link", name=re.compile(owner)).first.click()
            expect(page.get_by_role("heading", name=re.compile(owner))).to_be_visible()
            expect(page.get_by_text(fail).first).to_be_visible()
        page.goto(f"{server.url}/office/")
        page.locator("a[href*='/office/inspections/']").first.click()
        for note in ("右后转向灯不亮", "未佩戴服务证,已当场告知"):
            expect(page.get_by_text(note).first).to_be_visible()
        check_pictures(page, held)


def check_pictures(page: Page, held: dict[str, bytes]) -> None:
    """Each photo is shown, once the job worker has made its pictures."""
    pictures = page.locator("img[src*='/office/photos/']")
    sources: list[str] = []
    for _ in range(60):
        sources = [picture.get_attribute("src") or "" for picture in pictures.all()]
        if len({source.partition("?")[0] for source in sources}) == len(held):
            break
        page.wait_for_timeout(1000)
        page.reload()
    assert all(any(name in source for source in sources) for name in held)
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        assert picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 0

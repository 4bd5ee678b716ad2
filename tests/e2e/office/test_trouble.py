"""What went wrong is put right in a real browser, without scripts too: chosen, released, merged."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsing import OFFICE
from tests.e2e.office.conftest import Office, sign_in


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def desk(request: pytest.FixtureRequest, browser: Browser, office: Office) -> Iterator[Page]:
    """The head of quality at a desk."""
    context = browser.new_context(
        viewport=OFFICE,  # type: ignore[arg-type]
        locale="zh-CN",
        base_url=office.url,
        java_script_enabled=request.param,
    )
    opened = context.new_page()
    sign_in(opened, office, "head")
    yield opened
    context.close()


def test_a_conflict_is_settled_and_settled_otherwise(desk: Page, office: Office) -> None:
    desk.goto("/office/tasks")
    desk.goto(office.path("disputed"))
    heading = desk.locator("h1")
    before = heading.inner_text()
    folded = desk.locator(".disputes details > summary")
    if folded.count():
        folded.click()
    desk.locator(".dispute", has_text="车辆").get_by_role("button", name="车辆:改用").click()
    expect(desk.get_by_role("status")).to_contain_text("已选定")
    assert heading.inner_text() != before
    desk.locator(".disputes details > summary").click()
    desk.locator(".dispute", has_text="车辆").get_by_role("button", name="车辆:改用").click()
    expect(heading).to_have_text(before)


def test_a_refused_edit_is_answered(desk: Page) -> None:
    desk.goto("/office/quarantine")
    count = int(desk.locator(".bar [aria-current] .tally").inner_text().split()[0])
    desk.get_by_role("link", name="处理", exact=True).first.click()
    desk.get_by_label("给检查员的说明", exact=True).fill("这一项由办公室填写")
    desk.get_by_role("button", name="发送说明").click()
    expect(desk.get_by_role("status")).to_contain_text("说明已发送")
    expect(desk.locator("main")).to_contain_text("这一项由办公室填写")
    expect(desk.locator(".bar [aria-current] .tally")).to_contain_text(str(count - 1))
    release = desk.get_by_role("button", name="放行", exact=True)
    if release.count():
        release.click()
        expect(desk.get_by_role("status")).to_contain_text("已放行")
        expect(release).to_have_count(0)


def test_two_buses_become_one_and_two_again(desk: Page, office: Office) -> None:
    one, other = office.world.vehicles[0], office.world.vehicles[2]
    desk.goto(f"/office/vehicles/{one}")
    desk.get_by_role("link", name="与另一辆是同一辆车").click()
    desk.get_by_label("车牌").fill("003")
    desk.get_by_role("button", name="查找").click()
    desk.get_by_role("link", name="核对").click()
    desk.get_by_role("button", name="留下 川B12341").click()
    expect(desk.get_by_role("status")).to_contain_text("已合并")
    expect(desk.locator(".merged")).to_contain_text("川B12343")
    desk.goto(f"/office/vehicles/{other}")
    expect(desk).to_have_url(f"{office.url}/office/vehicles/{one}")
    desk.get_by_role("button", name="撤销合并:川B12343").click()
    expect(desk).to_have_url(f"{office.url}/office/vehicles/{other}")
    expect(desk.get_by_role("status")).to_contain_text("已撤销合并")

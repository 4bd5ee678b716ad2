"""Every office screen in both languages, at a desk and on a phone: accessible, nothing cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.e2e.browsing import OFFICE, PHONE
from tests.e2e.office.conftest import Office, sign_in

SCREENS: dict[str, Callable[[Office], str]] = {
    "list": lambda _: "/office/",
    "nothing found": lambda _: "/office/?vehicle=zzzz&queue=suspected",
    "record with fails": lambda office: office.path("failing"),
    "record with typed names": lambda office: office.path("typed"),
    "void record": lambda office: office.path("void"),
    "returned record": lambda office: office.path("returned"),
    "confirmed record": lambda office: office.path("confirmed"),
    "undercover record": lambda office: office.path("undercover"),
    "full record": lambda office: office.path("full"),
    "record of a wrong clock": lambda office: office.path("doubted"),
    "queue to match": lambda _: "/office/unmatched",
    "match a vehicle": lambda office: f"{office.path('typed')}/match/vehicle",
    "match a person": lambda office: f"{office.path('typed')}/match/conductor",
    "correct a route": lambda office: f"{office.path('full')}/match/route",
    "vehicles": lambda _: "/office/vehicles",
    "vehicle file": lambda office: f"/office/vehicles/{office.world.vehicles[0]}",
    "crew": lambda _: "/office/crew",
    "crew file": lambda office: f"/office/crew/{office.world.drivers[0]}",
    "quarantine": lambda _: "/office/quarantine",
    "tasks": lambda _: "/office/tasks",
    "record in dispute": lambda office: office.path("disputed"),
    "record with late evidence": lambda office: office.path("late"),
    "record with a damaged photo": lambda office: office.path("damaged"),
    "file of a merged bus": lambda office: f"/office/vehicles/{office.fortnight.double}",
    "which bus is the same": lambda office: f"/office/merge/vehicle/{office.fortnight.double}",
    "which person is the same": lambda office: f"/office/merge/crew/{office.world.drivers[0]}",
    "two buses compared": lambda office: "/office/merge/vehicle/{}/{}".format(
        *office.world.vehicles
    ),
    "two persons compared": lambda office: "/office/merge/crew/{}/{}".format(*office.world.drivers),
    "not found": lambda _: "/office/nothing-here",
}
axe = Axe()


@pytest.fixture(params=["zh-CN", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=[OFFICE, PHONE], ids=["desk", "phone"])
def viewer(
    request: pytest.FixtureRequest, browser: Browser, office: Office, language: str
) -> Iterator[Page]:
    """The head of quality, reading in that language on that screen."""
    context = browser.new_context(viewport=request.param, locale="zh-CN", base_url=office.url)
    opened = context.new_page()
    sign_in(opened, office, "head")
    context.add_cookies([{"name": "lang", "value": language, "url": office.url}])
    yield opened
    context.close()


def faults(page: Page) -> list[str]:
    """What axe finds, and whether something is wider than the screen."""
    found = [
        f"{rule['id']}: {rule['nodes'][0]['html'][:120]}"
        for rule in axe.run(page).response["violations"]
    ]
    wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return found + ([f"wider by {wider}"] if wider > 0 else [])


def test_every_screen_is_accessible_and_fits(viewer: Page, office: Office, language: str) -> None:
    errors: list[str] = []
    viewer.on("pageerror", lambda error: errors.append(str(error)))
    found = {}
    for name, path_of in SCREENS.items():
        viewer.goto(path_of(office))
        assert viewer.locator("html").get_attribute("lang") == language
        if wrong := faults(viewer):
            found[name] = wrong
    assert found == {}
    assert errors == []


def test_every_refusal_is_accessible_and_fits(viewer: Page) -> None:
    viewer.goto("/office/quarantine")
    paths = [
        str(link.get_attribute("href"))
        for link in viewer.locator("a[href^='/office/quarantine/']").all()
    ]
    assert len(paths) >= 5
    found = {}
    for path in paths:
        viewer.goto(path)
        viewer.evaluate(
            "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
        )
        if wrong := faults(viewer):
            found[path] = wrong
    assert found == {}


def test_every_fold_of_a_record_is_accessible_when_open(page: Page, office: Office) -> None:
    page.goto(office.path("failing"))
    for move in ("confirm", "return", "void"):
        page.locator(f".action-{move} summary").click()
        assert faults(page) == [], move
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert faults(page) == []


@pytest.mark.parametrize("size", [OFFICE, PHONE], ids=["desk", "phone"])
def test_the_sign_in_is_accessible_also_when_it_fails(
    browser: Browser, office: Office, language: str, size: dict[str, int]
) -> None:
    context = browser.new_context(viewport=size, locale="zh-CN", base_url=office.url)  # type: ignore[arg-type]
    context.add_cookies([{"name": "lang", "value": language, "url": office.url}])
    page = context.new_page()
    page.goto("/office/sign-in")
    assert faults(page) == []
    page.locator("[name=name]").fill("nobody")
    page.locator("[name=secret]").fill("guess")
    page.locator("button.primary").click()
    page.get_by_role("alert").wait_for()
    assert faults(page) == []
    context.close()


def test_a_role_without_rights_gets_an_accessible_page(browser: Browser, office: Office) -> None:
    context = browser.new_context(viewport=OFFICE, locale="zh-CN", base_url=office.url)  # type: ignore[arg-type]
    page = context.new_page()
    sign_in(page, office, "admin")
    assert page.get_by_role("heading", name="您的岗位不能做这件事").is_visible()
    assert faults(page) == []
    context.close()

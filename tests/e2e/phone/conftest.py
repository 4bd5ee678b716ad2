"""Fixtures for the phone's screens: one running company, one browser, a phone per test."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from tests.e2e import inspector
from tests.e2e.browsing import FLAGS, PHONE, find_chromium
from tests.e2e.phone import hand
from tests.e2e.serving import Server

OpenPhone = Callable[..., Page]
# Two cores may be busy with other tests; what never comes fails all the same.
PATIENCE_MS = 15_000
# Some tests enrol more than once with one code, or try a wrong one.
CODES_A_MINUTE = 20
GIVEN: list[float] = []


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server that all these tests share, with a head of quality."""
    with pytest.MonkeyPatch.context() as patch:
        data = tmp_path_factory.mktemp("phone") / "data"
        data.mkdir()
        patch.setenv("MINGCHA_DATA", str(data))
        served = Server(data)
        served.fill().add_user("head", "quality_head")
        served.start()
        yield served
        served.stop()


@pytest.fixture
def name(house: Server) -> str:
    """An inspector whom no other test knows."""
    world = house.world
    assert world
    name = f"inspector-{secrets.token_hex(4)}"
    hand.patiently(lambda: world.add_user(name, "inspector_fulltime"))
    return name


@pytest.fixture
def code(house: Server, name: str) -> str:
    """An enrolment code of this inspector's."""
    _wait_for_a_turn()
    return hand.patiently(lambda: house.enrol_code(name))


def _wait_for_a_turn() -> None:
    """The server takes 30 enrolments a minute from one address; all these phones stand at one."""
    while sum(at > time.monotonic() - 60 for at in GIVEN) >= CODES_A_MINUTE:
        time.sleep(0.5)
    GIVEN.append(time.monotonic())


@pytest.fixture(scope="session")
def head(house: Server) -> dict[str, str]:
    """API headers of the head of quality."""
    world = house.world
    assert world
    return hand.patiently(lambda: world.token("head"))


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    started = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
    yield started
    started.close()


@pytest.fixture
def open_phone(browser: Browser) -> Iterator[OpenPhone]:
    """Opens phones with empty storage; each is closed with its test."""
    opened: list[BrowserContext] = []

    def open_one(script: str | None = None, locale: str = "zh-CN") -> Page:
        context = browser.new_context(
            viewport=PHONE,  # type: ignore[arg-type]
            locale=locale,
            timezone_id="Asia/Shanghai",
            has_touch=True,
            reduced_motion="reduce",
        )
        opened.append(context)
        if script:
            context.add_init_script(script)
        return context.new_page()

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def phone(house: Server, open_phone: OpenPhone, code: str) -> Page:
    """An enrolled phone with the company's lists on it."""
    page = open_phone()
    inspector.enrol(page, house.url, code)
    return page

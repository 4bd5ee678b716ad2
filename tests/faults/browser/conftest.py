"""Fixtures of the browser's faults: one company, one server, one browser, phones that can die."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Playwright, expect

from tests.e2e.browsing import FLAGS, PHONE, find_chromium
from tests.e2e.phone import hand
from tests.e2e.serving import Server
from tests.faults.browser.handset import Handset

PATIENCE_MS = 15_000
NewHandset = Callable[..., Handset]


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server that all these tests share."""
    with pytest.MonkeyPatch.context() as patch:
        data = tmp_path_factory.mktemp("browser") / "data"
        data.mkdir()
        patch.setenv("MINGCHA_DATA", str(data))
        served = Server(data)
        served.fill().add_user("head", "quality_head")
        served.start()
        yield served
        served.stop()


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    started = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
    yield started
    started.close()


@pytest.fixture(scope="session")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small photo, quickly developed."""
    path = tmp_path_factory.mktemp("pictures") / "seat.jpg"
    Image.effect_noise((640, 480), 60).convert("RGB").save(path, "JPEG")
    return path


@pytest.fixture
def new_handset(browser: Browser, house: Server, picture: Path) -> Iterator[NewHandset]:
    """Makes phones of inspectors whom no other test knows; closed with the test."""
    opened: list[BrowserContext] = []

    def new(script: str | None = None, name: str | None = None, **more: Any) -> Handset:
        who = name or new_inspector(house)
        context = browser.new_context(**phone_like(more))
        opened.append(context)
        if script:
            context.add_init_script(script)
        return Handset(house, context, who, picture)

    yield new
    for context in opened:
        context.unroute_all(behavior="ignoreErrors")
        context.close()


@pytest.fixture
def handset(new_handset: NewHandset) -> Handset:
    """An enrolled phone."""
    made = new_handset()
    made.enrol()
    return made


def new_inspector(house: Server) -> str:
    world = house.world
    assert world
    name = f"inspector-{secrets.token_hex(4)}"
    hand.patiently(lambda: world.add_user(name, "inspector_fulltime"))
    return name


def phone_like(more: dict[str, Any]) -> dict[str, Any]:
    """How a browser looks to the app when it is a phone."""
    return {
        "viewport": PHONE,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "has_touch": True,
        "reduced_motion": "reduce",
        **more,
    }

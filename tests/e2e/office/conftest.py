"""Fixtures: the office after a busy fortnight, served from this process, and a browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright
from werkzeug.serving import make_server

from server import create_app
from server.config import read_settings
from server.db import db
from tests.e2e.browsing import FLAGS, OFFICE, find_chromium
from tests.e2e.office.filling import Fortnight, fill_fortnight
from tests.support.clock import HandClock
from tests.support.world import World, make_world


@dataclass
class Office:
    """A served company, the secrets of its people, and the records by what they show."""

    url: str
    world: World
    fortnight: Fortnight
    secrets: dict[str, str]

    def path(self, name: str) -> str:
        """The page of one record of the fortnight."""
        return f"/office/inspections/{self.fortnight.records[name]}"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MINGCHA_DATA", str(_folder(tmp_path_factory)))
        settings = read_settings()
    clock = HandClock()
    app = create_app(settings, clock)
    with app.app_context():
        db.create_all()
    world = make_world(app, clock, "清源县乡村公交有限公司", "川B")
    people = {"inspector": "inspector_fulltime", "head": "quality_head", "admin": "sysadmin"}
    secrets = {name: world.add_user(name, role)[1] for name, role in people.items()}
    fortnight = fill_fortnight(world, world.enrol("inspector"), "head")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Office(f"http://127.0.0.1:{server.port}", world, fortnight, secrets)
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        db.engine.dispose()


def _folder(factory: pytest.TempPathFactory) -> Path:
    return factory.mktemp("office")


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    started = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
    yield started
    started.close()


@pytest.fixture
def page(browser: Browser, office: Office) -> Iterator[Page]:
    """The head of quality at a desk, signed in."""
    context = browser.new_context(viewport=OFFICE, locale="zh-CN", base_url=office.url)  # type: ignore[arg-type]
    opened = context.new_page()
    sign_in(opened, office, "head")
    yield opened
    context.close()


def sign_in(page: Page, office: Office, name: str) -> None:
    """Type name and secret as a person would."""
    page.goto(f"{office.url}/office/sign-in")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(office.secrets[name])
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/office/")

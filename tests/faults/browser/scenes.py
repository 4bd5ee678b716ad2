"""Scenes that end with the checker's verdict: with the app as it is nothing is found, and each
planted bug is found by its scene.
"""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image
from playwright.sync_api import Route
from sqlalchemy import select

from server.accounts.models import User
from server.db import begin_write, db
from tests.e2e.phone import hand
from tests.faults.browser.checker import violations
from tests.faults.browser.ending import crash
from tests.faults.browser.handset import Handset
from tests.faults.browser.losing import clear_storage

Scene = Callable[[Handset], list[str]]


def forgetful_proxy(handset: Handset) -> list[str]:
    """A proxy answers every push for the server, in its form, and names no edit."""

    def answer(route: Route) -> None:
        epoch = handset.rows().devices[0]["epoch"]
        rest = {"receipts": [], "records": [], "more": False, "cursor": None}
        route.fulfill(json={"epoch": epoch, "server_time": "2026-11-21T00:00:00.000Z", **rest})

    handset.context.set_offline(True)
    handset.check_bus()
    handset.context.route("**/api/v1/**", answer)
    handset.context.set_offline(False)
    handset.sync()
    return violations(handset)


def sudden_death(handset: Handset) -> list[str]:
    """The page is killed as soon as it says that an answer is saved."""
    handset.start()
    handset.judge("P2-01", "pass")
    handset.judge("P2-02", "na")
    crash(handset)
    handset.to_delivery()
    return violations(handset)


def lost_right(handset: Handset) -> list[str]:
    """The user may not inspect any more when the work arrives: it is refused, and kept."""
    handset.context.set_offline(True)
    handset.check_bus()
    change_role(handset, "crew")
    handset.context.set_offline(False)
    handset.sync()
    return violations(handset)


def change_role(handset: Handset, role: str) -> None:
    world = handset.house.world
    assert world

    def change() -> None:
        with world.app.app_context():
            begin_write(db.session)
            query = select(User).where(User.company == world.company, User.name == handset.user)
            db.session.scalars(query).one().role = role
            db.session.commit()

    hand.patiently(change)


def deaf_uploads(handset: Handset) -> list[str]:
    """Edits get through, photos do not: not this one, which nobody else has sent before."""
    handset.picture = handset.picture.with_name(f"{handset.user}.jpg")
    Image.effect_noise((320, 240), 60).convert("RGB").save(handset.picture, "JPEG")
    handset.context.route("**/api/v1/uploads**", lambda route: route.abort())
    handset.context.route("**/api/v1/photos/**", lambda route: route.abort())
    handset.check_bus()
    handset.sync()
    return violations(handset)


def long_wait(handset: Handset) -> list[str]:
    """Two finished checks wait; the strip of the first screen says how many."""
    handset.context.set_offline(True)
    for _ in range(2):
        handset.check_bus()
    found = violations(handset)
    handset.page.clock.set_system_time("2030-01-01T00:00:00Z")
    handset.page.goto(f"{handset.app}#/today")
    strip = handset.page.locator(".strip").inner_text()
    return found + ([] if "2 条未送达" in strip else [f"2 wait, and the strip says {strip}"])


def cleared(handset: Handset) -> list[str]:
    """The browser clears the database; the next start must tell what was unsent."""
    handset.context.set_offline(True)
    handset.check_bus()
    clear_storage(handset, keeps="local_storage")
    alerts = handset.page.get_by_role("alert")
    handset.page.wait_for_timeout(500)
    told = alerts.inner_text() if alerts.count() else "nothing"
    return [] if "1 处修改还没有送到服务器" in told else [f"1 was unsent, and it says {told}"]


SCENES: dict[str, Scene] = {
    "the outbox is emptied by any 2xx": forgetful_proxy,
    "saved is said before the commit": sudden_death,
    "a refused edit is deleted": lost_right,
    "a photo has arrived without a proof": deaf_uploads,
    "a counter is off by one": long_wait,
    "the canary is not written": cleared,
}

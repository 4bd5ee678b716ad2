"""Copies cookies of people who are signed in, and says which copies live on when they must not."""

from __future__ import annotations

from tests.server.office.staff import Seat, sign_in
from tests.support.world import World

PAGES = ("/office/", "/office/vehicles", "/office/crew", "/office/sign-ins")


def copy_of(seat: Seat, world: World) -> Seat:
    """Another browser with the same cookies, as a thief would have them."""
    copy = Seat(world.app.test_client())
    with seat.client.session_transaction() as mine:
        held = dict(mine)
    with copy.client.session_transaction() as theirs:
        theirs.update(held)
    return copy


def find_survivors(world: World, secret: str) -> list[str]:
    """The pages that a cookie copied before sign-out still opens after it."""
    seat = sign_in(world, "officer", secret)
    copy = copy_of(seat, world)
    shut = [path for path in PAGES if copy.get(path).status_code != 200]
    seat.post("/office/sign-out")
    open_still = [path for path in PAGES if copy.get(path).status_code != 302]
    return open_still + [f"{path} was never open" for path in shut]

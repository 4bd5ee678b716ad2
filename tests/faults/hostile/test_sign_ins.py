"""A sign-in is the server's to end: a copied cookie is worth nothing afterwards."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server.accounts.models import SignIn
from server.accounts.signed_in import IDLE_MS, LONGEST_MS
from server.clock import DAY_MS, HOUR_MS
from server.db import db
from tests.faults.hostile.signing_in import copy_of, find_survivors
from tests.server.office.staff import Seat, sign_in, sit_down
from tests.support.world import World

MINUTE_MS = 60_000


@pytest.fixture
def secret(world: World) -> str:
    return world.add_user("officer", "quality_officer")[1]


def is_in(seat: Seat) -> bool:
    return seat.get("/office/").status_code == 200


def test_a_cookie_copied_before_sign_out_is_worth_nothing_after_it(
    world: World, secret: str
) -> None:
    assert find_survivors(world, secret) == []


def test_signing_out_here_leaves_other_browsers_signed_in(world: World, secret: str) -> None:
    here, there = (sign_in(world, "officer", secret) for _ in range(2))
    here.post("/office/sign-out")
    assert (is_in(here), is_in(there)) == (False, True)


def test_signing_out_everywhere_ends_every_browser_of_this_person_only(
    world: World, secret: str
) -> None:
    here, there = (sign_in(world, "officer", secret) for _ in range(2))
    colleague = sit_down(world, "colleague", "quality_officer")
    page = here.page("/office/sign-ins")
    assert (page.count("<li>"), page.count("本浏览器")) == (2, 1)
    here.post("/office/sign-out", everywhere="1")
    assert [is_in(seat) for seat in (here, there, colleague)] == [False, False, True]


def test_a_person_sees_only_their_own_sign_ins(world: World, secret: str) -> None:
    sign_in(world, "officer", secret)
    colleague = sit_down(world, "colleague", "station_manager", world.stations[0])
    assert colleague.page("/office/sign-ins").count("<li>") == 1
    stranger = Seat(world.app.test_client())
    assert stranger.get("/office/sign-ins").status_code == 302


def test_a_new_secret_ends_every_sign_in(world: World, secret: str) -> None:
    seat = sign_in(world, "officer", secret)
    with world.app.app_context():
        db.session.execute(db.text("UPDATE user SET secret_hash = 'another'"))
        db.session.commit()
    assert not is_in(seat)


def test_the_token_changes_at_each_sign_in_and_the_old_one_ends(world: World, secret: str) -> None:
    seat = sign_in(world, "officer", secret)
    copy = copy_of(seat, world)
    seat.post("/office/sign-in", name="officer", secret=secret)
    assert (is_in(seat), is_in(copy)) == (True, False)


def test_half_an_hour_without_use_ends_a_sign_in(world: World, secret: str) -> None:
    for idle_ms, left in ((IDLE_MS - 1, True), (IDLE_MS, False)):
        seat = sign_in(world, "officer", secret)
        world.clock.at_ms += idle_ms
        assert is_in(seat) is left


def test_use_keeps_it_but_no_longer_than_twelve_hours(world: World, secret: str) -> None:
    seat = sign_in(world, "officer", secret)
    for _ in range(LONGEST_MS // (20 * MINUTE_MS) - 1):
        world.clock.at_ms += 20 * MINUTE_MS
        assert is_in(seat)
    world.clock.at_ms += 20 * MINUTE_MS
    assert not is_in(seat)


def test_after_a_jump_of_the_servers_clock_people_sign_in_once_more(
    world: World, secret: str
) -> None:
    """A sign-in from another time is not believed, and nobody is locked out."""
    for step_ms in (1_200 * DAY_MS, -1_200 * DAY_MS, -2 * HOUR_MS):
        seat = sign_in(world, "officer", secret)
        world.clock.at_ms += step_ms
        assert not is_in(seat), step_ms
        assert is_in(sign_in(world, "officer", secret)), step_ms


def test_a_clock_put_right_by_seconds_ends_nothing(world: World, secret: str) -> None:
    seat = sign_in(world, "officer", secret)
    world.clock.at_ms -= 30_000
    assert is_in(seat)


def test_a_forged_or_foreign_token_is_nobody(world: World, secret: str) -> None:
    seat = sign_in(world, "officer", secret)
    other = sit_down(world, "other", "quality_head")
    with other.client.session_transaction() as cookie:
        token = cookie["sign_in"]
    for wrong in (token, "x" * 43, "", None, 3, ["x"]):
        with seat.client.session_transaction() as cookie:
            cookie["sign_in"] = wrong
        assert not is_in(seat), wrong


def test_old_rows_go_and_no_token_is_kept_in_clear(world: World, secret: str) -> None:
    first = sign_in(world, "officer", secret)
    with first.client.session_transaction() as cookie:
        token = cookie["sign_in"]
    world.clock.at_ms += LONGEST_MS
    sign_in(world, "officer", secret)
    with world.app.app_context():
        [row] = db.session.scalars(select(SignIn))
        assert row.began_at_ms == world.clock()
        assert token not in str(vars(row))

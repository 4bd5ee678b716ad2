"""Who may pass which door: every route of the product, every set of rights; shut unless opened."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.accounts.rights import ROLES
from tests.faults.hostile.doors import (
    Door,
    doors_of,
    is_turned_away,
    path_of,
    read_matrix,
)
from tests.server.office.staff import Seat, inspect, sit_down
from tests.support.phone import Phone
from tests.support.world import World

TUS = {
    "Tus-Resumable": "1.0.0",
    "Upload-Offset": "0",
    "X-HTTP-Method-Override": "HEAD",
    "Content-Type": "application/offset+octet-stream",
}
# What is not theirs to see is not there: 404 tells less than 403.
HIDDEN = ("/office/photos/<sha256>", "/office/inspections/<uuid:record>/review")
# Each has rights that the others lack; the long form takes every role there is.
NEAR = ("quality_head", "station_manager", "inspector_social", "auditor", "privacy_officer")
# Enough of a form to reach the question who may.
FORM = {"move": "confirm", "note": "x", "chosen": "x"}
STRICT = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# Built files carry their hash in their names; nothing in them is anybody's.
KEPT_BY_BROWSERS = ("/static/", "/app/")


@pytest.fixture
def record(inspector: Phone, world: World) -> str:
    return inspect(inspector, world)


def knock(client: FlaskClient, door: Door, path: str, **more: Any) -> Any:
    return client.open(path, method=door.method, buffered=True, **more)


def test_every_route_says_who_may_pass_it(app: Flask) -> None:
    """A new route is shut to this test until the matrix has a line for it."""
    matrix = [(door.method, door.route) for door in read_matrix()]
    assert sorted(matrix) == sorted(doors_of(app))


def test_without_a_secret_only_open_doors_open(app: Flask, world: World, record: str) -> None:
    for door in read_matrix():
        if (door.method, door.route) == ("POST", "/office/sign-in"):
            continue  # is where secrets are asked for
        seat = Seat(app.test_client())
        more: dict[str, Any] = {"headers": TUS}
        if door.method == "POST" and door.route.startswith("/office"):
            seat.get("/office/sign-in")
            more = {"data": {"csrf_token": seat.token}}
        reply = knock(seat.client, door, path_of(door.route, world, record), **more)
        assert is_turned_away(reply) is (door.who != "all"), (door, reply.status_code)
        assert reply.status_code < 500 or door.route.startswith("/app"), door


def test_forms_of_the_office_need_their_token(app: Flask, world: World, record: str) -> None:
    """Another page cannot make a browser send one."""
    seat = sit_down(world, "head", "quality_head")
    for door in read_matrix():
        if door.method == "POST" and door.route.startswith("/office"):
            reply = knock(seat.client, door, path_of(door.route, world, record))
            assert (reply.status_code, "form_expired" in reply.get_data(as_text=True)) == (
                400,
                True,
            )
    assert seat.get("/office/").status_code == 200


def test_a_door_opens_to_those_with_the_right_and_to_nobody_else(
    app: Flask, world: World, record: str, scale: int
) -> None:
    wrong: list[tuple[str, Door, int]] = []
    for role in NEAR if scale == 1 else ROLES:
        seat = sit_down(world, f"a-{role}", role, world.stations[0])
        for door in read_matrix():
            if not door.route.startswith("/office") or door.who == "all":
                continue
            form = {"csrf_token": seat.token, **FORM} if door.method == "POST" else None
            reply = knock(seat.client, door, path_of(door.route, world, record), data=form)
            shut = is_turned_away(reply) or (
                reply.status_code == 404 and door.route in HIDDEN and not door.opens_to(role)
            )
            if shut is door.opens_to(role) or reply.status_code >= 500:
                wrong.append((role, door, reply.status_code))
    assert wrong == [], wrong


def test_a_token_opens_what_is_its_kinds(
    app: Flask, world: World, record: str, inspector: Phone, officer: dict[str, str]
) -> None:
    """A phone's token reads as its user; a user's token is no phone."""
    for door in read_matrix():
        if not door.route.startswith("/api") or door.who == "all":
            continue
        path = path_of(door.route, world, record)
        asked = knock(app.test_client(), door, path, headers={**TUS, **officer})
        assert is_turned_away(asked) is (door.who == "phone"), (door, asked.status_code)
        asked = knock(app.test_client(), door, path, headers={**TUS, **inspector.headers})
        assert not is_turned_away(asked), (door, asked.status_code)


def test_every_answer_is_strict_about_how_it_may_be_used(
    app: Flask, world: World, record: str, inspector: Phone
) -> None:
    seat = sit_down(world, "head", "quality_head")
    odd = [Door("GET", "/nothing", "all"), Door("GET", "/office/nothing", "all")]
    odd += [Door("TRACE", "/api/v1/sync", "all"), Door("DELETE", "/api/v1/sync", "all")]
    for door in [*read_matrix(), *odd]:
        if door.route in ("/office/sign-out", "/office/sign-in"):
            continue  # would end what the others need
        path = path_of(door.route, world, record)
        headers = {**TUS, **(inspector.headers if path.startswith("/api") else {})}
        reply = knock(seat.client, door, path, headers=headers)
        told = {name: reply.headers.get(name) for name in STRICT}
        assert told == STRICT, (door, told)
        policy = reply.headers["Content-Security-Policy"]
        for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
            assert part in policy, (door, policy)
        assert "unsafe" not in policy
        if not path.startswith(KEPT_BY_BROWSERS):
            assert reply.headers["Cache-Control"] == "no-store", door
        assert not {"Access-Control-Allow-Origin", "ETag"} & set(reply.headers.keys()) or (
            path.startswith(KEPT_BY_BROWSERS)
        ), door


def test_over_https_cookies_never_travel_without_it(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, secret = world.add_user("officer", "quality_officer")
    seat = Seat(app.test_client())
    seat.get("/office/sign-in")
    reply = seat.post("/office/sign-in", name="officer", secret=secret)
    cookie = reply.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie

"""Signing in: who gets in, who does not, what they are told, and where they land."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.db import db
from tests.server.office.staff import Seat, sign_in, sit_down
from tests.support.clock import HandClock
from tests.support.world import World, make_world

PUBLIC = {"/office/sign-in", "/office/language", "/office/sign-out"}


def test_a_person_signs_in_with_name_and_secret(world: World) -> None:
    seat = sit_down(world, "officer", "quality_officer")
    assert "officer 显示名" in seat.page("/office/")


@pytest.mark.parametrize(("name", "right"), [("officer", False), ("nobody", True), ("", True)])
def test_a_wrong_name_or_secret_is_refused_with_the_same_words(
    world: World, client: FlaskClient, name: str, right: bool
) -> None:
    _, secret = world.add_user("officer", "quality_officer")
    seat = Seat(client)
    seat.get("/office/sign-in")
    reply = seat.post("/office/sign-in", name=name, secret=secret if right else "guess")
    assert reply.status_code == 401
    assert "用户名或密码不对" in reply.get_data(as_text=True)
    assert seat.get("/office/").status_code == 302


def test_a_user_who_was_put_off_is_out_at_once(world: World) -> None:
    seat = sit_down(world, "officer", "quality_officer")
    with world.app.app_context():
        db.session.execute(db.text("UPDATE user SET active = 0"))
        db.session.commit()
    assert seat.get("/office/").status_code == 302


def test_without_signing_in_every_office_page_leads_to_the_sign_in(
    app: Flask, world: World, client: FlaskClient
) -> None:
    paths = {
        rule.rule.replace("<uuid:record>", "0" * 8 + "-0000-4000-8000-" + "0" * 12)
        .replace("<uuid:vehicle>", world.vehicles[0])
        .replace("<uuid:member>", world.drivers[0])
        .replace("<uuid:entry>", world.vehicles[0])
        .replace("<uuid:other>", world.vehicles[1])
        .replace("<what>", "vehicle")
        .replace("<sha256>", "a" * 64)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/office") and "GET" in (rule.methods or ())
    }
    assert len(paths - PUBLIC) >= 8
    for path in sorted(paths - PUBLIC):
        reply = client.get(path)
        assert reply.status_code == 302, path
        assert "/office/sign-in" in reply.headers["Location"]


def test_forms_without_a_token_are_refused(world: World, client: FlaskClient) -> None:
    _, secret = world.add_user("officer", "quality_officer")
    reply = client.post("/office/sign-in", data={"name": "officer", "secret": secret})
    assert reply.status_code == 400
    assert "form_expired" in reply.get_data(as_text=True)


def test_the_session_begins_anew_at_sign_in(world: World, client: FlaskClient) -> None:
    _, secret = world.add_user("officer", "quality_officer")
    with client.session_transaction() as session:
        session["planted"] = "before"
    seat = Seat(client)
    seat.get("/office/sign-in")
    assert seat.post("/office/sign-in", name="officer", secret=secret).status_code == 303
    with client.session_transaction() as session:
        assert "planted" not in session


def test_signing_out_ends_the_session(world: World) -> None:
    seat = sit_down(world, "officer", "quality_officer")
    assert seat.post("/office/sign-out").status_code == 303
    assert seat.get("/office/").status_code == 302


@pytest.mark.parametrize(
    ("wanted", "landing"),
    [
        ("/office/vehicles?q=001", "/office/vehicles?q=001"),
        ("https://evil.example/office/", "/office/"),
        ("//evil.example/office", "/office/"),
        ("/\\evil.example", "/office/"),
        ("/office\\..\\x", "/office/"),
        ("javascript:alert(1)", "/office/"),
        ("/api/v1/healthz", "/office/"),
        ("", "/office/"),
    ],
)
def test_after_sign_in_people_stay_inside_the_office(
    world: World, client: FlaskClient, wanted: str, landing: str
) -> None:
    _, secret = world.add_user("officer", "quality_officer")
    seat = Seat(client)
    seat.get("/office/sign-in")
    reply = seat.post("/office/sign-in", name="officer", secret=secret, next=wanted)
    assert reply.headers["Location"] == landing


def test_ten_wrong_secrets_in_a_minute_are_enough(world: World, client: FlaskClient) -> None:
    seat = Seat(client)
    seat.get("/office/sign-in")
    for number in range(10):
        assert seat.post("/office/sign-in", name=f"n{number}", secret="x").status_code == 401
    reply = seat.post("/office/sign-in", name="other", secret="x")
    assert reply.status_code == 429
    assert "尝试次数太多" in reply.get_data(as_text=True)


def test_right_secrets_are_never_too_many(world: World) -> None:
    _, secret = world.add_user("officer", "quality_officer")
    for _ in range(12):
        sign_in(world, "officer", secret)


def test_the_company_is_asked_for_only_where_there_are_several(
    app: Flask, world: World, clock: HandClock, client: FlaskClient
) -> None:
    assert 'name="company"' not in Seat(client).page("/office/sign-in")
    other = make_world(app, clock, "邻县公交公司", "川C")
    assert 'name="company"' in Seat(client).page("/office/sign-in")
    _, secret = other.add_user("officer", "quality_officer")
    seat = sign_in(other, "officer", secret, company=other.company)
    assert "川C12341" in seat.page("/office/vehicles")
    wrong = Seat(app.test_client())
    wrong.get("/office/sign-in")
    reply = wrong.post("/office/sign-in", name="officer", secret=secret, company=world.company)
    assert reply.status_code == 401


def test_the_language_changes_at_once_and_stays(world: World) -> None:
    seat = sit_down(world, "officer", "quality_officer")
    reply = seat.post("/office/language", lang="en", next="/office/vehicles")
    assert reply.headers["Location"] == "/office/vehicles"
    assert "Vehicles" in seat.page("/office/vehicles")
    assert '<html lang="en">' in seat.page("/office/")
    seat.post("/office/language", lang="zh-CN", next="/office/")
    assert '<html lang="zh-CN">' in seat.page("/office/")


def test_an_address_that_leads_nowhere_is_a_page_in_words(world: World) -> None:
    seat = sit_down(world, "officer", "quality_officer")
    reply = seat.get("/office/nothing-here")
    assert reply.status_code == 404
    assert "没有找到" in reply.get_data(as_text=True)


def test_pages_are_never_kept_and_never_run_foreign_scripts(world: World) -> None:
    reply = sit_down(world, "officer", "quality_officer").get("/office/")
    assert reply.headers["Cache-Control"] == "no-store"
    assert "script-src 'self'" in reply.headers["Content-Security-Policy"]
    text = reply.get_data(as_text=True)
    assert " style=" not in text
    assert "<style" not in text
    assert " on" not in "".join(part.split(">")[0] for part in text.split("<button")[1:])

"""Companies and people on the command line, over a fresh data folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from server import create_app
from server.accounts.models import User
from server.accounts.rights import ROLES
from server.accounts.store import check_password
from server.config import read_settings
from server.db import db
from tests.server.cli.terminal import Terminal, start
from tests.support.clock import HandClock
from tests.support.phone import Phone


@pytest.fixture
def opened(data: Path) -> Iterator[Flask]:
    """The app as it is served over what the commands made."""
    app = create_app(read_settings())
    yield app
    with app.app_context():
        db.session.close()
        db.engine.dispose()


def test_a_fresh_folder_comes_to_an_enrolled_phone_and_a_reader(
    terminal: Terminal, opened: Flask
) -> None:
    terminal.last_line("user", "add", "巡查员甲", "--role", "inspector_fulltime")
    code = terminal.last_line("enrol", "巡查员甲")
    token = terminal.last_line("token", "巡查员甲")
    phone = Phone(opened.test_client(), HandClock())
    asked = {"code": code, "name": "测试机", "public_key": phone.jwk()}
    reply = phone.client.post("/api/v1/devices", json=asked)
    assert (reply.status_code, reply.get_json()["user"]) == (201, "巡查员甲")
    headers = {"Authorization": f"Bearer {token}"}
    assert phone.client.get("/api/v1/inspections", headers=headers).status_code == 200


def test_as_processes_the_last_line_is_the_secret_alone(data: Path) -> None:
    added = start("user", "add", "x", "--role", "inspector_social")
    (secret,) = added.out.splitlines()
    enrolled = start("enrol", "x")
    (code,) = enrolled.out.splitlines()
    assert (added.code, enrolled.code) == (0, 0)
    assert secret not in added.err
    assert f"/app/#enrol={code}" in enrolled.err
    assert "▄" in enrolled.err


def test_a_renewed_secret_replaces_the_first(terminal: Terminal, opened: Flask) -> None:
    first = terminal.last_line("user", "add", "x", "--role", "quality_head")
    second = terminal.last_line("user", "secret", "x")
    with opened.app_context():
        user = db.session.query(User).one()
        assert (check_password(user, first), check_password(user, second)) == (False, True)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["enrol", "nobody"], 1),
        (["token", "nobody"], 1),
        (["user", "add", "x", "--role", "hr"], 1),
        (["user", "add", "y", "--role", "hr", "--station", "无此站"], 1),
        (["user", "add", "y", "--role", "hr", "--company", "无此公司"], 1),
        (["user", "add", "y"], 2),
        (["user", "add", "y", "--role", "king"], 2),
        (["user", "add", "y" * 65, "--role", "hr"], 2),
        (["user", "add", "two words", "--role", "hr"], 2),
        (["company", "add", "x", "--regime", "ferry"], 2),
        (["nonsense"], 2),
    ],
)
def test_a_refusal_is_one_line_in_both_languages(
    terminal: Terminal, words: list[str], code: int
) -> None:
    terminal.last_line("user", "add", "x", "--role", "hr")
    done = terminal.run(*words)
    assert (done.code, done.out) == (code, "")
    said = [line for line in done.err.splitlines() if not line.startswith("Usage:")]
    assert len(said) == 1
    assert said[0].startswith(("未执行 · Error: ", "用法有误 · Usage error: "))


def test_a_setting_that_cannot_be_used_is_named(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "many")
    done = terminal.run("migrate")
    assert done.code == 1
    assert "PORT" in done.err


def test_a_folder_that_cannot_be_used_is_named(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MINGCHA_DATA", str(tmp_path / "file" / "data"))
    done = terminal.run("migrate")
    assert done.code == 1
    assert "MINGCHA_DATA" in done.err


def test_with_several_companies_one_must_be_named(terminal: Terminal) -> None:
    city = terminal.last_line("company", "add", "甲公司", "--regime", "city_bus")
    terminal.last_line("company", "add", "乙公司", "--regime", "road_passenger")
    assert terminal.run("user", "add", "x", "--role", "hr").code == 1
    terminal.last_line("user", "add", "x", "--role", "hr", "--company", "乙公司")
    terminal.last_line("user", "add", "x", "--role", "hr", "--company", city)
    assert terminal.run("token", "x").code == 1
    terminal.last_line("token", "x", "--company", city)


def test_every_role_of_the_trade_can_be_given(terminal: Terminal) -> None:
    said = terminal.run("user", "add", "--help").out
    assert all(role in said for role in ROLES)

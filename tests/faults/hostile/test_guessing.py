"""Guessing secrets: however many try at once and whichever process answers, few get an answer."""

from __future__ import annotations

import http.client
import json
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient

from server.accounts.tries import Bound, Tries
from server.clock import DAY_MS, HOUR_MS
from tests.faults.hostile.conftest import Live
from tests.server.office.staff import Seat
from tests.support.clock import HandClock
from tests.support.phone import Phone
from tests.support.world import World

AT_ONCE = 60
FEW = (Bound(3, 60_000), Bound(5, HOUR_MS))


def ask(live: Live, path: str, body: str, headers: dict[str, str]) -> tuple[int, str, str]:
    """Status, cookies and text of one request on a line of its own."""
    with closing(http.client.HTTPConnection("127.0.0.1", live.port, timeout=60)) as line:
        line.request("POST" if body else "GET", path, body or None, headers)
        reply = line.getresponse()
        return reply.status, reply.headers.get("Set-Cookie", ""), reply.read().decode()


def test_sixty_sign_ins_at_once_get_ten_answers(live: Live) -> None:
    """They are counted before the secret is looked at, by both processes together."""
    _, cookies, form = ask(live, "/office/sign-in", "", {})
    cookie = "; ".join(f"{name}={one.value}" for name, one in SimpleCookie(cookies).items())
    found = re.search(r'name="csrf_token" value="([^"]+)"', form)
    assert found
    body = urlencode({"csrf_token": found[1], "name": "inspector", "secret": "a guess"})
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    with ThreadPoolExecutor(AT_ONCE) as crowd:
        tries = range(AT_ONCE)
        replies = list(crowd.map(lambda _: ask(live, "/office/sign-in", body, headers), tries))
    assert sorted(status for status, _, _ in replies) == [401] * 10 + [429] * (AT_ONCE - 10)


def test_sixty_codes_at_once_get_thirty_answers(live: Live) -> None:
    body = '{"code": "GUESS", "name": "x", "public_key": {}}'
    headers = {"Content-Type": "application/json"}
    with ThreadPoolExecutor(AT_ONCE) as crowd:
        tries = range(AT_ONCE)
        replies = list(crowd.map(lambda _: ask(live, "/api/v1/devices", body, headers), tries))
    codes = [json.loads(text)["code"] for _, _, text in replies]
    # The key is looked at before the code.
    assert sorted(codes) == ["key_malformed"] * 30 + ["too_many_tries"] * (AT_ONCE - 30)


def test_a_wrong_secret_counts_and_a_right_one_does_not(tmp_path: Path) -> None:
    clock = HandClock()
    tries = Tries(tmp_path / "tries", clock)
    for _ in range(20):
        number = tries.count("x", "192.0.2.1", FEW)
        assert number
        tries.forgive(number)
    assert [bool(tries.count("x", "192.0.2.1", FEW)) for _ in range(4)] == [True] * 3 + [False]
    assert tries.count("other", "192.0.2.1", FEW)
    assert tries.count("x", "192.0.2.2", FEW)
    clock.at_ms += 60_000
    assert [bool(tries.count("x", "192.0.2.1", FEW)) for _ in range(3)] == [True] * 2 + [False]
    clock.at_ms += HOUR_MS
    assert tries.count("x", "192.0.2.1", FEW)


def test_a_whole_ipv6_network_is_one_guesser(tmp_path: Path) -> None:
    tries = Tries(tmp_path / "tries", HandClock())
    counted = [tries.count("x", f"2001:db8:1:2::{number:x}", FEW) for number in range(4)]
    assert [bool(one) for one in counted] == [True] * 3 + [False]
    assert tries.count("x", "2001:db8:1:3::1", FEW)


def test_a_clock_set_back_or_forth_locks_nobody_out(tmp_path: Path) -> None:
    clock = HandClock()
    tries = Tries(tmp_path / "tries", clock)
    for step in (1_200 * DAY_MS, -1_200 * DAY_MS, -2 * HOUR_MS):
        while tries.count("x", "192.0.2.1", FEW):
            pass
        clock.at_ms += step
        assert tries.count("x", "192.0.2.1", FEW), step


def test_no_address_is_kept_and_what_is_kept_is_erased(tmp_path: Path) -> None:
    clock = HandClock()
    path = tmp_path / "tries"
    tries = Tries(path, clock)
    addresses = [f"192.0.2.{number}" for number in range(20)]
    for address in addresses:
        tries.count("sign-in", address, FEW)
    kept = path.read_bytes()
    assert not any(address.encode() in kept for address in addresses)
    assert path.stat().st_mode & 0o077 == 0
    with closing(sqlite3.connect(path)) as file:
        [(key,)] = file.execute("SELECT secret FROM day").fetchall()
        marks = [who for (who,) in file.execute("SELECT who FROM try")]
    clock.at_ms += DAY_MS
    tries.count("sign-in", "198.51.100.1", FEW)
    left = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    assert len(marks) == len(addresses)
    assert not any(erased in left for erased in [key, *marks])


def test_a_torn_file_of_counts_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "tries"
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 5_000)
    assert Tries(path, HandClock()).count("x", "192.0.2.1", FEW)


def test_who_cannot_be_counted_is_not_let_in(app: Flask, world: World, client: FlaskClient) -> None:
    _, secret = world.add_user("officer", "quality_officer")
    folder = app.extensions["mingcha"].settings.data_dir / "tries.sqlite3"
    folder.mkdir()
    seat = Seat(client)
    seat.get("/office/sign-in")
    assert seat.post("/office/sign-in", name="officer", secret=secret).status_code == 503
    phone = Phone(client, world.clock)
    body = {"code": "GUESS", "name": "x", "public_key": phone.jwk()}
    assert client.post("/api/v1/devices", json=body).status_code == 503

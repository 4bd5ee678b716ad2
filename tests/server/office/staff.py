"""Office staff as tests know them: somebody at a browser, signed in, who reads and fills forms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.accounts.auth import PLACE, SEEN
from server.accounts.signed_in import begin_sign_in
from server.db import db
from tests.support.phone import Phone, new_record
from tests.support.world import World, inspection_fields

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Seat:
    """A browser at the office: its cookies, and the token of the form it saw last."""

    client: FlaskClient
    token: str = ""

    def get(self, path: str, **query: str) -> TestResponse:
        """A page as it came."""
        reply = self.client.get(path, query_string=query or None, buffered=True)
        found = (
            _TOKEN.search(reply.get_data(as_text=True)) if reply.mimetype == "text/html" else None
        )
        self.token = found[1] if found else self.token
        return reply

    def page(self, path: str, **query: str) -> str:
        """The text of a page that must be there, entities undone."""
        reply = self.get(path, **query)
        assert reply.status_code == 200, (path, reply.status_code, reply.get_data(as_text=True))
        return unescape(reply.get_data(as_text=True))

    def post(self, path: str, **form: Any) -> TestResponse:
        """Send a form, with the token of the page it stands on."""
        if not self.token:
            self.get("/office/sign-in")
        return self.client.post(path, data={"csrf_token": self.token, **form})

    def review(self, record: str, move: str, note: str = "", **more: str) -> TestResponse:
        return self.post(f"/office/inspections/{record}/review", move=move, note=note, **more)

    def match(self, record: str, what: str, chosen: str) -> TestResponse:
        return self.post(f"/office/inspections/{record}/match/{what}", chosen=chosen)


def sit_down(world: World, name: str, role: str, station: str | None = None) -> Seat:
    """A new user of that role, signed in already: typing secrets has tests of its own."""
    user, _ = world.add_user(name, role, station)
    seat = Seat(world.app.test_client())
    with world.app.app_context():
        token = begin_sign_in(db.session, user, world.clock())
        db.session.commit()
    with seat.client.session_transaction() as session:
        session["_user_id"] = user.get_id()
        session["_fresh"] = True
        session[PLACE], session[SEEN] = token, world.clock()
    seat.get("/office/")
    return seat


def sign_in(world: World, name: str, secret: str, **more: str) -> Seat:
    """A browser on which that person has signed in."""
    seat = Seat(world.app.test_client())
    seat.get("/office/sign-in")
    reply = seat.post("/office/sign-in", name=name, secret=secret, **more)
    assert reply.status_code == 303, reply.get_data(as_text=True)
    seat.token = ""
    seat.get("/office/")
    return seat


def inspect(phone: Phone, world: World, **changes: Any) -> str:
    """A finished inspection that has arrived; its id."""
    record = new_record()
    [receipt] = phone.push(phone.edit(record, inspection_fields(world, **changes)))
    assert receipt["state"] == "accepted", receipt
    return record


def rows_of(page: str) -> list[str]:
    """The records listed on a page, in order."""
    return re.findall(r'class="main-link" href="/office/inspections/([0-9a-f-]{36})"', page)

"""Every route of the product with who may pass it, and what stood in the way of whom."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from flask import Flask

from server.accounts.rights import Right, may
from tests.support.world import World

MATRIX = Path(__file__).with_name("matrix.csv")
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
NO_ID = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Door:
    """A method at a route. ``who``: all, phone, token, person, or the rights of which one opens."""

    method: str
    route: str
    who: str

    def opens_to(self, role: str) -> bool:
        """True when somebody of this role, signed in to the office, may pass."""
        rights = self.who.split()
        return "person" in rights or any(may(role, cast(Right, right)) for right in rights)


def read_matrix() -> list[Door]:
    with MATRIX.open(encoding="utf-8", newline="") as file:
        return [Door(row["method"], row["route"], row["who"]) for row in csv.DictReader(file)]


def doors_of(app: Flask) -> set[tuple[str, str]]:
    """What there is to knock at; HEAD is GET unless it stands alone."""
    found: set[tuple[str, str]] = set()
    for rule in app.url_map.iter_rules():
        methods = (rule.methods or set()) & METHODS
        lone = {"HEAD"} if "HEAD" in (rule.methods or set()) and "GET" not in methods else set()
        found |= {(method, rule.rule) for method in methods | lone}
    return found


def path_of(route: str, world: World, record: str) -> str:
    """The route with things that are there where the company has them."""
    known = {
        "record": record,
        "vehicle": world.vehicles[0],
        "member": world.drivers[0],
        "entry": world.vehicles[0],
        "other": world.vehicles[1],
        "what": "vehicle",
        "sha256": "a" * 64,
        "day": "2025-11-20",
        "filename": "office/icon.svg",
        "name": "index.html",
    }
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: known.get(found[1], NO_ID), route)


def is_turned_away(reply: Any) -> bool:
    """Sent to the sign-in, or told that this role or secret may not."""
    to_sign_in = reply.status_code == 302 and "/office/sign-in" in reply.headers["Location"]
    return to_sign_in or reply.status_code in (401, 403)

"""Behind a proxy each phone is counted by itself; without one, nobody may say who they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server import create_app
from server.config import Settings
from tests.support.phone import Phone
from tests.support.world import World

TRIES = 31  # one more than an address has in a minute


def last_answers(world: World, settings: Settings, proxies: int) -> set[int]:
    """What the last of many tries with wrong codes gets, each said to come from elsewhere."""
    app = create_app(replace(settings, proxies=proxies), world.clock)
    phone = Phone(app.test_client(), world.clock)
    answers = []
    for number in range(TRIES):
        body = {"code": f"WRONG{number}", "name": "x", "public_key": phone.jwk()}
        sender = {"X-Forwarded-For": f"10.0.0.{number}"}
        answers.append(phone.client.post("/api/v1/devices", json=body, headers=sender).status_code)
    return set(answers[-1:])


@pytest.mark.parametrize(("proxies", "answer"), [(0, 429), (1, 403)])
def test_only_a_known_proxy_says_who_asks(
    world: World, settings: Settings, proxies: int, answer: int
) -> None:
    assert last_answers(world, settings, proxies) == {answer}

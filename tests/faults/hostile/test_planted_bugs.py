"""Bugs planted on purpose, from outside the product: a checker that misses one proves nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from server.accounts import auth, pages, tries
from server.edits import ordering, wire
from server.inspections import history, sync_api
from tests.faults.hostile.canaries import NAME, find_traces, send_out
from tests.faults.hostile.clocks import YEAR_MS, JumpingPhone, find_misordered, find_unfair
from tests.faults.hostile.doors import doors_of, read_matrix
from tests.faults.hostile.pushing import find_altered, find_broken
from tests.faults.hostile.signing_in import find_survivors
from tests.faults.hostile.test_one_edit_alone import BAD
from tests.faults.tally import Tally
from tests.server.office.staff import sit_down
from tests.support.phone import Phone
from tests.support.world import World

Patch = pytest.MonkeyPatch


def test_a_digest_that_nobody_checks_is_caught(
    world: World, inspector: Phone, tally: Tally, monkeypatch: Patch
) -> None:
    assert find_altered(world, inspector) == []
    monkeypatch.setattr(sync_api, "_check_digest", lambda _payload: None)
    _report(tally, "digest unchecked", find_altered(world, inspector))


def test_a_reader_that_takes_the_last_of_two_names_is_caught(
    world: World, inspector: Phone, tally: Tally, monkeypatch: Patch
) -> None:
    last = "server.edits.wire._Walk._note_doubled"
    monkeypatch.setattr(last, lambda _self, pairs: dict(pairs))
    bad = BAD["a field twice"]
    _report(tally, "last duplicate key wins", find_broken(world, inspector, bad))


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("depth bomb spoils the push", ValueError),
        ("depth bomb crashes", ZeroDivisionError),
    ],
)
def test_a_reader_that_dies_of_depth_is_caught(
    world: World,
    inspector: Phone,
    tally: Tally,
    monkeypatch: Patch,
    name: str,
    spoil: type[Exception],
) -> None:
    def read(payload: bytes, most: int) -> dict[str, Any]:
        try:
            whole = json.loads(payload)
            return {**whole, "edits": [wire.piece_of(edit) for edit in whole["edits"][:most]]}
        except RecursionError as error:
            raise (wire.NotReadable("deep") if spoil is ValueError else spoil()) from error

    monkeypatch.setattr(sync_api, "read_envelope", read)
    world.app.config["TESTING"] = False
    _report(tally, name, find_broken(world, inspector, BAD["thousands deep"]))


def test_a_refused_edit_that_is_not_kept_is_caught(
    world: World, inspector: Phone, tally: Tally, monkeypatch: Patch
) -> None:
    monkeypatch.setattr("server.edits.receipts.as_kept", lambda _text: "null")
    _report(tally, "refused bytes dropped", find_broken(world, inspector, BAD["a fraction"]))


def test_a_sign_out_that_only_forgets_the_cookie_is_caught(
    world: World, tally: Tally, monkeypatch: Patch
) -> None:
    _, secret = world.add_user("officer", "quality_officer")

    def forget(everywhere: bool) -> None:
        auth.logout_user()
        auth.session.clear()

    monkeypatch.setattr(pages, "let_out", forget)
    _report(tally, "session not ended", find_survivors(world, secret))


def test_a_stamp_that_is_taken_at_its_word_is_caught(
    world: World, inspector: Phone, tally: Tally, monkeypatch: Patch
) -> None:
    def take(self: Any, claimed: Any, _device: str, _now_ms: int) -> str:
        return str(claimed)

    monkeypatch.setattr(ordering.Orders, "order", take)
    ahead, right = JumpingPhone(inspector, 10 * YEAR_MS), JumpingPhone(world.enrol("inspector"))
    _report(tally, "stamp ahead of the clock wins", find_unfair(world, ahead, right))


def test_an_order_by_arrival_is_caught(
    world: World, inspector: Phone, tally: Tally, monkeypatch: Patch
) -> None:
    def by_arrival(self: Any, claimed: Any, device: str, now_ms: int) -> str:
        self.last = ordering.next_stamp(self.last, now_ms, device)
        return str(self.last)

    monkeypatch.setattr(ordering.Orders, "order", by_arrival)
    phone, rng = JumpingPhone(inspector), Random(36)
    found = [broken for _ in range(8) for broken in find_misordered(world, phone, rng)]
    _report(tally, "order by arrival", found)


def test_a_history_that_names_the_rider_is_caught(
    world: World, tally: Tally, monkeypatch: Patch
) -> None:
    rider = send_out(world)
    seat = sit_down(world, "officer", "quality_officer")
    monkeypatch.setattr(history, "is_author_hidden", lambda _edits: False)
    monkeypatch.setattr(history, "_replay", _naming(vars(history)["_replay"]))
    _report(tally, "rider named in the history", find_traces(world, rider, seat, {}))


def _naming(replay: Callable[..., Any]) -> Callable[..., Any]:
    def tell(edit: Any, state: Any, device: Any, user: Any, hidden: bool) -> Any:
        user.role = "inspector_fulltime"
        assert NAME in user.name
        return replay(edit, state, device, user, hidden)

    return tell


def test_a_route_without_a_line_in_the_matrix_is_caught(world: World, tally: Tally) -> None:
    world.app.add_url_rule("/office/export.csv", "export", lambda: "all", methods=["GET"])
    known = {(door.method, door.route) for door in read_matrix()}
    _report(tally, "route that nobody guards", sorted(doors_of(world.app) - known))


def test_tries_counted_after_the_secret_are_caught(
    world: World, tally: Tally, monkeypatch: Patch
) -> None:
    """As many tries as like are under way at once when none of them counts yet."""
    monkeypatch.setattr(tries.Tries, "count", lambda *_: 1)
    seat = sit_down(world, "officer", "quality_officer")
    codes = [seat.post("/office/sign-in", name="x", secret="x").status_code for _ in range(11)]
    _report(tally, "tries not counted", [str(code) for code in codes if code == 401][10:])


def _report(tally: Tally, name: str, found: list[Any]) -> None:
    tally.planted(name, bool(found))
    assert found, f"nobody noticed: {name}"

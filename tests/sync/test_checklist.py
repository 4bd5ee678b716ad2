"""The bundled checklist is whole, and a broken one is refused with the place of the mistake."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from sync.canonical import canonical_json
from sync.checklist import InvalidChecklist, Limits, load_checklist_body, parse_checklist
from sync.checklists import NINE_POINTS, bundled_body, bundled_checklist
from tests.sync.vectors import vectors

SMALL = vectors("scores.json")["checklists"]["small@1"]


def test_the_nine_points_have_66_items_and_100_weights() -> None:
    checklist = bundled_checklist(NINE_POINTS)
    items = [item for point in checklist.points for item in point.items]
    assert checklist.id == NINE_POINTS
    assert (len(checklist.points), len(items)) == (9, 66)
    assert sum(point.weight for point in checklist.points) == 100
    assert [sum(item.weight for item in point.items) for point in checklist.points] == [100] * 9


def test_each_mode_has_the_items_that_its_own_list_names() -> None:
    checklist, body = bundled_checklist(NINE_POINTS), bundled_body(NINE_POINTS)
    for mode in checklist.modes:
        found = [item.id for _, items in checklist.items_for(mode.id) for item in items]
        assert found == body["modes"][mode.id]["itemIds"]


def test_an_item_is_found_by_its_id() -> None:
    tread = bundled_checklist(NINE_POINTS).item("P2-04")
    assert tread is not None
    assert tread.pass_if == Limits(32_000, None)
    assert bundled_checklist(NINE_POINTS).item("P0-99") is None


def test_the_bundled_body_can_travel_and_be_hashed() -> None:
    assert canonical_json(bundled_body(NINE_POINTS))


def test_each_caller_gets_a_body_of_its_own() -> None:
    bundled_body(NINE_POINTS)["points"].clear()
    assert len(bundled_body(NINE_POINTS)["points"]) == 9


def test_decimals_of_a_file_are_read_as_text() -> None:
    assert load_checklist_body('{"limit": 3.2}') == {"limit": "3.2"}


@pytest.mark.parametrize("text", ["[]", "1", '"x"', "null"])
def test_a_file_that_holds_no_object_is_refused(text: str) -> None:
    with pytest.raises(InvalidChecklist):
        load_checklist_body(text)


def _first(body: dict[str, Any]) -> dict[str, Any]:
    return body["points"][0]["items"][0]


BREAKAGES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no points": lambda body: body.pop("points"),
    "points is text": lambda body: body.update(points="x"),
    "no items at all": lambda body: body.update(points=[]),
    "an item twice": lambda body: body["points"][0]["items"].append(_first(body)),
    "a point twice": lambda body: body["points"].append({**body["points"][0], "items": []}),
    "weight zero": lambda body: _first(body).update(weight=0),
    "weight above the bound": lambda body: _first(body).update(weight=1001),
    "weight is a fraction": lambda body: _first(body).update(weight=1.5),
    "weight is true": lambda body: _first(body).update(weight=True),
    "an unknown answer type": lambda body: _first(body).update(answerType="text"),
    "an unknown severity": lambda body: _first(body).update(severity="fatal"),
    "an unknown subject": lambda body: _first(body).update(chargedTo="passenger"),
    "an unknown second subject": lambda body: _first(body).update(alsoChargeableTo=["x"]),
    "an unknown mode": lambda body: _first(body).update(modes=["x"]),
    "no name": lambda body: _first(body).update(zh=""),
    "an id with a space": lambda body: _first(body).update(id="A 1"),
    "a number without limits": lambda body: _first(body).update(answerType="number"),
    "a binary fraction as limit": lambda body: _first(body).update(passIf={"max": 3.2}),
    "limits that are a list": lambda body: _first(body).update(passIf=[1, 2]),
    "a scale that fails at 5": lambda body: _first(body).update(failAtOrBelow=5),
    "no grades": lambda body: body["scoring"].update(grades=[]),
    "a group of one": lambda body: body["scoring"].update(noDoubleCharge=[["A1"]]),
    "a group with an unknown item": lambda body: body["scoring"].update(
        noDoubleCharge=[["A1", "X"]]
    ),
    "a group that is text": lambda body: body["scoring"].update(noDoubleCharge=["A1"]),
    "a cap above all": lambda body: body["scoring"].update(criticalCapBp=10_001),
    "no severities": lambda body: body.pop("severities"),
    "no version": lambda body: body.pop("templateVersion"),
}


@pytest.mark.parametrize("broken", BREAKAGES.values(), ids=BREAKAGES.keys())
def test_a_broken_checklist_is_refused(broken: Callable[[dict[str, Any]], Any]) -> None:
    body = copy.deepcopy(SMALL)
    assert parse_checklist(body).id == "small@1"
    broken(body)
    with pytest.raises(InvalidChecklist):
        parse_checklist(body)


@pytest.mark.parametrize(("weight", "fits"), [(1, True), (1000, True), (1001, False), (-1, False)])
def test_the_bounds_of_a_weight(weight: int, fits: bool) -> None:
    body = copy.deepcopy(SMALL)
    _first(body)["weight"] = weight
    if fits:
        assert parse_checklist(body).points[0].items[0].weight == weight
    else:
        with pytest.raises(InvalidChecklist):
            parse_checklist(body)

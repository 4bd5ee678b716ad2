"""Edits: which are taken, what is wrong with the others, and what is hashed."""

import copy
from typing import Any

import pytest

from sync.canonical import canonical_json, digest
from sync.edit import GENESIS, Edit, InvalidEdit, parse_edit
from tests.sync.vectors import named, vectors

CASES = vectors("edits.json")


@pytest.mark.parametrize("case", **named(CASES["valid"]))
def test_a_good_edit_is_taken_and_hashed(case: dict[str, Any]) -> None:
    raw = grown(case)
    edit = parse_edit(raw)
    assert edit.as_json() == raw
    assert edit.digest == digest(raw) == case["sha256"]


@pytest.mark.parametrize("case", **named(CASES["invalid"]))
def test_a_bad_edit_is_refused_by_name(case: dict[str, Any]) -> None:
    with pytest.raises(InvalidEdit) as refusal:
        parse_edit(grown(case))
    assert refusal.value.code == case["code"]
    assert refusal.value.detail


def test_keys_of_a_later_version_are_kept_and_hashed() -> None:
    raw = CASES["valid"][0]["edit"]
    later = parse_edit({**raw, "app": "2.0"})
    assert later.extra == {"app": "2.0"}
    assert later.digest != parse_edit(raw).digest


def test_an_edit_made_here_hashes_as_one_that_came_in() -> None:
    raw = CASES["valid"][0]["edit"]
    assert Edit(**raw).digest == parse_edit(raw).digest


def test_the_chain_begins_with_64_zeros() -> None:
    assert GENESIS == "0" * 64
    assert parse_edit({**CASES["valid"][0]["edit"], "prev": GENESIS}).prev == GENESIS


def grown(case: dict[str, Any]) -> Any:
    """The case's edit, its fields replaced where the case asks for many, a long name, or bytes."""
    raw = copy.deepcopy(case["edit"])
    grow = case.get("grow", {})
    if "fields" in grow:
        raw["fields"] = {f"f{n}": n for n in range(grow["fields"])}
    if "name_length" in grow:
        raw["fields"] = {"🚌" * grow["name_length"]: 1}
    if "bytes" in grow:
        raw["fields"] = {"note": ""}
        raw["fields"]["note"] = "x" * (grow["bytes"] - len(canonical_json(raw)))
    return raw

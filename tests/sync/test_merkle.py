"""The log's tree is the one of RFC 9162: roots, growth, and proofs that only hold when true."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.merkle import (
    EMPTY_ROOT,
    Node,
    consistency_proof,
    grow,
    leaf_hash,
    node_hash,
    proof_holds,
    root_at,
    root_of,
)
from tests.sync.vectors import vectors

CASES = vectors("merkle.json")
# The roots that the reference implementation of Certificate Transparency gives for these leaves.
REFERENCE = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
SIZES = st.integers(0, 300)


def grown(count: int) -> tuple[list[bytes], dict[tuple[int, int], bytes]]:
    """The frontier and all whole nodes of a tree of that many leaves, grown one by one."""
    frontier: list[bytes] = []
    nodes: dict[tuple[int, int], bytes] = {}
    for size in range(count):
        for level, place, made in grow(frontier, size, leaf_hash(str(size).encode())):
            nodes[level, place] = made
    return frontier, nodes


@cache
def all_nodes() -> dict[tuple[int, int], bytes]:
    return grown(300)[1]


def node(level: int, place: int) -> bytes:
    return all_nodes()[level, place]


def of_leaves(bodies: list[str]) -> Node:
    """Every node of a tree over these, hashed from the leaves each time."""

    def hashed(level: int, place: int) -> bytes:
        if level == 0:
            return leaf_hash(bytes.fromhex(bodies[place]))
        return node_hash(hashed(level - 1, 2 * place), hashed(level - 1, 2 * place + 1))

    return hashed


BODIES = [leaf["body"] for leaf in CASES["leaves"]]
VECTOR_NODE = of_leaves(BODIES)


@pytest.mark.parametrize("leaf", CASES["leaves"])
def test_a_leaf_is_hashed_apart_from_nodes(leaf: dict[str, str]) -> None:
    assert leaf_hash(bytes.fromhex(leaf["body"])).hex() == leaf["hash"]


@pytest.mark.parametrize("size", range(len(CASES["roots"])))
def test_a_root_is_the_one_of_the_standard(size: int) -> None:
    frontier: list[bytes] = []
    for count, body in enumerate(BODIES[:size]):
        grow(frontier, count, leaf_hash(bytes.fromhex(body)))
    assert root_of(frontier).hex() == CASES["roots"][size]
    assert root_at(size, VECTOR_NODE).hex() == CASES["roots"][size]
    assert CASES["roots"][size] == REFERENCE.get(size, CASES["roots"][size])


@pytest.mark.parametrize("case", CASES["proofs"])
def test_a_proof_is_the_one_of_the_standard_and_holds(case: dict[str, Any]) -> None:
    old_size, size = case["old_size"], case["size"]
    proof = consistency_proof(old_size, size, VECTOR_NODE)
    assert [one.hex() for one in proof] == case["proof"]
    old_root, root = (bytes.fromhex(CASES["roots"][n]) for n in (old_size, size))
    assert proof_holds(old_size, size, old_root, root, proof)


@given(SIZES)
def test_growing_leaf_by_leaf_gives_the_root_of_the_whole(size: int) -> None:
    frontier, _ = grown(size)
    assert root_of(frontier) == root_at(size, node)
    assert len(frontier) == size.bit_count()


@given(SIZES, SIZES)
def test_every_earlier_root_is_proved_a_beginning(one: int, other: int) -> None:
    old_size, size = sorted((one, other))
    proof = consistency_proof(old_size, size, node)
    assert proof_holds(old_size, size, root_at(old_size, node), root_at(size, node), proof)


@given(st.integers(1, 300), st.integers(1, 300), st.data())
def test_no_other_beginning_is_proved(one: int, other: int, data: st.DataObject) -> None:
    old_size, size = sorted((one, other))
    altered = data.draw(st.integers(0, old_size - 1))

    @cache
    def rewritten(level: int, place: int) -> bytes:
        if level == 0:
            return leaf_hash(b"altered") if place == altered else node(0, place)
        left, right = (rewritten(level - 1, 2 * place + side) for side in (0, 1))
        return node_hash(left, right)

    remembered = root_at(old_size, node)
    proof = consistency_proof(old_size, size, rewritten)
    assert not proof_holds(old_size, size, remembered, root_at(size, rewritten), proof)


@given(st.integers(1, 300), st.integers(1, 300), st.data())
def test_a_bent_proof_does_not_hold(one: int, other: int, data: st.DataObject) -> None:
    old_size, size = sorted((one, other))
    proof = consistency_proof(old_size, size, node)
    shorter = [proof[:-1], proof[1:]] if proof else []
    bent: list[bytes] = data.draw(st.sampled_from([[*proof, EMPTY_ROOT], *shorter]))
    old_root, root = root_at(old_size, node), root_at(size, node)
    assert not proof_holds(old_size, size, old_root, root, bent)


@pytest.mark.parametrize(("old_size", "size"), [(-1, 3), (4, 3)])
def test_a_size_that_never_was_has_no_proof(old_size: int, size: int) -> None:
    with pytest.raises(ValueError, match="no proof"):
        consistency_proof(old_size, size, node)
    assert not proof_holds(old_size, size, EMPTY_ROOT, EMPTY_ROOT, [])


def test_heads_of_two_sizes_differ() -> None:
    roots = [root_at(size, node) for size in range(300)]
    assert all(left != right for left, right in pairwise(roots))
    assert len(set(roots)) == 300

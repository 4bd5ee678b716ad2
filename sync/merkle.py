"""The evidence log's Merkle tree as RFC 9162 defines it: roots, growth and consistency proofs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()

# (level, place) → the hash of the perfect subtree that begins with leaf ``place << level``
Node = Callable[[int, int], bytes]


def leaf_hash(body: bytes) -> bytes:
    """The hash of one leaf's bytes (RFC 9162 §2.1.1)."""
    return sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return sha256(b"\x01" + left + right).digest()


def grow(frontier: list[bytes], size: int, leaf: bytes) -> list[tuple[int, int, bytes]]:
    """Add a leaf to a tree of ``size`` leaves, in place.

    ``frontier`` holds the hashes of the perfect subtrees that the tree is made of, largest first.
    Gives every node that became whole, the leaf itself first, as (level, place, hash).
    """
    made = [(0, size, leaf)]
    carry, level = leaf, 0
    while size >> level & 1:
        carry = node_hash(frontier.pop(), carry)
        level += 1
        made.append((level, size >> level, carry))
    frontier.append(carry)
    return made


def root_of(frontier: Sequence[bytes]) -> bytes:
    """The root of the tree that is made of these perfect subtrees, largest first."""
    if not frontier:
        return EMPTY_ROOT
    root = frontier[-1]
    for left in reversed(frontier[:-1]):
        root = node_hash(left, root)
    return root


def root_at(size: int, node: Node) -> bytes:
    """The root that the tree had at that size."""
    return _range_hash(0, size, node) if size else EMPTY_ROOT


def consistency_proof(old_size: int, size: int, node: Node) -> list[bytes]:
    """Shows that the first ``old_size`` leaves are what they were (RFC 9162 §2.1.4.1).

    Empty for an old size of 0 and for the size itself.
    """
    if not 0 <= old_size <= size:
        raise ValueError(f"no proof from {old_size} to {size}")
    return _subproof(old_size, 0, size, node, whole=True) if old_size else []


def _subproof(old_size: int, start: int, end: int, node: Node, *, whole: bool) -> list[bytes]:
    if old_size == end - start:
        return [] if whole else [_range_hash(start, end, node)]
    cut = start + _left_size(end - start)
    if old_size <= cut - start:
        proof = _subproof(old_size, start, cut, node, whole=whole)
        return [*proof, _range_hash(cut, end, node)]
    proof = _subproof(old_size - (cut - start), cut, end, node, whole=False)
    return [*proof, _range_hash(start, cut, node)]


def _range_hash(start: int, end: int, node: Node) -> bytes:
    count = end - start
    level = count.bit_length() - 1
    if count == 1 << level:
        return node(level, start >> level)
    cut = start + _left_size(count)
    return node_hash(_range_hash(start, cut, node), _range_hash(cut, end, node))


def _left_size(count: int) -> int:
    """The greatest power of two below ``count``: how many leaves hang on the left."""
    return 1 << ((count - 1).bit_length() - 1)


def proof_holds(
    old_size: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the tree with this root begins with the one of the old root (RFC 9162 §2.1.4.2)."""
    if not 0 <= old_size <= size:
        return False
    if old_size in (0, size):
        same = EMPTY_ROOT if old_size == 0 else root
        return not proof and old_root == same
    path = list(proof)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    return bool(path) and _climb(old_size - 1, size - 1, path) == (old_root, root)


def _climb(old_last: int, last: int, path: list[bytes]) -> tuple[bytes, bytes] | None:
    """Both roots as the path gives them; None when it is too long or too short."""
    while old_last & 1:
        old_last, last = old_last >> 1, last >> 1
    old_root = new_root = path[0]
    for other in path[1:]:
        if last == 0:
            return None
        if old_last & 1 or old_last == last:
            old_root, new_root = node_hash(other, old_root), node_hash(other, new_root)
            while old_last and not old_last & 1:
                old_last, last = old_last >> 1, last >> 1
        else:
            new_root = node_hash(new_root, other)
        old_last, last = old_last >> 1, last >> 1
    return (old_root, new_root) if last == 0 else None

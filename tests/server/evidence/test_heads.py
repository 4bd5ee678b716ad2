"""What a phone is told of the log's head, and the proof that it only ever grew."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text

from server.db import begin_write, db
from server.evidence.models import EntryNode
from server.evidence.store import append_evidence, lock_log, read_consistency, read_head
from server.problems import Problem
from sync.canonical import digest
from sync.merkle import grow, leaf_hash, proof_holds, root_of
from tests.support.insider import tamper
from tests.support.phone import Phone, new_record
from tests.support.world import World, inspection_fields


def head_of(phone: Phone) -> dict[str, Any]:
    return phone.sync().json["head"]


def holds(earlier: dict[str, Any], proof: dict[str, Any]) -> bool:
    """As a phone checks: what it remembers is what the proof starts from, and the proof holds."""
    old_root, root = (bytes.fromhex(one) for one in (earlier["hash"], proof["head"]["hash"]))
    path = [bytes.fromhex(one) for one in proof["proof"]]
    same = proof["old"] == earlier
    return same and proof_holds(earlier["size"], proof["head"]["size"], old_root, root, path)


def consistency(phone: Phone, size: object) -> Any:
    return phone.get(f"/api/v1/sync/consistency?size={size}")


def test_each_edit_moves_the_head_by_one_leaf(inspector: Phone, world: World) -> None:
    before = head_of(inspector)
    reply = inspector.sync(
        inspector.edit(new_record(), inspection_fields(world)),
        inspector.edit(new_record(), inspection_fields(world)),
    ).json
    assert reply["head"]["size"] == before["size"] + 2
    assert reply["head"]["hash"] != before["hash"]
    assert head_of(inspector) == reply["head"]


def test_a_repeated_push_and_a_pull_move_nothing(inspector: Phone, world: World) -> None:
    edit = inspector.edit(new_record(), inspection_fields(world))
    head = inspector.sync(edit).json["head"]
    assert inspector.sync(edit).json["head"] == head


def test_the_head_is_the_root_over_every_entry(inspector: Phone, world: World) -> None:
    inspector.push(inspector.edit(new_record(), inspection_fields(world)))
    with world.app.app_context():
        rows = db.session.execute(text("SELECT body FROM evidence ORDER BY seq")).scalars().all()
    frontier: list[bytes] = []
    for size, body in enumerate(rows):
        grow(frontier, size, leaf_hash(body.encode()))
    assert head_of(inspector) == {"size": len(rows), "hash": root_of(frontier).hex()}


def test_the_leaf_of_an_edit_tells_author_receipt_and_result(
    inspector: Phone, world: World
) -> None:
    edit = inspector.edit(new_record(), {"mode": "daily", "state": "draft"})
    inspector.push(edit)
    with world.app.app_context():
        bodies = db.session.execute(text("SELECT body FROM evidence ORDER BY seq")).scalars().all()
        user = db.session.execute(text('SELECT id FROM "user"')).scalar_one()
    told = json.loads(bodies[-1])
    assert told["stamp"] == edit["stamp"]
    assert told["digest"] == digest(edit)
    assert (told["user"], told["device"]) == (user, inspector.device)
    assert (told["state"], told["problem"], told["won"]) == ("accepted", None, ["mode", "state"])


def test_every_head_a_phone_saw_is_proved_a_beginning_of_the_last(
    inspector: Phone, world: World
) -> None:
    seen = [head_of(inspector)]
    for _ in range(7):
        edit = inspector.edit(new_record(), inspection_fields(world))
        seen.append(inspector.sync(edit).json["head"])
    for head in seen:
        reply = consistency(inspector, head["size"])
        assert reply.status_code == 200
        assert reply.json["head"] == seen[-1]
        assert holds(head, reply.json)


def test_the_empty_log_is_a_beginning_of_every_log(inspector: Phone) -> None:
    reply = consistency(inspector, 0).json
    assert reply["proof"] == []
    assert reply["old"] == {"size": 0, "hash": root_of([]).hex()}


@pytest.mark.parametrize("size", ["", "-1", "x", "1.5", "1e3", "٣", "9" * 16])
def test_a_size_that_is_no_number_is_told_so(inspector: Phone, size: str) -> None:
    reply = consistency(inspector, size)
    assert (reply.status_code, reply.json["code"]) == (400, "field_malformed")


def test_a_size_the_log_never_had_is_unknown(inspector: Phone) -> None:
    size = head_of(inspector)["size"]
    assert consistency(inspector, size).status_code == 200
    reply = consistency(inspector, size + 1)
    assert (reply.status_code, reply.json["code"]) == (404, "head_unknown")


def test_only_a_phone_may_ask_for_a_proof(
    inspector: Phone, officer: dict[str, str], world: World
) -> None:
    for headers in ({}, officer, {"Authorization": "Bearer nonsense"}):
        reply = inspector.client.get("/api/v1/sync/consistency?size=1", headers=headers)
        assert reply.status_code == 401


def test_a_rewritten_leaf_breaks_the_head_that_a_phone_remembers(
    inspector: Phone, world: World
) -> None:
    for _ in range(3):
        inspector.push(inspector.edit(new_record(), inspection_fields(world)))
    remembered = head_of(inspector)
    tamper(
        world,
        "UPDATE evidence SET body = '{}', leaf = :leaf WHERE seq = :seq",
        leaf=leaf_hash(b"{}").hex(),
        seq=remembered["size"] - 1,
    )
    reply = consistency(inspector, remembered["size"]).json
    assert not holds(remembered, reply)


def test_proofs_reach_across_kept_inner_nodes(inspector: Phone, world: World) -> None:
    with world.app.app_context():
        begin_write(db.session)
        log = lock_log(db.session, world.company)
        heads = {log.leaves: read_head(db.session, world.company)}
        for number in range(700):
            append_evidence(db.session, log, "user", {"id": str(number)})
            heads[log.leaves] = read_head(db.session, world.company)
        db.session.commit()
        assert db.session.query(EntryNode).count() == log.leaves // 256
        for size in (*range(1, log.leaves, 37), 255, 256, 257, 511, 512, 513, log.leaves):
            if size not in heads:
                continue
            found = read_consistency(db.session, world.company, size)
            assert found.old == heads[size]
            path = [bytes.fromhex(one) for one in found.proof]
            old_root, root = (bytes.fromhex(one.hash) for one in (found.old, found.head))
            assert proof_holds(size, log.leaves, old_root, root, path)


def test_a_cut_tail_makes_the_proof_impossible(inspector: Phone, world: World) -> None:
    inspector.push(inspector.edit(new_record(), inspection_fields(world)))
    size = head_of(inspector)["size"]
    tamper(world, "DELETE FROM evidence WHERE seq = :seq", seq=size)
    with world.app.app_context(), pytest.raises(Problem, match="log_damaged"):
        read_consistency(db.session, world.company, size - 1)

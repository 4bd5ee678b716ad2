"""Whatever somebody alters in the database, verification names it."""

from __future__ import annotations

import pytest

from server.evidence.store import Head
from sync.merkle import proof_holds
from tests.server.verify.conftest import Verify
from tests.support.insider import regrow_tree, tamper
from tests.support.phone import Phone, new_record
from tests.support.world import World

ONE_EDIT = "seq = (SELECT min(seq) FROM edit)"
NOBODYS = "00000000-0000-4000-8000-000000000000"
ONE_RECORD = "id = (SELECT min(id) FROM inspection)"

# What was done → the damages it must be told as, among others.
ACTS: dict[str, tuple[str, str]] = {
    "a body is altered": (
        f"UPDATE edit SET body = replace(body, 'daily', 'spots') WHERE {ONE_EDIT}",
        "edit_altered",
    ),
    "a body is altered with its hash": (
        f"UPDATE edit SET body = '{{}}', digest = '{'0' * 64}' WHERE {ONE_EDIT}",
        "receipt_altered",
    ),
    "a column is altered": (
        f"UPDATE edit SET record = 'another' WHERE {ONE_EDIT}",
        "edit_columns",
    ),
    "a receipt is altered": (
        "UPDATE edit SET state = 'accepted', problem = NULL WHERE state = 'refused'",
        "receipt_altered",
    ),
    "a time of receipt is altered": (
        f"UPDATE edit SET received_at_ms = received_at_ms - 1 WHERE {ONE_EDIT}",
        "receipt_altered",
    ),
    "an edit is deleted": (f"DELETE FROM edit WHERE {ONE_EDIT}", "receipt_altered"),
    "the last edit is deleted": (
        "DELETE FROM edit WHERE seq = (SELECT max(seq) FROM edit)",
        "edit_missing",
    ),
    "a leaf is altered": (
        "UPDATE evidence SET body = replace(body, 'accepted', 'acceptee') WHERE kind = 'edit'",
        "leaf_altered",
    ),
    "a leaf's hash is altered": (
        f"UPDATE evidence SET leaf = '{'0' * 64}' WHERE seq = 2",
        "leaf_altered",
    ),
    "a leaf is deleted": ("DELETE FROM evidence WHERE seq = 3", "leaves_missing"),
    "the last leaf is deleted": (
        "DELETE FROM evidence WHERE seq = (SELECT max(seq) FROM evidence)",
        "head_size",
    ),
    "a leaf's kind is altered": (
        "UPDATE evidence SET kind = 'user' WHERE seq = 2",
        "leaf_misplaced",
    ),
    "the head is altered": (
        f"UPDATE log_head SET frontier = '{'0' * 64}'",
        "head_altered",
    ),
    "the head is set back": ("UPDATE log_head SET leaves = leaves - 1", "head_size"),
    "the count of changes is set back": (
        "UPDATE log_head SET change_seq = change_seq - 1",
        "changes_counted",
    ),
    "a record is put out of phones' reach": (
        "UPDATE inspection SET change_seq = change_seq + 1000",
        "changes_counted",
    ),
    "the count of edits is set back": ("UPDATE log_head SET size = size - 1", "edits_counted"),
    "a refused edit is deleted": (
        "DELETE FROM quarantine WHERE stamp = 'no edit at all'",
        "refusal_missing",
    ),
    "a refused edit is altered": (
        "UPDATE quarantine SET body = '{}' WHERE stamp = 'no edit at all'",
        "refusal_altered",
    ),
    "a refusal's reason is altered": (
        "UPDATE quarantine SET problem = 'kind_unknown' WHERE stamp = 'no edit at all'",
        "refusal_altered",
    ),
    "a refused edit is invented": (
        f"""INSERT INTO quarantine SELECT company, device, '{"0" * 64}', stamp, serial, '{{}}',
        problem, detail, received_at_ms FROM quarantine WHERE stamp = 'no edit at all'""",
        "refusal_untold",
    ),
    "a signature is altered": (
        "UPDATE push_signature SET signature = 'AAAA'",
        "signature_wrong",
    ),
    "a signature is deleted": ("DELETE FROM push_signature", "edit_unsigned"),
    "a record's fields are altered": (
        f"UPDATE inspection SET fields = replace(fields, 'fail', 'pass') WHERE {ONE_RECORD}",
        "record_altered",
    ),
    "a score is altered": (
        f"UPDATE inspection SET total_bp = 10000, grade = 'A' WHERE {ONE_RECORD}",
        "derived_altered",
    ),
    "a status is altered": (
        f"UPDATE inspection SET status = 'void' WHERE {ONE_RECORD}",
        "derived_altered",
    ),
    "a finding is deleted": ("DELETE FROM finding", "derived_altered"),
    "a finding is charged to another": (
        "UPDATE finding SET charged_to = 'nobody'",
        "derived_altered",
    ),
    "a photo is unlinked from its record": ("DELETE FROM photo_use", "derived_altered"),
    "a count of photos is altered": (
        "UPDATE inspection SET photos_verified = photos_verified + 1",
        "derived_altered",
    ),
    "a device's key is exchanged": (
        "UPDATE device SET public_key = replace(public_key, 'EC', 'E C')",
        "row_altered",
    ),
    "a device is given to another": (
        """UPDATE device SET "user" = (SELECT id FROM "user" WHERE name = 'zz')""",
        "row_altered",
    ),
    "a role is altered": ("""UPDATE "user" SET role = 'sysadmin'""", "row_altered"),
    "a company's regime is altered": ("UPDATE company SET regime = 'city_bus'", "row_altered"),
    "a company's zone is altered": ("UPDATE company SET timezone = 'UTC'", "row_altered"),
    "the epoch is altered": ("UPDATE company SET epoch = 'another'", "row_altered"),
    "a plate is altered": ("UPDATE vehicle SET plate = '川B99999'", "row_altered"),
    "a person's name is altered": ("UPDATE crew_member SET name = '张三'", "row_altered"),
    "a checklist is altered": ("UPDATE checklist SET body = body || ' '", "row_altered"),
    "a photo is forgotten": ("DELETE FROM photo", "row_missing"),
    "a photo's size is altered": ("UPDATE photo SET size_bytes = 1", "row_altered"),
}


def test_an_untouched_company_has_no_damage(full: Phone, verify: Verify) -> None:
    assert verify() == []


@pytest.mark.parametrize("act", ACTS)
def test_an_act_behind_the_log_is_named(
    full: Phone, world: World, verify: Verify, act: str
) -> None:
    world.add_user("zz", "auditor")
    statement, code = ACTS[act]
    tamper(world, statement)
    assert code in {damage.code for damage in verify()}


def test_a_record_under_another_id_is_named(full: Phone, world: World, verify: Verify) -> None:
    tamper(world, "DELETE FROM photo_use")
    tamper(world, "DELETE FROM finding")
    last = "(SELECT max(id) FROM inspection)"
    tamper(world, f"UPDATE inspection SET id = '{NOBODYS}' WHERE id = {last}")
    found = {damage.code for damage in verify()}
    assert {"record_missing", "record_invented"} <= found


def remembered(phone: Phone) -> Head:
    head = phone.sync().json["head"]
    return Head(head["size"], head["hash"])


def is_confirmed(phone: Phone, head: Head) -> bool:
    """Whether the server still proves what this phone remembers."""
    reply = phone.get(f"/api/v1/sync/consistency?size={head.size}")
    if reply.status_code != 200 or reply.json["old"]["hash"] != head.hash:
        return False
    roots = [bytes.fromhex(text) for text in (head.hash, reply.json["head"]["hash"])]
    path = [bytes.fromhex(text) for text in reply.json["proof"]]
    return proof_holds(head.size, reply.json["head"]["size"], roots[0], roots[1], path)


def test_a_head_kept_elsewhere_is_confirmed(full: Phone, verify: Verify) -> None:
    head = remembered(full)
    full.push(full.edit(new_record(), {"mode": "daily"}))
    assert verify(head) == []
    assert is_confirmed(full, head)


def test_a_log_rewritten_without_a_seam_is_found_by_who_remembers(
    full: Phone, world: World, verify: Verify
) -> None:
    head = remembered(full)
    old, new = "川B12341", "川B66666"
    key = "plate = :new, plate_key = :new"
    tamper(world, f"UPDATE vehicle SET {key} WHERE plate = :old", new=new, old=old)
    tamper(world, "UPDATE evidence SET body = replace(body, :old, :new)", old=old, new=new)
    regrow_tree(world)
    assert verify() == []
    assert [damage.code for damage in verify(head)] == ["head_not_confirmed"]
    assert not is_confirmed(full, head)


def test_a_tail_cut_off_cleanly_is_found_by_who_remembers(
    full: Phone, world: World, verify: Verify
) -> None:
    full.push(full.edit(new_record(), {"kind_of_nothing": 1}))
    head = remembered(full)
    last = "(SELECT max(seq) FROM edit)"
    tamper(world, f"DELETE FROM inspection WHERE id = (SELECT record FROM edit WHERE seq = {last})")
    tamper(world, f"DELETE FROM push_signature WHERE serial = {full.serial}")
    tamper(world, f"DELETE FROM edit WHERE seq = {last}")
    tamper(world, "DELETE FROM evidence WHERE seq = (SELECT max(seq) FROM evidence)")
    tamper(world, "UPDATE log_head SET size = size - 1")
    regrow_tree(world)
    assert verify() == []
    assert [damage.code for damage in verify(head)] == ["head_not_confirmed"]
    assert not is_confirmed(full, head)

"""Fault 92: whatever one edit holds, it is refused alone, kept whole, and blocks nobody."""

from __future__ import annotations

import json
import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.canonical import MAX_DEPTH
from tests.faults.hostile.pushing import as_bytes, find_broken, frame, send
from tests.faults.tally import Tally
from tests.server.office.staff import sit_down
from tests.support.phone import Phone, new_record
from tests.support.world import World, inspection_fields


def edit_with(value: bytes, name: bytes = b'"x"') -> bytes:
    """An edit's bytes that are right but for one field."""
    head = b'{"stamp":"1763600000000-00aa-7f3a9c21d0e4b856","serial":77,"prev":"' + b"a" * 64
    record = new_record().encode()
    return (
        head
        + b'","kind":"inspection","record":"'
        + record
        + b'","fields":{'
        + (name + b":" + value + b"}}")
    )


def nested(levels: int, opening: bytes = b"[", closing: bytes = b"]") -> bytes:
    """An edit of so many levels in all; its object and its fields are two of them."""
    return edit_with(opening * (levels - 2) + b"0" * (opening != b"[") + closing * (levels - 2))


BAD = {
    "one level too deep": nested(MAX_DEPTH + 1),
    "hundreds deep": nested(900),
    "thousands deep": nested(5_000),
    "a hundred thousand deep": nested(100_000),
    "objects deep": nested(50_000, b'{"a":', b"}"),
    "deep before its name": b'{"a":' + b"[" * 9_000 + b"]" * 9_000 + b"}",
    "a field twice": edit_with(b'1,"x":2'),
    "a field twice, once escaped": edit_with(b'1,"\\u0078":2'),
    "a name twice deep inside": edit_with(b'{"a":[{"b":1,"b":1}]}'),
    "fields twice": edit_with(b"1").replace(b'"kind"', b'"fields":{"x":1},"kind"'),
    "half a character": edit_with(b'"\\ud800"'),
    "half a character in a name": edit_with(b"1", b'"\\udfff"'),
    "beyond every number": edit_with(b"1e400"),
    "a fraction": edit_with(b"0.5"),
    "minus nought point nought": edit_with(b"-0.0"),
    "not a number": edit_with(b"NaN"),
    "infinity": edit_with(b"-Infinity"),
    "past 2^53": edit_with(str(2**53 + 1).encode()),
    "endless digits": edit_with(b"9" * 100_000),
    "bytes that are no text": edit_with(b'"\xff\xfe\x80"'),
    "half of a letter": edit_with('"报'.encode()[:-1] + b'"'),
    "a surrogate in UTF-8": edit_with(b'"\xed\xa0\x80"'),
    "a raw line break": edit_with(b'"a\nb"'),
    "a raw nought": edit_with(b'"a\0b"'),
    "a nought before all": b"\0",
    "a comma too many": edit_with(b"[1,]"),
    "a quote of another kind": edit_with(b"'x'"),
    "an unknown word": edit_with(b"undefined"),
    "something behind it": edit_with(b"1") + b" and more",
    "a mark of order": b"\xef\xbb\xbf" + edit_with(b"1"),
    "an escape that is none": edit_with(b'"\\x41"'),
    "no object": b"[1,2,3]",
    "bare": b"nothing",
    "too large": edit_with(b'"' + b"x" * 262_144 + b'"'),
    "no fields": edit_with(b"1").replace(b'"fields"', b'"felds"'),
}


def test_a_bad_edit_is_refused_alone_and_kept_whole(
    world: World, inspector: Phone, tally: Tally
) -> None:
    broken = {name: find_broken(world, inspector, bad) for name, bad in BAD.items()}
    tally.add(92, len(broken), sum(map(len, broken.values())))
    assert {name: found for name, found in broken.items() if found} == {}
    assert inspector.get("/api/v1/sync/proof").json["edits"] >= 2 * len(BAD)


def test_an_edit_as_deep_as_allowed_is_taken(world: World, inspector: Phone) -> None:
    for levels in (MAX_DEPTH - 1, MAX_DEPTH):
        deep = json.loads("[" * (levels - 2) + "]" * (levels - 2))
        [receipt] = inspector.push(inspector.edit(new_record(), inspection_fields(world, x=deep)))
        assert receipt["state"] == "accepted"


def test_below_nought_is_nought(world: World, inspector: Phone) -> None:
    edit = inspector.edit(new_record(), inspection_fields(world, x=0))
    raw = as_bytes(edit).replace(b'"x": 0', b'"x": -0')
    reply = send(inspector, frame(inspector, [raw]))
    assert reply.json["receipts"] == [{"stamp": edit["stamp"], "state": "accepted"}]


def test_a_refusal_is_named_as_well_as_it_can_be_read(world: World, inspector: Phone) -> None:
    """The stamp of an edit too deep to read is still told, and its serial counts as arrived."""
    inspector.serial = 1
    stamp = f"1763600000000-0001-{inspector.device}"
    deep = nested(9_000).replace(b"1763600000000-00aa-7f3a9c21d0e4b856", stamp.encode())
    reply = send(inspector, b'{"edits":[' + deep.replace(b":77,", b":1,") + b"]}")
    [receipt] = reply.json["receipts"]
    assert (receipt["stamp"], receipt["problem"]["code"]) == (stamp, "not_canonical")
    assert reply.json["missing_serials"] == []
    assert inspector.get("/api/v1/sync/proof").json["edits"] == 1


def test_a_push_without_one_edit_that_can_be_hashed_needs_no_signature(
    world: World, inspector: Phone
) -> None:
    reply = send(inspector, b'{"edits":[' + BAD["a field twice"] + b"]}")
    assert [one["state"] for one in reply.json["receipts"]] == ["refused"]


def test_the_office_reads_what_was_refused_whatever_it_is(world: World, inspector: Phone) -> None:
    for bad in BAD.values():
        if len(bad) < 20_000:
            send(inspector, b'{"edits":[' + bad + b"]}")
    seat = sit_down(world, "head", "quality_head")
    page = seat.page("/office/quarantine")
    while after := re.search(r"after=([^\"&]+)", page):
        page = seat.page("/office/quarantine", after=after[1])


BROKEN_FRAMES = {
    "nothing": b"",
    "a list": b"[]",
    "two bodies": b'{"edits":[]}{"edits":[]}',
    "something behind it": b'{"edits":[]} x',
    "edits twice": b'{"edits":[],"edits":[]}',
    "edits that are no list": b'{"edits":{}}',
    "an empty place": b'{"edits":[1,,2]}',
    "a comma too many": b'{"edits":[1,]}',
    "a list that never ends": b'{"edits":[' + b"[" * 100_000,
    "a frame that is deep": b'{"edits":[],"x":' + b"[" * 9_000 + b"]" * 9_000 + b"}",
    "a text that never ends": b'{"edits":["' + b'\\"' * 100_000,
    "a cursor that is no text": b'{"edits":[],"cursor":1e400}',
    "UTF-16": '{"edits":[]}'.encode("utf-16"),
    "thousands of names": b"{" + b",".join(b'"%d":1' % n for n in range(2_000)) + b"}",
}


def test_a_broken_frame_is_a_problem_and_has_no_effect(inspector: Phone, tally: Tally) -> None:
    for name, payload in BROKEN_FRAMES.items():
        reply = send(inspector, payload)
        assert (reply.status_code, reply.json["code"]) == (400, "body_malformed"), name
        tally.add(92, 1, 0)
    assert inspector.get("/api/v1/sync/proof").json["edits"] == 0


def test_a_mark_of_order_before_the_frame_is_passed_over(inspector: Phone) -> None:
    assert send(inspector, b'\xef\xbb\xbf{"edits":[]}').status_code == 200


def test_bytes_at_random_never_crash_it_nor_cost_a_neighbour(
    world: World, inspector: Phone, tally: Tally, scale: int
) -> None:
    """Flips, cuts and splices in the middle edit: its frame breaks, or it alone is refused."""
    # Refused even untouched: what is well formed and the newest would have to be signed.
    base = edit_with(b'{"a":["\xe6\x8a\xa5",1,null,true,0.5]}').replace(b":77,", b":1,")

    @settings(
        max_examples=40 * scale,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        st.lists(
            st.tuples(st.integers(0, len(base)), st.integers(0, 9), st.binary(max_size=6)),
            min_size=1,
            max_size=4,
        )
    )
    def spoil(changes: list[tuple[int, int, bytes]]) -> None:
        bad = bytearray(base)
        for at, cut, put in changes:
            bad[at : at + cut] = put
        good = inspector.edit(new_record(), inspection_fields(world))
        reply = send(inspector, frame(inspector, [bytes(bad), as_bytes(good)]))
        is_whole = reply.status_code == 200 and reply.json["receipts"][-1]["state"] == "accepted"
        inspector.push(good)  # where the frame broke, the same edit alone goes through
        assert is_whole or (reply.status_code, reply.json["code"]) == (400, "body_malformed")
        tally.add(92, 1, 0)

    spoil()

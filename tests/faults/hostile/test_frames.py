"""Faults 93 and 94 over real sockets: bombs, floods and lying frames get 4xx and cost nothing."""

from __future__ import annotations

import json
import time

from tests.faults.hostile.conftest import Live
from tests.faults.hostile.raw import (
    MIB,
    bomb,
    chunked,
    malformed,
    push_of,
    request,
    sized,
    twice_packed,
)
from tests.faults.tally import Tally
from tests.support.tus import metadata

GZIP = b"Content-Encoding: gzip"
TE = b"Transfer-Encoding: chunked"


def edits_of(live: Live) -> int:
    return live.inspector.get("/api/v1/sync/proof").json["edits"]


def test_a_lying_frame_is_refused_and_hides_no_second_request(live: Live, tally: Tally) -> None:
    before = edits_of(live)
    body = push_of(live.world, live.inspector)
    broken: dict[str, list[int]] = {}
    for name, octets in malformed(live.inspector, body).items():
        statuses = live.send_raw(octets)
        # 501 is what RFC 9112 asks for where a transfer coding is not known.
        if any(not 400 <= status < 500 and status != 501 for status in statuses):
            broken[name] = statuses
        tally.add(93, 1, name in broken)
    assert broken == {}
    assert edits_of(live) == before
    assert live.send_raw(sized(live.inspector, body)) == [200]
    assert edits_of(live) == before + 1


def test_a_form_cut_short_has_no_effect(live: Live) -> None:
    """Half a note would read like a whole one."""
    line = b"POST /office/language HTTP/1.1\r\nHost: x\r\n"
    head = line + b"Content-Type: application/x-www-form-urlencoded\r\n"
    assert live.send_raw(head + b"Content-Length: 30\r\n\r\nlang=en&note=ha") == [400]


def test_a_photos_part_in_a_broken_frame_is_the_senders_fault(live: Live) -> None:
    start = b"POST /api/v1/uploads HTTP/1.1"
    named = [b"Tus-Resumable: 1.0.0", b"Upload-Length: 500", TE]
    named += [b"Content-Type: application/offset+octet-stream"]
    named += [f"Upload-Metadata: {metadata('c' * 64)}".encode()]
    for broken in (b"zz\r\nabc", b"-5\r\nabc", b"ff\r\nabc"):
        assert live.send_raw(request(live.inspector, broken, *named, start=start)) == [400]


def test_a_body_in_chunks_is_taken(live: Live) -> None:
    before = edits_of(live)
    body = push_of(live.world, live.inspector)
    octets = request(live.inspector, body, TE)
    assert live.send_raw(octets.removesuffix(body) + chunked(body)) == [200]
    assert edits_of(live) == before + 1


def test_a_bomb_is_refused_before_it_unfolds(live: Live, tally: Tally) -> None:
    for packed in (bomb(9 * MIB), bomb(200 * MIB), bomb(9 * MIB)[:-9]):
        began = time.monotonic()
        [status] = live.send_raw(sized(live.inspector, packed, GZIP), patience_s=30)
        tally.add(93, 1, status != 413)
        assert status == 413
        assert time.monotonic() - began < 5
    for packed, wanted in ((twice_packed(9 * MIB), 400), (b"\x1f\x8b\x08" + b"\0" * 99, 400)):
        [status] = live.send_raw(sized(live.inspector, packed, GZIP))
        tally.add(93, 1, status != wanted)
        assert status == wanted
    assert live.send_raw(sized(live.inspector, b"{}", b"Content-Encoding: gzip, gzip")) == [415]


def test_too_much_at_once_is_refused_and_a_part_of_it_taken(live: Live, tally: Tally) -> None:
    before = edits_of(live)
    huge = b'{"edits":[{"x":"' + b"x" * (20 * MIB) + b'"}]}'
    vast = b'{"edits":[' + b"x" * (40 * MIB)
    many = json.dumps({"edits": [{}] * 10_000}).encode()
    for body in (huge, vast, many):
        statuses = live.send_raw(sized(live.inspector, body), patience_s=30)
        tally.add(94, 1, statuses not in ([413], []))
        # Closed before all was sent, the answer may be lost on the way: that is no answer, not 5xx.
        assert statuses in ([413], [])
    body = push_of(live.world, live.inspector)
    assert live.send_raw(sized(live.inspector, body)) == [200]
    assert edits_of(live) == before + 1

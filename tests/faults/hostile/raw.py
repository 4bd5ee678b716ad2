"""HTTP as nobody should write it: requests as bytes, made by hand."""

from __future__ import annotations

import gzip
import json
import zlib

from tests.support.phone import Phone, content_digest, new_record
from tests.support.world import World, inspection_fields

SYNC = b"POST /api/v1/sync HTTP/1.1"
PROBE = b"GET /api/v1/healthz HTTP/1.1\r\nHost: smuggled\r\n\r\n"
MIB = 1024 * 1024


def push_of(world: World, phone: Phone) -> bytes:
    """The body of a push with one good new edit."""
    edit = phone.edit(new_record(), inspection_fields(world))
    return json.dumps({"edits": [edit], "signature": phone.sign(phone.prev)}).encode()


def request(phone: Phone, body: bytes, *headers: bytes, start: bytes = SYNC) -> bytes:
    """A request of this phone's with exactly these headers besides token and digest."""
    lines = [
        start,
        b"Host: x",
        f"Authorization: Bearer {phone.token}".encode(),
        f"Content-Digest: {content_digest(body)}".encode(),
        *headers,
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def sized(phone: Phone, body: bytes, *headers: bytes) -> bytes:
    """The same with its true length."""
    return request(phone, body, b"Content-Length: %d" % len(body), *headers)


def chunked(body: bytes) -> bytes:
    return b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"


def bomb(size_bytes: int) -> bytes:
    """So many spaces, gzipped a thousand times smaller, made without holding them all."""
    packer = zlib.compressobj(1, wbits=31)
    piece = b" " * MIB
    packed = b"".join(packer.compress(piece) for _ in range(size_bytes // MIB))
    return packed + packer.flush()


def twice_packed(size_bytes: int) -> bytes:
    return gzip.compress(bomb(size_bytes))


def malformed(phone: Phone, body: bytes) -> dict[str, bytes]:
    """Requests whose frame lies about where the body ends, or that are no HTTP at all."""
    return _lying(phone, body) | _garbled(phone, body)


def _lying(phone: Phone, body: bytes) -> dict[str, bytes]:
    length = b"Content-Length: %d" % len(body)
    te = b"Transfer-Encoding: chunked"
    return {
        "both lengths": request(phone, chunked(body), length, te),
        "both lengths, hidden request": request(
            phone, b"0\r\n\r\n" + PROBE, b"Content-Length: %d" % (5 + len(PROBE)), te
        ),
        "two lengths": request(phone, body, length, b"Content-Length: 0"),
        "a list of lengths": request(phone, body, length + b", 3"),
        "a signed length": request(phone, body, b"Content-Length: +%d" % len(body)),
        "a negative length": request(phone, body, b"Content-Length: -1"),
        "a length in hex": request(phone, body, b"Content-Length: 0x10"),
        "a length with a gap": request(phone, body, b"Content-Length: 1 0"),
        "a length without end": request(phone, body, b"Content-Length: " + b"9" * 400),
        "a longer length": request(phone, body, b"Content-Length: %d" % (len(body) + 9)),
        "a shorter length": request(phone, body, b"Content-Length: %d" % (len(body) - 9)),
        "an odd encoding": request(phone, chunked(body), b"Transfer-Encoding: xchunked"),
        "chunked twice": request(phone, chunked(body), te, te),
        "chunked, then plain": request(phone, chunked(body), te + b", identity"),
        "chunked with a tab": request(phone, chunked(body), b"Transfer-Encoding:\x0bchunked"),
        "a name with a space": request(phone, chunked(body), b"Transfer-Encoding : chunked"),
        "an odd chunk size": request(phone, b"zz\r\n" + body, te),
        "a negative chunk": request(phone, b"-5\r\n" + body, te),
        "a chunk cut short": request(phone, b"fff\r\n" + body, te),
    }


def _garbled(phone: Phone, body: bytes) -> dict[str, bytes]:
    length = b"Content-Length: %d" % len(body)
    return {
        "a folded header": request(phone, body, length, b"X-A: 1\r\n  folded"),
        "a bare return": request(phone, body, length, b"X-A: 1\rX-B: 2"),
        "a nought in a header": request(phone, body, length, b"X-A: 1\0"),
        "a header without a name": request(phone, body, length, b": x"),
        "a header for ever": request(phone, body, length, b"X-A: " + b"a" * 100_000),
        "thousands of headers": request(phone, body, length, *[b"X-%d: 1" % n for n in range(999)]),
        "a path for ever": request(
            phone, body, length, start=b"GET /" + b"a" * 9_999 + b" HTTP/1.1"
        ),
        "a line break in a path": request(
            phone, body, length, start=b"GET /api/v1/\nhealthz HTTP/1.1"
        ),
        "no version": request(phone, body, length, start=b"POST /api/v1/sync"),
        "an unknown method": request(phone, body, length, start=b"SYNC /api/v1/sync HTTP/1.1"),
        "trace": request(phone, b"", start=b"TRACE /api/v1/sync HTTP/1.1"),
        "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 200,
    }

"""What crosses the border of an upload: the headers of tus 1.0.0."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from email.utils import formatdate

from werkzeug.datastructures import Headers

from server.photos.spool import Checksum
from server.problems import Problem

TUS_VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,expiration,termination"
ALGORITHMS = ("sha256", "sha1")
PART_TYPE = "application/offset+octet-stream"
METHOD_OVERRIDE = "X-HTTP-Method-Override"

SHA256 = re.compile(r"[0-9a-f]{64}")
# Fifteen digits are more than any file and fit every integer on the way.
WHOLE_NUMBER = re.compile(r"[0-9]{1,15}")
MAX_METADATA = 4096


@dataclass(frozen=True)
class Creation:
    """An upload that is asked for: the photo's name by content, and its size."""

    sha256: str
    length_bytes: int


def check_version(headers: Headers) -> None:
    """Problem ``upload_version`` unless the client speaks ours."""
    if headers.get("Tus-Resumable") != TUS_VERSION:
        raise Problem("upload_version", f"Tus-Resumable: {TUS_VERSION}")


def parse_creation(headers: Headers, max_bytes: int) -> Creation:
    """Length and hash. The length must be known from the start, and a photo is never empty."""
    if "Upload-Defer-Length" in headers:
        raise Problem("upload_length", "Upload-Defer-Length is not supported")
    length_bytes = _whole_number(headers.get("Upload-Length"))
    if not length_bytes:
        raise Problem("upload_length", "Upload-Length")
    if length_bytes > max_bytes:
        raise Problem("upload_too_large", f"Tus-Max-Size: {max_bytes}")
    return Creation(_parse_sha256(headers.get("Upload-Metadata", "")), length_bytes)


def parse_offset(headers: Headers) -> int:
    """Where the part is meant to begin."""
    offset = _whole_number(headers.get("Upload-Offset"))
    if offset is None:
        raise Problem("field_malformed", "Upload-Offset")
    return offset


def parse_checksum(headers: Headers) -> Checksum | None:
    """What the part must hash to, when the client says so."""
    text = headers.get("Upload-Checksum")
    if text is None:
        return None
    algorithm, _, encoded = text.partition(" ")
    digest = _decode(encoded)
    if algorithm not in ALGORITHMS:
        raise Problem("checksum_algorithm", ",".join(ALGORITHMS))
    if len(digest or b"") != hashlib.new(algorithm, usedforsecurity=False).digest_size:
        raise Problem("field_malformed", "Upload-Checksum")
    return Checksum(algorithm, digest or b"")


def format_metadata(sha256: str) -> str:
    """The one key that is kept. File names and dates could give somebody away."""
    return f"sha256 {base64.b64encode(sha256.encode()).decode()}"


def format_expiry(at_ms: int) -> str:
    """RFC 9110 date of ``Upload-Expires``."""
    return formatdate(at_ms / 1000, usegmt=True)


def _whole_number(text: str | None) -> int | None:
    return int(text) if text and WHOLE_NUMBER.fullmatch(text) else None


def _parse_sha256(metadata: str) -> str:
    found = [pair.split() for pair in metadata[:MAX_METADATA].split(",")]
    values = [pair[1] for pair in found if len(pair) == 2 and pair[0] == "sha256"]
    name = (_decode(values[0]) or b"").decode("latin-1") if len(values) == 1 else ""
    if not SHA256.fullmatch(name):
        raise Problem("upload_metadata", "sha256: 64 lower-case hex digits, base64")
    return name


def _decode(encoded: str) -> bytes | None:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None

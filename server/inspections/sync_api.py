"""The sync endpoint and the proof: parse, call, commit, answer."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import zlib
from dataclasses import asdict
from typing import Any

from flask import Response, request
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import ValidationError

from server.accounts.auth import require_device
from server.accounts.models import Company, Device
from server.clock import format_instant
from server.db import begin_write, db
from server.edits.reading import read_fields, read_missing_serials, read_stamps
from server.edits.receipts import Receipt, as_reply, read_piece, stamp_digest
from server.edits.signing import check_signature, keep_signature
from server.edits.wire import NotReadable, TooManyPieces, read_envelope
from server.evidence.store import read_consistency, read_head
from server.inspections.pull import read_cursor, read_page
from server.inspections.rules import photos_declared
from server.inspections.schemas import (
    ConsistencySchema,
    ProofSchema,
    SyncReplySchema,
    SyncRequestSchema,
)
from server.inspections.store import read_awaited_photos, receive_push
from server.inspections.verified import read_verified
from server.problems import Problem
from server.web import json_reply, language, now_ms, wiring

blp = Blueprint("sync", __name__, url_prefix="/api/v1", description="Push and pull")
_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/=]+):")
_SIZE = {"type": "integer", "minimum": 0}
_SCHEMA = SyncRequestSchema()


@blp.route("/sync")
class Sync(MethodView):
    @blp.doc(requestBody={"content": {"application/json": {"schema": SyncRequestSchema}}})
    @blp.response(200, SyncReplySchema)
    def post(self) -> Response:
        """Take a phone's edits, each with its receipt, and answer with what it has not seen."""
        device = require_device()
        wanted = _read_request()
        incoming = [read_piece(piece) for piece in wanted["edits"]]
        signed = check_signature(device, incoming, wanted["signature"])
        receipts: list[Receipt] = []
        at_ms = now_ms()
        if incoming:
            begin_write(db.session)
            saw = read_cursor(db.session, device, wanted["cursor"], wiring().settings.secret_key)
            receipts = receive_push(db.session, device, incoming, at_ms, saw)
            keep_signature(db.session, device, signed, wanted["signature"])
            device.last_seen_at_ms = at_ms
        body = _reply(device, receipts, wanted["cursor"], at_ms)
        db.session.commit()
        return json_reply(body)


@blp.route("/sync/proof")
class Proof(MethodView):
    @blp.response(200, ProofSchema)
    def get(self) -> Response:
        """What of this phone's work is on the server, to be compared with the phone's own."""
        device = require_device()
        stamps = read_stamps(db.session, device)
        named = {
            sha256
            for fields in read_fields(db.session, device)
            for sha256 in photos_declared(fields)
        }
        photos = sorted(read_verified(db.session, device.company, named))
        return json_reply(
            {
                "edits": len(stamps),
                "edits_digest": stamp_digest(stamps),
                "photos": len(photos),
                "photos_digest": stamp_digest(photos),
            }
        )


@blp.route("/sync/consistency")
class ConsistencyOfLog(MethodView):
    @blp.doc(parameters=[{"in": "query", "name": "size", "required": True, "schema": _SIZE}])
    @blp.response(200, ConsistencySchema)
    def get(self) -> Response:
        """The proof that the log this phone once saw is where today's log began."""
        device = require_device()
        size = request.args.get("size", "")
        if not size.isascii() or not size.isdecimal() or len(size) > 15:
            raise Problem("field_malformed", "size")
        return json_reply(asdict(read_consistency(db.session, device.company, int(size))))


def _reply(
    device: Device, receipts: list[Receipt], cursor: str | None, at_ms: int
) -> dict[str, Any]:
    settings = wiring().settings
    page = read_page(db.session, device, cursor, settings.secret_key, settings.pull_page_records)
    return {
        "epoch": db.session.get_one(Company, device.company).epoch,
        "server_time": format_instant(at_ms),
        "receipts": [_receipt_reply(receipt) for receipt in receipts],
        "records": page.records,
        "cursor": page.cursor,
        "more": page.more,
        "missing_serials": read_missing_serials(db.session, device),
        "awaited_photos": read_awaited_photos(db.session, device),
        "head": asdict(read_head(db.session, device.company)),
    }


def _receipt_reply(receipt: Receipt) -> dict[str, Any]:
    problem = Problem(receipt.problem, receipt.detail) if receipt.problem else None
    return as_reply(receipt, problem.as_json(language()) if problem else None)


def _read_request() -> dict[str, Any]:
    settings = wiring().settings
    payload = request.get_data(cache=False)
    _check_digest(payload)
    payload = _unpack(payload, settings.sync_max_bytes)
    try:
        return _load(read_envelope(payload, settings.sync_max_edits))
    except TooManyPieces as error:
        raise Problem("too_many_edits", str(error)) from error
    except NotReadable as error:
        raise Problem("body_malformed", str(error)) from error
    except ValidationError as error:
        told = json.dumps(error.normalized_messages(), ensure_ascii=False)
        raise Problem("body_malformed", told[:300]) from error


def _load(members: dict[str, Any]) -> dict[str, Any]:
    wanted: Any = _SCHEMA.load(members)
    return wanted


def _check_digest(payload: bytes) -> None:
    header = request.headers.get("Content-Digest")
    found = _DIGEST.search(header) if header else None
    if not found:
        raise Problem("digest_missing", "Content-Digest: sha-256=:<base64>:")
    try:
        claimed = base64.b64decode(found[1], validate=True)
    except binascii.Error as error:
        raise Problem("digest_mismatch") from error
    if claimed != hashlib.sha256(payload).digest():
        raise Problem("digest_mismatch")


def _unpack(payload: bytes, most: int) -> bytes:
    """The body as JSON bytes; its size is capped as sent and as unpacked."""
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        raise Problem("encoding_unknown", encoding[:40])
    if encoding == "gzip" and len(payload) <= most:
        unpacker = zlib.decompressobj(wbits=31)
        try:
            payload = unpacker.decompress(payload, most + 1)
        except zlib.error as error:
            raise Problem("body_malformed", "gzip") from error
        if len(payload) <= most and (not unpacker.eof or unpacker.unused_data):
            raise Problem("body_malformed", "gzip ends early or late")
    if len(payload) > most:
        raise Problem("body_too_large", f"at most {most} bytes")
    return payload

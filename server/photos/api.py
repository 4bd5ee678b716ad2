"""Receives photos: tus 1.0.0, so that a cut line costs no byte that has arrived."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus

from flask import Response, make_response, request, url_for
from flask.views import MethodView
from flask_smorest import Blueprint
from werkzeug.exceptions import HTTPException

from server.accounts.auth import require_device
from server.accounts.models import Device
from server.clock import HOUR_MS
from server.db import begin_write, db
from server.photos import schemas, store
from server.photos.finishing import finish, spool, storing
from server.photos.models import Upload
from server.photos.store import Uploading
from server.problems import Problem
from server.web import now_ms, wiring

blp = Blueprint("uploads", __name__, url_prefix="/api/v1/uploads", description="Photos, by tus")

# A weak link brings 25 kB between two cuts; of that no more than this may come in vain.
ARRIVAL_BYTES = 1024


def _header(name: str, text: str, *, required: bool = False) -> dict[str, object]:
    schema = {"type": "string"}
    return {
        "in": "header",
        "name": name,
        "required": required,
        "description": text,
        "schema": schema,
    }


VERSION = _header("Tus-Resumable", "1.0.0", required=True)
OFFSET = _header("Upload-Offset", "where this part begins", required=True)
CHECKSUM = _header("Upload-Checksum", "`sha256 <base64>` or `sha1 <base64>` of this part")
BODY = {
    "required": False,
    "content": {schemas.PART_TYPE: {"schema": {"type": "string", "format": "binary"}}},
}


@blp.before_request
def check_version() -> None:
    if request.method != "OPTIONS":
        schemas.check_version(request.headers)


@blp.after_request
def add_tus_headers(reply: Response) -> Response:
    reply.headers["Tus-Resumable"] = schemas.TUS_VERSION
    if reply.status_code == HTTPStatus.PRECONDITION_FAILED:
        reply.headers["Tus-Version"] = schemas.TUS_VERSION
    if reply.status_code >= HTTPStatus.BAD_REQUEST:
        # An answer before the body is read would be lost in a reset connection.
        _let_go_of_body()
    return reply


@blp.route("")
class Uploads(MethodView):
    @blp.response(204)
    def options(self) -> Response:
        """What this server can do."""
        reply = make_response("", HTTPStatus.NO_CONTENT)
        reply.headers["Tus-Version"] = schemas.TUS_VERSION
        reply.headers["Tus-Extension"] = schemas.EXTENSIONS
        reply.headers["Tus-Max-Size"] = str(wiring().settings.photo_max_bytes)
        reply.headers["Tus-Checksum-Algorithm"] = ",".join(schemas.ALGORITHMS)
        return reply

    @blp.doc(
        parameters=[
            VERSION,
            _header("Upload-Length", "bytes of the whole photo", required=True),
            _header("Upload-Metadata", "`sha256 <base64 of 64 hex digits>`", required=True),
            CHECKSUM,
        ],
        requestBody=BODY,
    )
    @blp.response(201, description="The upload, at `Location`; `Upload-Offset` may be its end.")
    def post(self) -> Response:
        """Begin an upload, with its first bytes if the client likes.

        A photo that is verified already needs no bytes: the offset is at the end from the start.
        """
        device = require_device()
        wanted = schemas.parse_creation(request.headers, wiring().settings.photo_max_bytes)
        _finish_earlier(device.company, device.id, wanted.sha256)
        uploading = _begin(device, wanted)
        offset = _receive_part(uploading, 0) if _has_part() else _offset(uploading)
        reply = make_response("", HTTPStatus.CREATED)
        reply.headers["Location"] = url_for("uploads.OneUpload", upload_id=uploading.id)
        return _say_offset(reply, uploading, offset)


@blp.route("/<uuid:upload_id>")
class OneUpload(MethodView):
    @blp.doc(parameters=[VERSION])
    @blp.response(200, description="`Upload-Offset` and `Upload-Length`.")
    def head(self, upload_id: uuid.UUID) -> Response:
        """How much has arrived. An upload whose last byte came before a crash is finished now."""
        uploading = _read(upload_id)
        offset = _offset(uploading)
        if offset == uploading.length_bytes and not uploading.is_kept:
            finish(uploading)
        reply = make_response("", HTTPStatus.OK)
        reply.headers["Upload-Length"] = str(uploading.length_bytes)
        reply.headers["Upload-Metadata"] = schemas.format_metadata(uploading.sha256)
        return _say_offset(reply, uploading, offset)

    @blp.doc(parameters=[VERSION, OFFSET, CHECKSUM], requestBody=BODY)
    @blp.response(204, description="`Upload-Offset`; at its end the photo is verified.")
    def patch(self, upload_id: uuid.UUID) -> Response:
        """Add a part. What arrives before the line is cut stays, unless it has a checksum."""
        if request.mimetype != schemas.PART_TYPE:
            raise Problem("upload_type")
        wanted = schemas.parse_offset(request.headers)
        uploading = _read(upload_id)
        offset = _receive_part(uploading, wanted)
        return _say_offset(make_response("", HTTPStatus.NO_CONTENT), uploading, offset)

    @blp.doc(parameters=[VERSION])
    @blp.response(204)
    def delete(self, upload_id: uuid.UUID) -> Response:
        """End the upload and drop its bytes. A photo that it became stays."""
        uploading = _read(upload_id)
        begin_write(db.session)
        store.remove_upload(db.session, uploading)
        db.session.commit()
        with storing():
            spool().remove(uploading.id)
        return make_response("", HTTPStatus.NO_CONTENT)

    @blp.doc(parameters=[VERSION, _header(schemas.METHOD_OVERRIDE, "PATCH, HEAD or DELETE")])
    @blp.response(204)
    def post(self, upload_id: uuid.UUID) -> Response:
        """For proxies that know only GET and POST: the method stands in a header."""
        wanted = request.headers.get(schemas.METHOD_OVERRIDE, "").upper()
        methods = {"PATCH": self.patch, "HEAD": self.head, "DELETE": self.delete}
        if wanted not in methods:
            raise Problem("method_not_allowed")
        return methods[wanted](upload_id=upload_id)


def _begin(device: Device, wanted: schemas.Creation) -> Uploading:
    at_ms = now_ms()
    row = Upload(
        company=device.company,
        id=str(uuid.uuid4()),
        device=device.id,
        sha256=wanted.sha256,
        length_bytes=wanted.length_bytes,
        created_at_ms=at_ms,
        expires_at_ms=at_ms + wiring().settings.upload_hours * HOUR_MS,
    )
    begin_write(db.session)
    uploading = store.save_upload(db.session, row)
    db.session.commit()
    return uploading


def _read(upload_id: uuid.UUID) -> Uploading:
    device = require_device()
    found = store.read_upload(db.session, device.company, device.id, str(upload_id), now_ms())
    # A body may take minutes; meanwhile no transaction and no connection waits for it.
    db.session.rollback()
    return found


def _finish_earlier(company: str, device: str, sha256: str) -> None:
    """Killed after the last byte, a phone may also come back with a new upload of the photo."""
    earlier = store.list_unfinished(db.session, company, device, sha256)
    db.session.rollback()
    for uploading in earlier:
        if spool().received_bytes(uploading.id) == uploading.length_bytes:
            # Earlier bytes that prove to be wrong are no reason to refuse the new ones.
            with suppress(Problem):
                finish(uploading)


def _offset(uploading: Uploading) -> int:
    if uploading.is_kept:
        return uploading.length_bytes
    return spool().received_bytes(uploading.id)


def _receive_part(uploading: Uploading, offset: int) -> int:
    checksum = schemas.parse_checksum(request.headers)
    if uploading.is_kept:
        return _pass_over_part(uploading, offset)
    length = uploading.length_bytes
    if offset + (request.content_length or 0) > length:
        raise Problem("upload_too_large", f"Upload-Length: {length}")
    with storing():
        if checksum:
            reached = spool().append_checked(uploading.id, offset, length, _pieces(), checksum)
        else:
            reached = spool().append(uploading.id, offset, length, _pieces())
    if reached == length:
        finish(uploading)
    return reached


def _pass_over_part(uploading: Uploading, offset: int) -> int:
    """The photo came by another upload: nothing is missing, and whoever sends on from where this
    upload stands (tus clients begin at 0 without looking) is told that the end is reached.
    """
    stands_at = {uploading.length_bytes}
    if not uploading.is_finished:
        stands_at.add(spool().received_bytes(uploading.id))
    if offset not in stands_at:
        raise Problem("upload_offset", str(uploading.length_bytes))
    _let_go_of_body()
    return uploading.length_bytes


def _has_part() -> bool:
    return request.mimetype == schemas.PART_TYPE


def _pieces() -> Iterator[bytes]:
    """The body as it arrives, in small pieces: what is not a whole piece goes with a cut line."""
    return iter(lambda: request.stream.read(ARRIVAL_BYTES), b"")


def _let_go_of_body() -> None:
    with suppress(HTTPException):
        for _piece in _pieces():
            pass


def _say_offset(reply: Response, uploading: Uploading, offset: int) -> Response:
    reply.headers["Upload-Offset"] = str(offset)
    reply.headers["Upload-Expires"] = schemas.format_expiry(uploading.expires_at_ms)
    return reply

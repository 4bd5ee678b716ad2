"""What crosses the border of inspections: the sync envelope, lists and files."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields, validate

from server.inspections.rules import MODES


class SyncRequestSchema(Schema):
    """One push and pull. Each edit is judged alone, so here it may be anything."""

    class Meta:
        unknown = EXCLUDE

    epoch = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=64))
    cursor = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=512))
    edits = fields.List(fields.Raw(allow_none=True), load_default=list)
    signature = fields.String(load_default=None, allow_none=True)


class ReceiptSchema(Schema):
    """What became of one edit."""

    stamp = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf(("accepted", "late", "refused")))
    problem = fields.Dict()
    ordered_as = fields.String()


class RecordSchema(Schema):
    """A record in the phone's scope, or the news that it is gone."""

    kind = fields.String(required=True)
    record = fields.String(required=True)
    fields_ = fields.Dict(data_key="fields", attribute="fields")
    gone = fields.Boolean()


class HeadSchema(Schema):
    """The evidence log's size and hash."""

    size = fields.Integer(required=True)
    hash = fields.String(required=True)


class SyncReplySchema(Schema):
    """Receipts, what is new, and what is still awaited."""

    epoch = fields.String(required=True)
    server_time = fields.String(required=True)
    receipts = fields.List(fields.Nested(ReceiptSchema), required=True)
    records = fields.List(fields.Nested(RecordSchema), required=True)
    cursor = fields.String(required=True)
    more = fields.Boolean(required=True)
    missing_serials = fields.List(fields.List(fields.Integer()), required=True)
    awaited_photos = fields.List(fields.String(), required=True)
    head = fields.Nested(HeadSchema, required=True)


class ConsistencySchema(Schema):
    """The head at the size that was asked for, today's, and the RFC 9162 proof between them."""

    old = fields.Nested(HeadSchema, required=True)
    head = fields.Nested(HeadSchema, required=True)
    proof = fields.List(fields.String(), required=True)


class ProofSchema(Schema):
    """Digests over all of this phone's edits with a receipt, and its verified photos."""

    edits = fields.Integer(required=True)
    edits_digest = fields.String(required=True)
    photos = fields.Integer(required=True)
    photos_digest = fields.String(required=True)


class ListQuerySchema(Schema):
    """Filters of a list of inspections; ``after`` continues a page."""

    class Meta:
        unknown = EXCLUDE

    station = fields.String(load_default=None)
    route = fields.String(load_default=None)
    vehicle = fields.String(load_default=None)
    crew = fields.String(load_default=None)
    mode = fields.String(load_default=None, validate=validate.OneOf(MODES))
    status = fields.String(
        load_default=None,
        validate=validate.OneOf(("draft", "finished", "returned", "confirmed", "void")),
    )
    grade = fields.String(load_default=None, validate=validate.OneOf(("A", "B", "C", "D")))
    date_from = fields.Date(load_default=None, format="iso")
    date_to = fields.Date(load_default=None, format="iso")
    after = fields.String(load_default=None, validate=validate.Length(max=80))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class PhotoStateSchema(Schema):
    """A photo that a record names."""

    field = fields.String(required=True)
    sha256 = fields.String(required=True)
    verified = fields.Boolean(required=True)


class FindingSchema(Schema):
    """A failed item."""

    item = fields.String(required=True)
    severity = fields.String(required=True)
    charged_to = fields.String(required=True)
    fixed_on_spot = fields.Boolean(required=True)


class InspectionSchema(Schema):
    """One inspection as lists and files give it. Scores are basis points, 9085 is 90.85."""

    id = fields.String(required=True)
    mode = fields.String(required=True, allow_none=True)
    status = fields.String(required=True)
    checklist = fields.String(required=True, allow_none=True)
    occurred_at = fields.String(required=True)
    received_at = fields.String(required=True)
    service_date = fields.String(required=True)
    clock_suspect = fields.Boolean(required=True)
    vehicle = fields.String(required=True, allow_none=True)
    driver = fields.String(required=True, allow_none=True)
    conductor = fields.String(required=True, allow_none=True)
    route = fields.String(required=True, allow_none=True)
    station = fields.String(required=True, allow_none=True)
    unmatched = fields.Boolean(required=True)
    total_bp = fields.Integer(required=True, allow_none=True)
    score = fields.Float(required=True, allow_none=True)
    fault_points = fields.Integer(required=True)
    grade = fields.String(required=True, allow_none=True)
    subjects = fields.Dict(required=True)
    suspected = fields.List(fields.String(), required=True)
    findings = fields.List(fields.Nested(FindingSchema), required=True)
    photos = fields.List(fields.Nested(PhotoStateSchema), required=True)
    photos_named = fields.Integer(required=True)
    photos_verified = fields.Integer(required=True)
    complete = fields.Boolean(required=True)


class SideSchema(Schema):
    """What somebody else said of a field, on a phone or in the office."""

    value = fields.Raw(required=True, allow_none=True)
    seat = fields.String(required=True, allow_none=True)
    received_at = fields.String(required=True)


class ConflictSchema(Schema):
    """A field on which two people disagreed: its value, and what else was said. ``late``: what
    else was said came after the office had decided.
    """

    field = fields.String(required=True)
    open = fields.Boolean(required=True)
    late = fields.Boolean(required=True)
    opened_at = fields.String(required=True)
    settled_at = fields.String(required=True, allow_none=True)
    value = fields.Raw(required=True, allow_none=True)
    others = fields.List(fields.Nested(SideSchema), required=True)


class InspectionDetailSchema(InspectionSchema):
    """One inspection with its merged fields, and what is disputed of them."""

    fields_ = fields.Dict(data_key="fields", attribute="fields", required=True)
    conflicts = fields.List(fields.Nested(ConflictSchema), required=True)


class InspectionPageSchema(Schema):
    """A page of inspections, newest first; ``next`` is a link or null."""

    inspections = fields.List(fields.Nested(InspectionSchema), required=True)
    next = fields.String(required=True, allow_none=True)

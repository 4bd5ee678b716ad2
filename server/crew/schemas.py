"""What crosses the border of crew."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields, validate

from server.inspections.presenting import FileSchema


class CrewMemberSchema(Schema):
    """A driver or conductor as lists give them."""

    id = fields.String(required=True)
    staff_number = fields.String(required=True)
    name = fields.String(required=True)
    duty = fields.String(required=True)
    station = fields.String(required=True, allow_none=True)
    retired = fields.Boolean(required=True)


class CrewQuerySchema(Schema):
    """Search and page of the list of crew."""

    class Meta:
        unknown = EXCLUDE

    text = fields.String(load_default="", validate=validate.Length(max=40))
    after = fields.String(load_default=None, validate=validate.Length(max=20))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class CrewPageSchema(Schema):
    """A page of crew; ``next`` is a link or null."""

    crew = fields.List(fields.Nested(CrewMemberSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class CrewFileSchema(FileSchema):
    """One person's file."""

    member = fields.Nested(CrewMemberSchema, required=True)

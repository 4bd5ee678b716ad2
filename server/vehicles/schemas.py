"""What crosses the border of vehicles."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields, validate

from server.inspections.presenting import FileSchema


class VehicleSchema(Schema):
    """A vehicle as lists give it."""

    id = fields.String(required=True)
    plate = fields.String(required=True)
    fleet_number = fields.String(required=True)
    kind = fields.String(required=True)
    regime = fields.String(required=True)
    capacity = fields.Integer(required=True)
    station = fields.String(required=True, allow_none=True)
    route = fields.String(required=True, allow_none=True)
    retired = fields.Boolean(required=True)


class VehicleQuerySchema(Schema):
    """Search and page of the list of vehicles."""

    class Meta:
        unknown = EXCLUDE

    text = fields.String(load_default="", validate=validate.Length(max=40))
    after = fields.String(load_default=None, validate=validate.Length(max=20))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class VehiclePageSchema(Schema):
    """A page of vehicles; ``next`` is a link or null."""

    vehicles = fields.List(fields.Nested(VehicleSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class VehicleFileSchema(FileSchema):
    """One vehicle's file."""

    vehicle = fields.Nested(VehicleSchema, required=True)

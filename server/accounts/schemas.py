"""What crosses the border of accounts: enrolling a phone."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields, validate

# Text that can be shown and kept: neither control signs nor half characters.
PLAIN = [validate.Length(1, 100), validate.Predicate("isprintable")]


class EnrolSchema(Schema):
    """A one-time code turned in for a device."""

    class Meta:
        unknown = EXCLUDE

    code = fields.String(required=True, validate=PLAIN)
    name = fields.String(required=True, validate=PLAIN)
    public_key = fields.Dict(required=True)


class DeviceSchema(Schema):
    """The new device. `token` is shown this once."""

    device = fields.String(required=True)
    token = fields.String(required=True)
    epoch = fields.String(required=True)
    server_time = fields.String(required=True)
    user_id = fields.String(required=True, metadata={"description": "stays the same for ever"})
    user = fields.String(required=True, metadata={"description": "display name"})
    company = fields.String(required=True, metadata={"description": "company name"})
    regime = fields.String(
        required=True,
        metadata={"description": "road_passenger | city_bus; counts for vehicles not in the list"},
    )

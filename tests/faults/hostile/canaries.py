"""An undercover rider, each trace a word that stands nowhere else; finds where one shows."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from PIL import Image

from server.accounts.models import Device
from server.db import db
from tests.faults.hostile.doors import path_of, read_matrix
from tests.server.office.staff import Seat
from tests.support.drawing import sha256_of
from tests.support.phone import Phone, new_record
from tests.support.tus import metadata, tus_of
from tests.support.world import World, inspection_fields

NAME = "canary-rider-4c1f"
AGENT = "CanaryAgent/9.9"
FILE = "IMG_CANARY_20251120_085200.jpg"
OWNER = "Canary Owner Of The Lens"


@dataclass
class Rider:
    """The rider's phone, what gives them away, and the record they made."""

    phone: Phone
    traces: dict[str, str]
    record: str
    photo: str


def send_out(world: World, name: str = NAME) -> Rider:
    """A rider who enrols, reports undercover with a photo, and makes some mistakes on the way."""
    user, _ = world.add_user(name, "inspector_social")
    phone = world.enrol(name)
    with world.app.app_context():
        device = db.session.get_one(Device, (world.company, phone.device))
        device.name = f"phone-of-{name}"
        db.session.commit()
    traces = {
        "name": name,
        "user": user.id,
        "device": phone.device,
        "phone": f"phone-of-{name}",
        "token": phone.token,
        "agent": AGENT,
        "file": FILE,
        "owner": OWNER,
    }
    photo, record = _draw_telling(), new_record()
    answer = {"value": "fail", "note": "x", "photos": [sha256_of(photo)]}
    fields = inspection_fields(world, mode="undercover", **{"answers/P5-02": answer})
    headers = {"User-Agent": AGENT, "X-Forwarded-For": "203.0.113.77"}
    phone.sync(phone.edit(record, fields), headers=headers)
    phone.sync(phone.edit(record, {"mode": "by ear"}), headers=headers)
    phone.sync(headers={**headers, "Content-Digest": "none"})
    _upload(phone, photo, headers)
    return Rider(phone, traces, record, sha256_of(photo))


def _draw_telling() -> bytes:
    """A photo that names its owner, as cameras do."""
    exif = Image.Exif()
    exif[0x8298] = OWNER
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "#3366aa").save(file, "JPEG", exif=exif.tobytes())
    return file.getvalue()


def _upload(phone: Phone, photo: bytes, headers: dict[str, str]) -> None:
    tus = tus_of(phone)
    named = {"Upload-Metadata": metadata(sha256_of(photo), filename=FILE), **headers}
    named["Upload-Length"] = str(len(photo))
    path = tus.ask("POST", "/api/v1/uploads", headers=named).headers["Location"]
    assert tus.patch(path, 0, photo, user_agent=AGENT).status_code == 204


def find_traces(world: World, rider: Rider, seat: Seat, token: dict[str, str]) -> list[str]:
    """Every page and answer that this person gets which tells something of the rider."""
    found: list[str] = []
    for door in read_matrix():
        path = path_of(door.route, world, rider.record).replace("a" * 64, rider.photo)
        if door.method != "GET" or path.startswith(("/app", "/static")):
            continue
        for size in ("", "?size=thumb", "?size=original") if "photos" in path else ("",):
            reply: Any = seat.client.get(path + size, headers=token, buffered=True)
            told = f"{reply.headers}".encode() + reply.get_data()
            found += [f"{what} in {path}{size}" for what in tell_tales(told, rider.traces)]
    return found


def tell_tales(octets: bytes, traces: dict[str, str]) -> list[str]:
    return [what for what, trace in traces.items() if trace.encode() in octets]

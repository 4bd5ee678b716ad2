"""Fault 91: what a file calls itself is neither kept nor used; its hash names it."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.faults.tally import Tally
from tests.support.drawing import draw_jpeg, sha256_of
from tests.support.phone import Phone, new_record
from tests.support.tus import TusPhone, tus_of
from tests.support.world import World, inspection_fields

NAMES = (
    "../../x",
    "..\\..\\x",
    "/etc/cron.d/x",
    "a\r\nSet-Cookie: x=1",
    "x" * 2_800,
    "\u202egpj.exe",
    "con.jpg",
    "a\0b",
    "photos/<script>",
    "%2e%2e%2fx",
)


def send_named(phone: TusPhone, photo: bytes, name: bytes) -> int:
    named = b64encode(sha256_of(photo).encode()).decode()
    metadata = f"filename {b64encode(name).decode()},sha256 {named}"
    length = str(len(photo))
    headers = {"Upload-Metadata": metadata, "Upload-Length": length}
    reply = phone.ask("POST", "/api/v1/uploads", headers=headers)
    if reply.status_code == 201:
        assert "x=1" not in str(reply.headers)
        phone.patch(reply.headers["Location"], 0, photo)
    return reply.status_code


def files_of(world: World) -> list[Path]:
    folder = world.app.extensions["mingcha"].settings.data_dir
    return [path for path in folder.rglob("*") if path.is_file() and "sqlite" not in path.name]


def test_no_name_of_a_file_reaches_the_disk(world: World, inspector: Phone, tally: Tally) -> None:
    phone = tus_of(inspector)
    photos = [draw_jpeg(colour=f"#{number:06x}") for number in range(len(NAMES))]
    before = {path.name for path in files_of(world)}
    statuses = [
        send_named(phone, photo, name.encode()) for photo, name in zip(photos, NAMES, strict=True)
    ]
    assert statuses == [201] * len(NAMES)
    assert {path.name for path in files_of(world)} - before == {sha256_of(one) for one in photos}
    tally.add(91, len(NAMES), 0)


def test_any_bytes_for_a_name_are_no_crash(
    world: World, inspector: Phone, tally: Tally, scale: int
) -> None:
    phone, photo = tus_of(inspector), draw_jpeg()

    @settings(
        max_examples=20 * scale,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.binary(max_size=60))
    def send(name: bytes) -> None:
        assert send_named(phone, photo, name) in (201, 400)
        tally.add(91, 1, 0)

    send()
    record = new_record()
    answer = {"value": "fail", "photos": [sha256_of(photo)]}
    inspector.push(inspector.edit(record, inspection_fields(world, **{"answers/P5-02": answer})))
    assert inspector.get(f"/api/v1/inspections/{record}").json["photos_verified"] == 1

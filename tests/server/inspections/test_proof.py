"""The proof: the phone can check that all it sent is on the server, byte for byte."""

from __future__ import annotations

import base64
import hashlib
import io

from PIL import Image

from tests.support.phone import Phone, new_record
from tests.support.world import World, inspection_fields


def digest_of(names: list[str]) -> str:
    return hashlib.sha256("".join(f"{name}\n" for name in sorted(names)).encode()).hexdigest()


def draw_photo(colour: tuple[int, int, int]) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(file, "JPEG")
    return file.getvalue()


def upload(phone: Phone, photo: bytes) -> str:
    """Send a photo in one request; gives its name."""
    sha256 = hashlib.sha256(photo).hexdigest()
    meta = base64.b64encode(sha256.encode()).decode()
    reply = phone.client.post(
        "/api/v1/uploads",
        data=photo,
        headers={
            **phone.headers,
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(len(photo)),
            "Upload-Metadata": f"sha256 {meta}",
            "Content-Type": "application/offset+octet-stream",
        },
    )
    assert reply.status_code == 201, reply.get_data(as_text=True)
    return sha256


def prove(phone: Phone) -> dict[str, object]:
    return phone.get("/api/v1/sync/proof").json


def test_a_new_phone_has_proved_nothing(inspector: Phone) -> None:
    empty = digest_of([])
    assert prove(inspector) == {
        "edits": 0,
        "edits_digest": empty,
        "photos": 0,
        "photos_digest": empty,
    }


def test_the_proof_covers_accepted_late_and_refused_edits(world: World, inspector: Phone) -> None:
    good = inspector.edit(new_record(), inspection_fields(world))
    bad = inspector.edit(new_record(), {"mode": "nonsense"})
    again = {**good, "fields": {"mode": "full"}}
    inspector.push(good, bad, again)
    proof = prove(inspector)
    assert proof["edits"] == 2
    assert proof["edits_digest"] == digest_of([good["stamp"], bad["stamp"]])


def test_a_photo_counts_only_when_it_is_verified(world: World, inspector: Phone) -> None:
    photos = [draw_photo((200, 30, 30)), draw_photo((30, 200, 30))]
    names = [hashlib.sha256(photo).hexdigest() for photo in photos]
    answer = {"value": "fail", "photos": names}
    record = new_record()
    fields = inspection_fields(world, **{"answers/P5-02": answer})
    assert inspector.sync(inspector.edit(record, fields)).json["awaited_photos"] == sorted(names)
    assert prove(inspector)["photos"] == 0
    upload(inspector, photos[0])
    assert prove(inspector)["photos_digest"] == digest_of(names[:1])
    assert inspector.sync().json["awaited_photos"] == names[1:]
    upload(inspector, photos[1])
    assert prove(inspector)["photos_digest"] == digest_of(names)
    assert inspector.sync().json["awaited_photos"] == []


def test_a_record_is_complete_once_its_photos_are_here(
    world: World, inspector: Phone, officer: dict[str, str]
) -> None:
    photo = draw_photo((10, 20, 200))
    name = hashlib.sha256(photo).hexdigest()
    record = new_record()
    fields = inspection_fields(world, **{"answers/P5-02": {"value": "fail", "photos": [name]}})
    inspector.push(inspector.edit(record, fields))
    url = f"/api/v1/inspections/{record}"
    before = inspector.get(url, headers=officer).json
    assert (before["photos_verified"], before["photos_named"]) == (0, 1)
    assert before["complete"] is False
    upload(inspector, photo)
    after = inspector.get(url, headers=officer).json
    assert after["complete"] is True
    assert after["photos"] == [{"field": "answers/P5-02", "sha256": name, "verified": True}]

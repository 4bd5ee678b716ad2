"""A phone that keeps all that it ever saved, and offers it again when the server asks or was
restored; or a careless one that has never heard of epochs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from server.edits.receipts import stamp_digest
from tests.support.drawing import sha256_of
from tests.support.phone import Phone, new_record
from tests.support.tus import tus_of

BATCH = 20
Edit = dict[str, Any]


@dataclass
class Handset:
    """What one phone holds: every edit and photo it saved, and every record it was told of."""

    user: str
    phone: Phone
    knows_epochs: bool = True
    epoch: str | None = None
    edits: list[Edit] = field(default_factory=list)
    photos: dict[str, bytes] = field(default_factory=dict)
    records: dict[tuple[str, str], Any] = field(default_factory=dict)
    _answered: set[str] = field(default_factory=set)
    _arrived: set[str] = field(default_factory=set)

    def save(self, fields: dict[str, Any], *photos: bytes) -> None:
        """A finished record that names these photos, saved on the phone."""
        named = {sha256_of(photo): photo for photo in photos}
        fail = {"value": "fail", "note": f"{len(self.edits)}", "photos": list(named)}
        self.photos |= named
        self.edits.append(self.phone.edit(new_record(), {**fields, "answers/P5-02": fail}))

    def move_to(self, app: Flask) -> None:
        """The same address, another server behind it."""
        self.phone.client = app.test_client()

    def answered(self) -> set[str]:
        """The stamps that have a receipt, as far as this phone knows."""
        return set(self._answered)

    def sync(self) -> bool:
        """Push, pull and upload until nothing is left; False when the token is not known."""
        while True:
            waiting = [edit for edit in self.edits if edit["stamp"] not in self._answered][:BATCH]
            reply = self.phone.sync(*waiting, epoch=self.epoch)
            if reply.status_code == 401:
                return False
            assert reply.status_code == 200, reply.get_data(as_text=True)
            again = self._take(reply.json)
            if not (again or reply.json["more"] or len(waiting) == BATCH):
                break
        for sha256 in self.photos.keys() - self._arrived:
            self._upload(sha256)
        return True

    def start_again(self, phone: Phone) -> None:
        """The office gave this phone a new code: what it holds is written anew under it."""
        self.phone, self.epoch = phone, None
        self._answered, self._arrived, self.records = set(), set(), {}
        self.edits = [phone.edit(edit["record"], edit["fields"]) for edit in self.edits]

    def proof(self) -> dict[str, Any]:
        """What the server's proof must say if nothing is missing."""
        stamps = sorted(edit["stamp"] for edit in self.edits)
        return {
            "edits": len(stamps),
            "edits_digest": stamp_digest(stamps),
            "photos": len(self.photos),
            "photos_digest": stamp_digest(sorted(self.photos)),
        }

    def _take(self, answer: dict[str, Any]) -> bool:
        """True when something must be offered again."""
        is_new = self.epoch not in (None, answer["epoch"])
        self.epoch = answer["epoch"]
        if is_new and self.knows_epochs:
            self.phone.cursor = None
            self._answered, self._arrived, self.records = set(), set(), {}
            return True
        self._answered |= {receipt["stamp"] for receipt in answer["receipts"]}
        self._arrived -= set(answer["awaited_photos"])
        for record in answer["records"]:
            self.records[record["kind"], record["record"]] = record.get("fields")
        self.phone.cursor = answer["cursor"]
        missing = {
            edit["stamp"]
            for edit in self.edits
            for first, last in answer["missing_serials"]
            if first <= edit["serial"] <= last
        }
        self._answered -= missing
        return bool(missing)

    def _upload(self, sha256: str) -> None:
        photo = self.photos[sha256]
        phone = tus_of(self.phone)
        begun = phone.create(sha256, len(photo))
        assert begun.status_code == 201, begun.get_data(as_text=True)
        offset = int(begun.headers.get("Upload-Offset", "0"))
        if offset < len(photo):
            sent = phone.patch(begun.headers["Location"], offset, photo[offset:])
            assert sent.status_code == 204, sent.get_data(as_text=True)
        self._arrived.add(sha256)

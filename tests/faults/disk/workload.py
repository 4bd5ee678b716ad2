"""A phone's work, step by step, with its memory of what was acknowledged, and its patience."""

from __future__ import annotations

import base64
import copy
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient

from tests.faults.disk.machine import ServerGone
from tests.support.clock import HandClock
from tests.support.drawing import draw_noise, sha256_of
from tests.support.phone import Phone, new_record
from tests.support.tus import TusPhone

PHOTOS = (draw_noise(9_000), draw_noise(7_000), draw_noise(5_000))
NO_PHOTO = b"<html>" + bytes(3000)
TRIES = 6


class NotAnswered(Exception):
    """The server said that it cannot now (5xx): nothing is acknowledged."""


class NeverRecovers(Exception):
    """The server said so again and again, with nothing wrong around it any more."""


@dataclass
class Memory:
    """What the phone was told, and may rely on for ever."""

    devices: list[str] = field(default_factory=list)
    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)
    changed_receipts: list[str] = field(default_factory=list)
    verified: set[str] = field(default_factory=set)
    offset_lies: list[str] = field(default_factory=list)


@dataclass
class Day:
    """One phone's steps. Each may be tried again and again; the phone forgets nothing."""

    phone: Phone
    codes: list[str]
    fields: dict[str, Any]
    memory: Memory = field(default_factory=Memory)
    edits: list[dict[str, Any]] = field(default_factory=list)
    uploads: dict[str, str] = field(default_factory=dict)
    done: int = 0

    def copy(self) -> Day:
        """The same phone at this moment, for one more trial from here."""
        kept = {**vars(self), "phone": None}
        twin = Day(**copy.deepcopy(kept))
        twin.phone = self.phone.twin()
        return twin

    def reach(self, client: FlaskClient) -> None:
        """From now on this is the server."""
        self.phone.client = client

    def enrol(self) -> None:
        """Become a device; a code that is used up is replaced by the office."""
        body = {"code": self.codes[0], "name": "测试机", "public_key": self.phone.jwk()}
        reply: Any = _answered(self.phone.client.post("/api/v1/devices", json=body))
        if reply.status_code == 403:
            self.codes.pop(0)  # taken by the try whose answer never came
            raise NotAnswered
        assert reply.status_code == 201, reply.get_data(as_text=True)
        self.phone.device, self.phone.token = reply.json["device"], reply.json["token"]
        self.memory.devices.append(self.phone.device)

    def write(self) -> None:
        """Make three edits of two records, the first naming photos. Nothing is sent."""
        names = [sha256_of(photo) for photo in PHOTOS[:2]]
        first = {**self.fields, "answers/P5-02": {"value": "fail", "photos": names}}
        record = new_record()
        self.edits += [
            self.phone.edit(record, first),
            self.phone.edit(new_record(), self.fields),
            self.phone.edit(record, {"answers/P3-01": {"value": "fail", "note": "改" * 300}}),
        ]

    def push(self) -> None:
        """Send every edit so far; each has one receipt, always the same."""
        reply: Any = _answered(self.phone.sync(*self.edits))
        assert reply.status_code == 200, reply.get_data(as_text=True)
        for receipt in reply.json["receipts"]:
            known = self.memory.receipts.setdefault(receipt["stamp"], receipt)
            if known != receipt:
                self.memory.changed_receipts.append(receipt["stamp"])

    def upload(self, number: int) -> None:
        """Bring a photo to its end, from wherever the server says that it stands."""
        photo = PHOTOS[number]
        name = sha256_of(photo)
        tus = TusPhone(self.phone.client, self.phone.token)
        path, offset = self._stands_at(tus, name, len(photo))
        while offset < len(photo):
            end = min(len(photo), offset + 4000)
            reply = _answered(tus.patch(path, offset, photo[offset:end]))
            if reply.status_code != 204:  # it stands elsewhere than was said
                raise NotAnswered
            offset = int(reply.headers["Upload-Offset"])
        self.memory.verified.add(name)
        head = _answered(self.phone.client.head(f"/api/v1/photos/{name}", headers=self._headers))
        if head.status_code != 200:
            self.memory.offset_lies.append(name)

    def upload_at_once(self) -> None:
        """A photo within the request that begins its upload, under a checksum."""
        photo = PHOTOS[2]
        checksum = base64.b64encode(hashlib.sha256(photo).digest()).decode()
        tus = TusPhone(self.phone.client, self.phone.token)
        reply = _answered(tus.create_with(photo, photo, upload_checksum=f"sha256 {checksum}"))
        assert reply.status_code == 201, reply.get_data(as_text=True)
        assert reply.headers["Upload-Offset"] == str(len(photo))
        self.memory.verified.add(sha256_of(photo))

    def upload_no_photo(self) -> None:
        """Bytes that are refused for what they are, and an upload that is given up."""
        tus = TusPhone(self.phone.client, self.phone.token)
        made = _answered(tus.create(sha256_of(NO_PHOTO), len(NO_PHOTO)))
        reply = _answered(tus.patch(made.headers["Location"], 0, NO_PHOTO))
        assert reply.status_code == 422, reply.get_data(as_text=True)
        made = _answered(tus.create(sha256_of(NO_PHOTO), len(NO_PHOTO)))
        _answered(tus.patch(made.headers["Location"], 0, NO_PHOTO[:100]))
        reply = _answered(tus.delete(made.headers["Location"]))
        assert reply.status_code == 204, reply.get_data(as_text=True)

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.phone.token}"}

    def _stands_at(self, tus: TusPhone, name: str, length: int) -> tuple[str, int]:
        path = self.uploads.get(name)
        if path:
            head = _answered(tus.head(path))
            if head.status_code == 200:
                return path, int(head.headers["Upload-Offset"])
        made = _answered(tus.create(name, length))
        assert made.status_code == 201, made.get_data(as_text=True)
        self.uploads[name] = path = made.headers["Location"]
        return path, int(made.headers["Upload-Offset"])


Step = Callable[[Day], None]
# The kinds of work, each from the state that the one before leaves.
PHASES: dict[str, tuple[Step, ...]] = {
    "enrol": (Day.enrol,),
    "push": (Day.write, Day.push),
    "photo": (lambda day: day.upload(0), lambda day: day.upload(1), Day.push),
    "odd": (Day.upload_at_once, Day.upload_no_photo, Day.push),
}


def work(day: Day, steps: tuple[Step, ...]) -> None:
    """Go through the steps from where the phone is, patiently; ``ServerGone`` ends the try."""
    tries = 0
    while day.done < len(steps):
        try:
            steps[day.done](day)
            day.done += 1
        except NotAnswered:
            tries += 1
            if tries == TRIES:
                raise NeverRecovers from None


def new_day(client: FlaskClient, codes: list[str], fields: dict[str, Any]) -> Day:
    """A phone that was just unpacked."""
    return Day(Phone(client, HandClock()), list(codes), fields)


def _answered(reply: Any) -> Any:
    if reply.status_code >= 500:
        raise NotAnswered
    return reply


__all__ = ["PHASES", "Day", "ServerGone", "new_day", "work"]

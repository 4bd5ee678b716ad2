"""How a simulated phone brings a photo to the server: tus in pieces, from where it was cut off."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field

from tests.faults.network.history import SawPhoto
from tests.faults.network.phone import Phone
from tests.faults.network.wire import Broken, Reply

# As in pwa/src/net/uploads.ts: halved when a piece fails, doubled when one arrives.
LARGEST_CHUNK = 256 * 1024
SMALLEST_CHUNK = 16 * 1024
UPLOADS = "/api/v1/uploads"
TUS = {"Tus-Resumable": "1.0.0"}
PART = "application/offset+octet-stream"


@dataclass
class Carrier:
    """A phone's photos on their way. ``waiting`` holds each until the server proved it."""

    phone: Phone
    waiting: dict[str, bytes] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    offsets: list[int] = field(default_factory=list)  # what the server said at each look
    refusals: list[str] = field(default_factory=list)
    chunk: int = LARGEST_CHUNK
    begun: int = 0  # uploads created
    checks_parts: bool = False

    def take(self, photo: bytes) -> str:
        """A photo that must not be lost from here on; its name."""
        name = hashlib.sha256(photo).hexdigest()
        self.waiting[name] = photo
        return name

    def send(self) -> bool:
        """One try for everything that waits; False as soon as the line breaks."""
        for name in list(self.waiting):
            try:
                if not self._send_one(name):
                    return False
            except Broken:
                self.chunk = max(SMALLEST_CHUNK, self.chunk // 2)
                return False
        return True

    def _send_one(self, name: str) -> bool:
        photo = self.waiting[name]
        offset = self._stand(name, photo)
        while offset is not None and offset < len(photo):
            reply = self._patch(name, offset, photo[offset : offset + self.chunk])
            if reply.status != 204:
                return self._turn_back(name, reply)
            reached = reply.headers.get("upload-offset", "")
            if not reached.isdigit():  # the line bit the header: ask where it stands
                return False
            offset = int(reached)
            self.chunk = min(LARGEST_CHUNK, self.chunk * 2)
        return self._prove(name)

    def _stand(self, name: str, photo: bytes) -> int | None:
        """Where to go on; None when there is no telling."""
        if name not in self.paths:
            return self._create(name, photo)
        reply = self._ask("HEAD", self.paths[name])
        if reply.status in (404, 410):
            del self.paths[name]
            return self._create(name, photo)
        if reply.status != 200 or not reply.headers.get("upload-offset", "").isdigit():
            return None
        self.offsets.append(int(reply.headers["upload-offset"]))
        return self.offsets[-1]

    def _create(self, name: str, photo: bytes) -> int | None:
        text = base64.b64encode(name.encode()).decode()
        headers = {"Upload-Length": str(len(photo)), "Upload-Metadata": f"sha256 {text}"}
        reply = self._ask("POST", UPLOADS, headers=headers)
        if reply.status != 201 or "location" not in reply.headers:
            return None
        self.begun += 1
        self.paths[name] = reply.headers["location"]
        offset = reply.headers.get("upload-offset", "")
        return int(offset) if offset.isdigit() else None

    def _patch(self, name: str, offset: int, part: bytes) -> Reply:
        headers = {"Upload-Offset": str(offset), "Content-Type": PART}
        if self.checks_parts:
            digest = base64.b64encode(hashlib.sha256(part).digest()).decode()
            headers["Upload-Checksum"] = f"sha256 {digest}"
        return self._ask("PATCH", self.paths[name], part, headers)

    def _turn_back(self, name: str, reply: Reply) -> bool:
        self.chunk = max(SMALLEST_CHUNK, self.chunk // 2)
        if reply.status in (404, 410, 422):  # the upload is gone, or its bytes were not the photo
            self.refusals.append(reply.code)
            self.paths.pop(name, None)
        return False

    def _prove(self, name: str) -> bool:
        reply = self._ask("HEAD", f"/api/v1/photos/{name}")
        if reply.status == 200 and reply.headers.get("content-type", "").startswith("image/"):
            self.phone.history.add(SawPhoto(self.phone.device, name))
            del self.waiting[name]
            return True
        return False

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        signed = {"Authorization": f"Bearer {self.phone.token}", **TUS, **(headers or {})}
        return self.phone.wire.ask(method, path, body, signed)

"""A phone's tus requests, one method per request, each giving the HTTP response."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.drawing import sha256_of
from tests.support.phone import Phone

UPLOADS = "/api/v1/uploads"
PART = "application/offset+octet-stream"


@dataclass(frozen=True)
class TusPhone:
    """tus 1.0.0 as another team would write it."""

    client: FlaskClient
    token: str

    def ask(self, method: str, path: str, *, without: str = "", **more: Any) -> TestResponse:
        """One request with the headers that all of them carry, except ``without``."""
        headers = {"Authorization": f"Bearer {self.token}", "Tus-Resumable": "1.0.0"}
        headers |= more.pop("headers", {})
        headers.pop(without, None)
        return self.client.open(path, method=method, headers=headers, **more)

    def create(self, sha256: str, length: int | str, **headers: str) -> TestResponse:
        named = {"Upload-Length": str(length), "Upload-Metadata": metadata(sha256=sha256)}
        return self.ask("POST", UPLOADS, headers=named | dashed(headers))

    def create_with(self, photo: bytes, part: bytes, **headers: str) -> TestResponse:
        named = {"Upload-Length": str(len(photo)), "Upload-Metadata": metadata(sha256_of(photo))}
        sent = named | {"Content-Type": PART} | dashed(headers)
        return self.ask("POST", UPLOADS, headers=sent, data=part)

    def patch(self, path: str, offset: int | str, part: bytes, **headers: str) -> TestResponse:
        sent = {"Upload-Offset": str(offset), "Content-Type": PART} | dashed(headers)
        return self.ask("PATCH", path, headers=sent, data=part)

    def patch_cut(self, path: str, offset: int, arrived: bytes, announced: int) -> TestResponse:
        """A part whose line is cut: more was announced than comes."""
        return self.patch_slowly(path, offset, io.BytesIO(arrived), announced)

    def patch_slowly(
        self, path: str, offset: int, body: io.BytesIO, announced: int
    ) -> TestResponse:
        """A part that is read from ``body`` as the server asks for it."""
        return self.ask(
            "PATCH",
            path,
            headers={"Upload-Offset": str(offset), "Content-Type": PART},
            input_stream=body,
            environ_overrides={"CONTENT_LENGTH": str(announced)},
        )

    def head(self, path: str) -> TestResponse:
        return self.ask("HEAD", path)

    def delete(self, path: str) -> TestResponse:
        return self.ask("DELETE", path)

    def start(self, photo: bytes) -> str:
        """Begin an upload of this photo; where it is."""
        reply = self.create(sha256_of(photo), len(photo))
        assert reply.status_code == 201, reply.get_data(as_text=True)
        return reply.headers["Location"]

    def send(self, photo: bytes) -> str:
        """A photo from beginning to end; where it was uploaded to."""
        path = self.start(photo)
        reply = self.patch(path, 0, photo)
        assert reply.status_code == 204, reply.get_data(as_text=True)
        return path


class Interrupted(io.BytesIO):
    """A body during whose second piece something else happens."""

    def __init__(self, content: bytes, meanwhile: Callable[[], object]) -> None:
        super().__init__(content)
        self.meanwhile = meanwhile
        self.pieces = 0

    def readinto(self, buffer: Any) -> int:
        self.pieces += 1
        if self.pieces == 2:
            self.meanwhile()
        return super().readinto(buffer)


def tus_of(phone: Phone) -> TusPhone:
    return TusPhone(phone.client, phone.token)


def code_of(reply: TestResponse) -> str:
    """The stable word of a problem; empty when it is none."""
    return (reply.json or {}).get("code", "")


def metadata(sha256: str, **more: str) -> str:
    pairs = {"sha256": sha256, **more}
    return ",".join(
        f"{key} {base64.b64encode(text.encode()).decode()}" for key, text in pairs.items()
    )


def dashed(headers: dict[str, str]) -> dict[str, str]:
    """Header names from argument names: ``upload_checksum`` → ``Upload-Checksum``."""
    return {name.replace("_", "-").title(): value for name, value in headers.items()}

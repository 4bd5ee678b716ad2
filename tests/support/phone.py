"""A phone as another team would write it, from the protocol's text."""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from flask.testing import FlaskClient

from sync.canonical import digest
from sync.edit import GENESIS
from tests.support.clock import HandClock


@dataclass
class Phone:
    """An independent client of the protocol, written against its text, not against our code."""

    client: FlaskClient
    clock: HandClock
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    device: str = ""
    token: str = ""
    serial: int = 0
    prev: str = GENESIS
    counter: int = 0
    cursor: str | None = None

    def jwk(self) -> dict[str, str]:
        numbers = self.key.public_key().public_numbers()
        x, y = (_base64url(value.to_bytes(32, "big")) for value in (numbers.x, numbers.y))
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y}

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def edit(self, record: str, fields: dict[str, Any], at_ms: int | None = None) -> dict[str, Any]:
        """The next edit in this phone's chain."""
        self.serial += 1
        self.counter += 1
        stamp = f"{self.clock() if at_ms is None else at_ms:013d}-{self.counter:04x}-{self.device}"
        edit = {
            "stamp": stamp,
            "serial": self.serial,
            "prev": self.prev,
            "kind": "inspection",
            "record": record,
            "fields": fields,
        }
        self.prev = digest(edit)
        return edit

    def sign(self, text: str) -> str:
        r, s = decode_dss_signature(self.key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return base64.b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode()

    def sync(self, *edits: Any, headers: dict[str, str] | None = None, **more: Any) -> Any:
        """One round trip; gives the HTTP response."""
        body: dict[str, Any] = {"epoch": None, "cursor": self.cursor, "edits": list(edits)}
        serials = [edit for edit in edits if isinstance(edit, dict) and "serial" in edit]
        if serials:
            newest = max(serials, key=lambda edit: edit["serial"])
            body["signature"] = self.sign(digest(newest))
        payload = json.dumps({**body, **more}, ensure_ascii=False).encode()
        sent = {"Content-Type": "application/json", "Content-Digest": content_digest(payload)}
        return self.client.post(
            "/api/v1/sync", data=payload, headers={**self.headers, **sent, **(headers or {})}
        )

    def get(self, url: str, headers: dict[str, str] | None = None) -> Any:
        """Read with this phone's token, or as somebody else; gives the HTTP response."""
        return self.client.get(url, headers=headers or self.headers)

    def push(self, *edits: Any) -> list[dict[str, Any]]:
        """The receipts of a push that must be answered."""
        reply = self.sync(*edits)
        assert reply.status_code == 200, reply.get_data(as_text=True)
        return reply.json["receipts"]

    def twin(self) -> Phone:
        """The same device with the same chain, as a second tab or a copy would be."""
        return replace(self)


def content_digest(payload: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(payload).digest()).decode()}:"


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def new_record() -> str:
    """A random record id, as phones make them."""
    return str(uuid.uuid4())

"""The demo's phones: enrolled, signing and sending as real ones do."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from sqlalchemy.orm import Session

from server.accounts.models import Device, User
from server.accounts.store import receive_device, save_enrolment
from server.edits.receipts import Incoming, Receipt, read_incoming
from server.edits.signing import check_signature, keep_signature
from server.inspections.store import KIND, receive_push
from sync.edit import GENESIS
from sync.stamp import Stamp, next_stamp


@dataclass
class DemoPhone:
    """A phone with its chain of edits."""

    device: Device
    key: ec.EllipticCurvePrivateKey
    serial: int = 0
    prev: str = GENESIS
    stamp: Stamp | None = None

    def write(self, record: str, fields: dict[str, Any], at_ms: int) -> Incoming:
        """The next edit of the chain, written at that moment."""
        self.serial += 1
        self.stamp = next_stamp(self.stamp, at_ms, self.device.id)
        raw = {
            "stamp": str(self.stamp),
            "serial": self.serial,
            "prev": self.prev,
            "kind": KIND,
            "record": record,
            "fields": fields,
        }
        edit = read_incoming(raw)
        self.prev = edit.digest
        return edit

    def send(self, session: Session, incoming: list[Incoming], now_ms: int) -> list[Receipt]:
        """Push the newest edits of the chain, signed; the server receives them at ``now_ms``."""
        signature = self._sign(self.prev)
        signed = check_signature(self.device, incoming, signature)
        receipts = receive_push(session, self.device, incoming, now_ms)
        keep_signature(session, self.device, signed, signature)
        self.device.last_seen_at_ms = now_ms
        return receipts

    def _sign(self, text: str) -> str:
        r, s = decode_dss_signature(self.key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return base64.b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode()


def enrol_phone(session: Session, user: User, now_ms: int) -> DemoPhone:
    """Enrol a phone of this user's the way every phone is enrolled."""
    key = ec.generate_private_key(ec.SECP256R1())
    code = save_enrolment(session, user, now_ms, hours=1)
    session.flush()
    device, _ = receive_device(session, code, "演示手机", _jwk(key), now_ms)
    return DemoPhone(device, key)


def _jwk(key: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    x, y = (
        base64.urlsafe_b64encode(value.to_bytes(32, "big")).rstrip(b"=").decode()
        for value in (numbers.x, numbers.y)
    )
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}

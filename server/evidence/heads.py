"""Signed heads: the evidence log's size and hash of one day, as one line that anybody can check."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.blobs import make_folder, sync_folder
from server.clock import format_instant, parse_instant
from server.evidence.models import SignedHead
from server.evidence.store import Head
from sync.canonical import NotCanonical, canonical_json

KEY_FILE = "head_key.pem"


class BadHead(ValueError):
    """A text that is no signed head of this key; ``code`` is malformed, other_key or signature."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class HeadText:
    """What is signed, and the signature. ``at`` is RFC 3339, ``key`` the key's fingerprint."""

    company: str
    day: str
    epoch: str
    size: int
    hash: str
    at: str
    key: str
    signature: str

    @property
    def at_ms(self) -> int:
        return parse_instant(self.at) or 0

    @property
    def line(self) -> str:
        """The canonical JSON: one line, the same whenever it is written."""
        return canonical_json(asdict(self)).decode()


@dataclass(frozen=True)
class HeadKey:
    """The installation's Ed25519 key. It signs heads and nothing else."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> str:
        """The public key as SubjectPublicKeyInfo in base64: a PEM's middle, in one line."""
        return base64.b64encode(_der(self.private.public_key())).decode()

    @property
    def fingerprint(self) -> str:
        return _fingerprint(self.private.public_key())


def read_key(data_dir: Path) -> HeadKey:
    """The data folder's key, made on first use: readable by its owner only, synced."""
    path = data_dir / KEY_FILE
    if not path.exists():
        _make_key(path)
    private = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(private, Ed25519PrivateKey):
        raise TypeError(f"{path} holds another kind of key")
    return HeadKey(private)


def sign_head(key: HeadKey, company: str, day: str, epoch: str, head: Head, at_ms: int) -> HeadText:
    """A head with the key's signature over the canonical JSON of all its other fields."""
    at = format_instant(at_ms)
    unsigned = HeadText(company, day, epoch, head.size, head.hash, at, key.fingerprint, "")
    signature = key.private.sign(_signed_part(unsigned))
    return HeadText(**{**asdict(unsigned), "signature": base64.b64encode(signature).decode()})


def check_signed_head(text: str, key: str) -> HeadText:
    """The head that this text says, when the key signed it; ``BadHead`` otherwise.

    ``key`` is the public key as ``mingcha head --key`` prints it.
    """
    public = _parse_key(key)
    head = parse_head(text)
    if head.key != _fingerprint(public):
        raise BadHead("other_key")
    try:
        public.verify(base64.b64decode(head.signature, validate=True), _signed_part(head))
    except (InvalidSignature, binascii.Error) as error:
        raise BadHead("signature") from error
    return head


def parse_head(text: str) -> HeadText:
    """The fields of a head's line, whoever signed it; ``BadHead`` when it is none."""
    try:
        raw: Any = json.loads(text)
        head = HeadText(**raw)
        canonical = head.line
    except (ValueError, TypeError, NotCanonical, RecursionError) as error:
        raise BadHead("malformed") from error
    texts = [value for name, value in asdict(head).items() if name != "size"]
    fits = type(head.size) is int and all(isinstance(value, str) for value in texts)
    fits = fits and parse_instant(head.at) is not None
    # One head has one text: what two people compare can be compared letter by letter.
    if not fits or canonical != text.strip():
        raise BadHead("malformed")
    return head


def save_signed(session: Session, head: HeadText) -> None:
    """Keep a day's head. The caller commits."""
    row = SignedHead(
        company=head.company,
        day=head.day,
        epoch=head.epoch,
        size=head.size,
        hash=head.hash,
        at_ms=head.at_ms,
        key=head.key,
        signature=head.signature,
    )
    session.add(row)
    session.flush()


def read_signed(session: Session, company: str, day: str) -> HeadText | None:
    """The head that was signed on that day, or None."""
    row = session.get(SignedHead, (company, day))
    return _text_of(row) if row else None


def list_signed(
    session: Session, company: str, most: int, before: str | None = None
) -> list[HeadText]:
    """Signed heads, newest first, from before that day on."""
    query = select(SignedHead).where(SignedHead.company == company)
    if before:
        query = query.where(SignedHead.day < before)
    rows = session.scalars(query.order_by(SignedHead.day.desc()).limit(most))
    return [_text_of(row) for row in rows]


def _text_of(row: SignedHead) -> HeadText:
    at = format_instant(row.at_ms)
    return HeadText(row.company, row.day, row.epoch, row.size, row.hash, at, row.key, row.signature)


def _signed_part(head: HeadText) -> bytes:
    fields = asdict(head)
    del fields["signature"]
    return canonical_json(fields)


def _make_key(path: Path) -> None:
    make_folder(path.parent)
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # of two processes that begin at once, one key stays
        except FileExistsError:
            return
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)


def _parse_key(key: str) -> Ed25519PublicKey:
    try:
        public = serialization.load_der_public_key(base64.b64decode(key.strip(), validate=True))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadHead("other_key") from error
    if not isinstance(public, Ed25519PublicKey):
        raise BadHead("other_key")
    return public


def _der(public: Ed25519PublicKey) -> bytes:
    return public.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _fingerprint(public: Ed25519PublicKey) -> str:
    return hashlib.sha256(_der(public)).hexdigest()

"""Keys that stand in addresses and tell nothing: a device's id would name a secret author."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from server.problems import Problem


def seal(secret: str, *parts: str | int) -> str:
    """The parts as one word that only this server can open; the same parts, the same word."""
    plain = json.dumps(parts, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_cipher(secret).encrypt(plain, None)).rstrip(b"=").decode()


def unseal(secret: str, word: str) -> list[str | int]:
    """What was sealed; 404 for a word that this server did not make."""
    padded = word + "=" * (-len(word) % 4)
    try:
        plain = _cipher(secret).decrypt(base64.urlsafe_b64decode(padded.encode()), None)
    except (InvalidTag, ValueError, binascii.Error, UnicodeError) as error:
        raise Problem("not_found") from error
    return json.loads(plain)


def _cipher(secret: str) -> AESSIV:
    return AESSIV(hashlib.sha512(b"sealed key in an address:" + secret.encode()).digest())

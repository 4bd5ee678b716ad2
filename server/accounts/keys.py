"""Device keys and signatures: ECDSA P-256 with SHA-256 as WebCrypto makes them."""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from server.problems import Problem

COORDINATE_BYTES = 32


def parse_public_key(jwk: object) -> ec.EllipticCurvePublicKey:
    """A P-256 public key from its JWK (RFC 7517); a point off the curve is refused."""
    if not isinstance(jwk, dict) or jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":
        raise Problem("key_malformed")
    if "d" in jwk:
        raise Problem("key_malformed", "a private key must never leave the phone")
    try:
        numbers = ec.EllipticCurvePublicNumbers(
            _coordinate(jwk.get("x")), _coordinate(jwk.get("y")), ec.SECP256R1()
        )
        return numbers.public_key()
    except ValueError as error:
        raise Problem("key_malformed") from error


def _coordinate(text: object) -> int:
    if not isinstance(text, str) or len(text) > 2 * COORDINATE_BYTES:
        raise ValueError("coordinate")
    try:
        octets = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError("coordinate") from error
    if len(octets) != COORDINATE_BYTES:
        raise ValueError("coordinate")
    return int.from_bytes(octets, "big")


def signature_holds(key: ec.EllipticCurvePublicKey, signature: str, digest: str) -> bool:
    """True when ``signature`` (base64 of r‖s, 64 bytes) is over the 64 ASCII hex of ``digest``."""
    try:
        octets = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return False
    if len(octets) != 2 * COORDINATE_BYTES:
        return False
    r = int.from_bytes(octets[:COORDINATE_BYTES], "big")
    s = int.from_bytes(octets[COORDINATE_BYTES:], "big")
    try:
        key.verify(encode_dss_signature(r, s), digest.encode("ascii"), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True

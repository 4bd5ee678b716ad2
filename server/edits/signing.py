"""The signature of a push: checked against the phone's key, kept beside the log."""

from __future__ import annotations

from sqlalchemy.orm import Session

from server.accounts.keys import signature_holds
from server.accounts.models import Device
from server.accounts.store import public_key_of
from server.edits.models import PushSignature
from server.edits.receipts import Incoming
from server.problems import Problem
from sync.edit import Edit


def check_signature(device: Device, incoming: list[Incoming], signature: object) -> Incoming | None:
    """The push must be signed by the phone's key over the edit with the greatest serial; gives
    what was signed.

    Where that edit is malformed its hash may be told in two ways, so a signature over the newest
    well-formed one will do as well: one bad edit must not hold up its neighbours. What has no
    canonical form has no hash that a phone could sign.
    """
    hashed = [one for one in incoming if one.has_form]
    wanted = [one for one in (_newest(hashed), _newest_edit(hashed)) if one]
    if not wanted:
        return None
    if not isinstance(signature, str):
        raise Problem("signature_missing")
    key = public_key_of(device)
    signed = next((one for one in wanted if signature_holds(key, signature, one.digest)), None)
    if not signed:
        raise Problem("signature_invalid")
    return signed


def keep_signature(
    session: Session, device: Device, signed: Incoming | None, signature: str
) -> None:
    """Keep the signature beside what it signs. That may lie in quarantine: its ``prev`` still
    covers the edits before it.
    """
    if not signed or not signed.serial:
        return
    if session.get(PushSignature, (device.company, device.id, signed.serial, signed.digest)):
        return
    session.add(
        PushSignature(
            company=device.company,
            device=device.id,
            serial=signed.serial,
            digest=signed.digest,
            signature=signature,
        )
    )


def _newest(incoming: list[Incoming]) -> Incoming | None:
    numbered = [one for one in incoming if one.serial]
    return max(numbered, key=lambda one: one.serial or 0, default=None)


def _newest_edit(incoming: list[Incoming]) -> Incoming | None:
    return _newest([one for one in incoming if isinstance(one.edit, Edit)])

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


def check_signature(device: Device, incoming: list[Incoming], signature: object) -> None:
    """The push must be signed by the phone's key over its newest edit's digest."""
    newest = _newest(incoming)
    if not newest:
        return
    if not isinstance(signature, str):
        raise Problem("signature_missing")
    if not signature_holds(public_key_of(device), signature, newest.digest):
        raise Problem("signature_invalid")


def keep_signature(
    session: Session, device: Device, incoming: list[Incoming], signature: str
) -> None:
    """Keep what signed the log, once for each newest edit that is in the chain."""
    newest = _newest(incoming)
    if not newest or session.get(PushSignature, (device.company, device.id, newest.serial)):
        return
    session.add(
        PushSignature(
            company=device.company,
            device=device.id,
            serial=newest.serial,
            digest=newest.digest,
            signature=signature,
        )
    )


def _newest(incoming: list[Incoming]) -> Edit | None:
    edits = [one.edit for one in incoming if isinstance(one.edit, Edit)]
    return max(edits, key=lambda edit: edit.serial, default=None)

"""The signature of a push: checked against the phone's key, kept beside the log."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.accounts.keys import signature_holds
from server.accounts.models import Device
from server.accounts.store import public_key_of
from server.edits.models import EditRow, PushSignature
from server.edits.receipts import Incoming
from server.problems import Problem
from sync.edit import Edit


def check_signature(device: Device, incoming: list[Incoming], signature: object) -> None:
    """The push must be signed by the phone's key over the edit with the greatest serial.

    Where that edit is malformed its hash may be told in two ways, so a signature over the newest
    well-formed one will do as well: one bad edit must not hold up its neighbours.
    """
    wanted = {one.digest for one in (_newest(incoming), _newest_edit(incoming)) if one}
    if not wanted:
        return
    if not isinstance(signature, str):
        raise Problem("signature_missing")
    key = public_key_of(device)
    if not any(signature_holds(key, signature, digest) for digest in wanted):
        raise Problem("signature_invalid")


def keep_signature(
    session: Session, device: Device, incoming: list[Incoming], signature: str
) -> None:
    """Keep what signed the log: for the newest edit, if that is what the log has there."""
    newest = _newest(incoming)
    if not newest or not newest.serial:
        return
    row = session.scalar(
        select(EditRow.digest).where(
            EditRow.company == device.company,
            EditRow.device == device.id,
            EditRow.serial == newest.serial,
        )
    )
    kept = session.get(PushSignature, (device.company, device.id, newest.serial))
    if row != newest.digest or kept:
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


def _newest(incoming: list[Incoming]) -> Incoming | None:
    numbered = [one for one in incoming if one.serial]
    return max(numbered, key=lambda one: one.serial or 0, default=None)


def _newest_edit(incoming: list[Incoming]) -> Incoming | None:
    return _newest([one for one in incoming if isinstance(one.edit, Edit)])

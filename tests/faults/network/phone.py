"""A simulated phone: an independent client of the protocol with an outbox that nothing leaves
unless the server named it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from sync.canonical import canonical_json
from sync.merkle import proof_holds
from tests.faults.network.history import (
    End,
    History,
    Local,
    Pulled,
    SawHead,
    Sent,
    Told,
    Uncertain,
)
from tests.faults.network.wire import Broken, Reply, Wire, content_digest

GENESIS = "0" * 64
Edit = dict[str, Any]


@dataclass
class Habits:
    """How this phone behaves: what it does wrong on purpose, and how much it sends at once."""

    batch: int = 20
    repeats: float = 0.0  # share of edits put into their batch twice
    shuffles: float = 0.0  # share of pushes whose edits are out of order
    overtakes: float = 0.0  # share of pushes that begin with a later batch
    skew_ms: int = 0  # how wrong the clock is
    # Bugs, planted to see that the checker finds them.
    drops_refused: bool = False
    believes_any_success: bool = False


@dataclass
class Phone:
    """One enrolled device. Its methods are called from one thread."""

    wire: Wire
    history: History
    user: str
    device: str
    token: str
    key: ec.EllipticCurvePrivateKey
    chance: random.Random
    habits: Habits = field(default_factory=Habits)
    epoch: str | None = None
    cursor: str | None = None
    outbox: dict[str, Edit] = field(default_factory=dict)
    arrived: dict[str, Edit] = field(default_factory=dict)
    refused: dict[str, Edit] = field(default_factory=dict)
    pulled: dict[tuple[str, str], Any] = field(default_factory=dict)
    heads: dict[int, str] = field(default_factory=dict)
    missing: list[list[int]] = field(default_factory=list)
    awaited: list[str] = field(default_factory=list)
    last_receipts: list[dict[str, Any]] = field(default_factory=list)
    serial: int = 0
    prev: str = GENESIS
    _last: tuple[int, int] = (0, 0)
    _hashes: dict[tuple[str, str], str] = field(default_factory=dict)
    _names: dict[int, str] = field(default_factory=dict)  # id of an edit in the history → digest

    # --- writing

    def save(self, record: str, fields: dict[str, Any]) -> Edit:
        """The next edit of the chain, saved: from here on it must not be lost."""
        self.serial += 1
        edit = {
            "stamp": self._next_stamp(),
            "serial": self.serial,
            "prev": self.prev,
            "kind": "inspection",
            "record": record,
            "fields": fields,
        }
        self.prev = self._keep(edit)
        return edit

    def forge(self, edit: Edit, **changes: Any) -> Edit:
        """Another edit under the stamp and the serial of this one, as a faulty phone makes it."""
        other = {**edit, **changes}
        self._keep(other)
        return other

    def clock_ms(self) -> int:
        """What this phone thinks the time is."""
        return time.time_ns() // 1_000_000 + self.habits.skew_ms

    def _keep(self, edit: Edit) -> str:
        digest = digest_of(edit)
        self._names[id(edit)] = digest
        self.outbox[digest] = edit
        self.history.add(Local(self.device, self.user, digest, edit))
        return digest

    def name_of(self, edit: Edit) -> str:
        """The digest of an edit that this phone made."""
        return self._names.get(id(edit)) or digest_of(edit)

    def _next_stamp(self) -> str:
        now_ms, (ms, counter) = self.clock_ms(), self._last
        self._last = (now_ms, 0) if now_ms > ms else (ms, counter + 1)
        if self._last[1] > 0xFFFF:
            self._last = (ms + 1, 0)
        return f"{self._last[0]:013d}-{self._last[1]:04x}-{self.device}"

    # --- sending

    def sync(self) -> bool:
        """Push all and pull all; False as soon as the line breaks or the server is busy."""
        while True:
            batch = self._batch()
            reply = self.push(batch)
            if reply is None:
                return False
            if not self.outbox and not reply["more"]:
                return True

    def push(self, batch: list[Edit], **more: Any) -> dict[str, Any] | None:
        """One round trip; None when its outcome is not known or the request failed whole."""
        self.history.add(Sent(self.device, tuple(self.name_of(edit) for edit in batch)))
        try:
            reply = self.ask_sync(batch, **more)
        except Broken as broken:
            self.history.add(Uncertain(self.device, str(broken)))
            return None
        if self.habits.believes_any_success and 200 <= reply.status < 300:
            self._forget(batch)
        if reply.status != 200:
            self.history.add(Uncertain(self.device, f"{reply.status} {reply.code}"))
            self._heed(reply)
            return None
        return self.take(batch, reply)

    def ask_sync(self, batch: list[Edit], **more: Any) -> Reply:
        """The bare request for a push, signed and with its digest."""
        payload = self.body_of(batch, **more)
        return self.wire.ask("POST", "/api/v1/sync", payload, self.headers(payload))

    def headers(self, payload: bytes) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Content-Digest": content_digest(payload),
        }

    def body_of(self, batch: list[Edit], **more: Any) -> bytes:
        body: dict[str, Any] = {"epoch": self.epoch, "cursor": self.cursor, "edits": batch}
        if batch:
            body["signature"] = self.sign(self.name_of(max(batch, key=lambda edit: edit["serial"])))
        return json.dumps({**body, **more}, ensure_ascii=False).encode()

    def sign(self, text: str) -> str:
        r, s = decode_dss_signature(self.key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return base64.b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode()

    def confirm_head(self, size: int) -> bool:
        """True when the server proves that its log begins with the one this phone saw."""
        headers = {"Authorization": f"Bearer {self.token}"}
        reply = self.wire.ask("GET", f"/api/v1/sync/consistency?size={size}", None, headers)
        if reply.status != 200:
            return False
        old, head = reply.json["old"], reply.json["head"]
        roots = bytes.fromhex(self.heads[size]), bytes.fromhex(head["hash"])
        proof = [bytes.fromhex(one) for one in reply.json["proof"]]
        same = old == {"size": size, "hash": self.heads[size]}
        return same and proof_holds(size, head["size"], *roots, proof)

    def end(self, photos_waiting: int = 0, *, is_current: bool = False) -> None:
        """Write down what this phone holds now; ``is_current``: it has pulled to the very end."""
        held = (frozenset(self.outbox), frozenset(self.arrived), frozenset(self.refused))
        pulled = dict(self.pulled) if is_current else None
        counts = (len(self.outbox), photos_waiting)
        self.history.add(End(self.device, self.user, *held, *counts, pulled))

    def _batch(self) -> list[Edit]:
        size, habits = self.habits.batch, self.habits
        waiting = list(self.outbox.values())
        start = size if len(waiting) > size and self.chance.random() < habits.overtakes else 0
        chosen = waiting[start : start + size]
        batch = [one for edit in chosen for one in self._maybe_twice(edit)]
        if self.chance.random() < habits.shuffles:
            self.chance.shuffle(batch)
        return batch

    def _maybe_twice(self, edit: Edit) -> Iterator[Edit]:
        yield edit
        if self.chance.random() < self.habits.repeats:
            yield edit

    # --- taking in the answer

    def take(self, batch: list[Edit], reply: Reply) -> dict[str, Any] | None:
        """Believe an answer only if it names exactly what was asked, in order; None otherwise."""
        try:
            body = reply.json
            named = [receipt["stamp"] for receipt in body["receipts"]]
        except (ValueError, KeyError, TypeError):
            self.history.add(Uncertain(self.device, "not an answer"))
            return None
        if named != [edit["stamp"] for edit in batch]:
            self.history.add(Uncertain(self.device, "other receipts than asked for"))
            return None
        self._meet_epoch(body["epoch"])
        self._take_receipts(batch, body)
        self._take_page(body)
        self._take_head(body["head"])
        return body

    def _take_head(self, head: dict[str, Any] | None) -> None:
        if head:
            self.heads[head["size"]] = head["hash"]
            self.history.add(SawHead(self.device, head["size"], head["hash"]))

    def _take_receipts(self, batch: list[Edit], body: dict[str, Any]) -> None:
        told: list[tuple[str, dict[str, Any]]] = []
        for edit, receipt in zip(batch, body["receipts"], strict=True):
            digest = self.name_of(edit)
            told.append((digest, receipt))
            if self.outbox.pop(digest, None) is None:
                continue
            if receipt["state"] != "refused":
                self.arrived[digest] = edit
            elif not self.habits.drops_refused:
                self.refused[digest] = edit
        self.missing, self.awaited = body["missing_serials"], body["awaited_photos"]
        self.last_receipts = body["receipts"]
        gaps = tuple((first, last) for first, last in self.missing)
        leaves = body["head"]["size"] if body["head"] else 0
        self.history.add(Told(self.device, tuple(told), gaps, leaves))

    def _take_page(self, body: dict[str, Any]) -> None:
        before, self.cursor = self.cursor, body["cursor"]
        for record in body["records"]:
            key = (record["kind"], record["record"])
            if record.get("gone"):
                self.pulled.pop(key, None)
                self._hashes.pop(key, None)
            else:
                self.pulled[key] = record["fields"]
                self._hashes[key] = hash_of(record["fields"])
        self.history.add(
            Pulled(
                self.device,
                self.user,
                before,
                body["cursor"],
                body["more"],
                tuple(body["records"]),
                "" if body["more"] else hash_of(sorted(self._hashes.items())),
            )
        )

    def _meet_epoch(self, epoch: str) -> None:
        if self.epoch not in (None, epoch):  # restored: offer everything again
            self.outbox = {**self.arrived, **self.refused, **self.outbox}
            self.arrived, self.refused = {}, {}
        self.epoch = epoch

    def _heed(self, reply: Reply) -> None:
        if reply.code == "cursor_invalid":
            self.cursor = None

    def _forget(self, batch: list[Edit]) -> None:
        for edit in batch:
            self.outbox.pop(self.name_of(edit), None)


def digest_of(edit: Edit) -> str:
    """The SHA-256 of the canonical form."""
    return hashlib.sha256(canonical_json(edit)).hexdigest()


def hash_of(value: Any) -> str:
    """A hash of what was pulled, to compare phones by."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()

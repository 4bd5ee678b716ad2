"""What one slice tells the slices above it without importing them."""

from __future__ import annotations

from blinker import Signal

# Sent as photo_verified.send(session, company=…, sha256=…, now_ms=…), inside the transaction
# that verifies it.
photo_verified = Signal("a photo's bytes are on the server and match their name")

# Sent as photo_damaged.send(session, company=…, sha256=…, now_ms=…), inside the transaction that
# marks it.
photo_damaged = Signal("a verified photo's bytes are gone or altered")

# Sent as inspection_complete.send(session, company=…, inspection=…) when every photo is there.
inspection_complete = Signal("a finished inspection has all of its photos")

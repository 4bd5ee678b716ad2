"""How often one address may try a secret. Addresses are counted in memory, never written."""

from __future__ import annotations

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address)

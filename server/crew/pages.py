"""The office's crew files."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("crew_pages", __name__, url_prefix="/office")

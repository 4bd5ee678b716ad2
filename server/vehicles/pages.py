"""The office's vehicle files."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("vehicles_pages", __name__, url_prefix="/office")

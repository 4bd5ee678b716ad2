"""The office's inspections: list, one record, review."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("inspection_pages", __name__, url_prefix="/office")

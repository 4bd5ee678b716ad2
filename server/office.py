"""The office as a whole: its frame, words and formats in every template."""

from __future__ import annotations

from flask import Flask


def register_office(app: Flask) -> None:
    """Give every office page its frame."""
    app.jinja_env.globals.update()

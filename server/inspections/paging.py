"""Addresses of pages that continue a list: the page's own path with another query."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import request


def here(**query: str | None) -> str:
    """This page's address with that query, empty values left out."""
    kept = {name: value for name, value in query.items() if value}
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def next_page(after: str | None, **query: str | None) -> str | None:
    """The address that continues the list, None at its end."""
    return here(**query, after=after) if after else None

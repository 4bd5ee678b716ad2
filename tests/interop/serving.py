"""The app as gunicorn starts it for the interoperability tests; MINGCHA_DATA says where."""

from __future__ import annotations

from flask import Flask

from server import create_app
from server.config import read_settings


def serve() -> Flask:
    return create_app(read_settings())

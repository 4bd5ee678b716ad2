"""Serves the phone app's built files under /app/."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, make_response, redirect, send_from_directory, url_for
from werkzeug.wrappers import Response as AnyResponse

from server.problems import Problem

DIST = Path(__file__).resolve().parent.parent / "pwa" / "dist"
YEAR_SECONDS = 31_536_000

app_shell = Blueprint("app_shell", __name__)


@app_shell.get("/")
def go_to_office() -> AnyResponse:
    """Who types the bare address in a browser sits at a desk."""
    return redirect("/office/")


@app_shell.get("/app")
def add_slash() -> AnyResponse:
    return redirect(url_for("app_shell.show_app"))


@app_shell.get("/app/")
def show_app() -> Response:
    """The shell is asked for anew each time, so that a new version is seen."""
    return _send("index.html", "no-cache")


@app_shell.get("/app/<path:name>")
def send_file(name: str) -> Response:
    """Built files carry a hash in their names and never change; the others are asked for anew."""
    hashed = name.startswith("assets/")
    return _send(name, f"public, max-age={YEAR_SECONDS}, immutable" if hashed else "no-cache")


def _send(name: str, cache: str) -> Response:
    if not (DIST / "index.html").is_file():
        raise Problem("not_found", "the phone app is not built; run: make run")
    reply = make_response(send_from_directory(DIST, name))
    reply.headers["Cache-Control"] = cache
    return reply

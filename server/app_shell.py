"""Serves the phone app's built files under /app/, compressed as the build left them."""

from __future__ import annotations

from pathlib import Path

from flask import (
    Blueprint,
    Response,
    current_app,
    make_response,
    redirect,
    request,
    send_from_directory,
    url_for,
)
from werkzeug.security import safe_join
from werkzeug.wrappers import Response as AnyResponse

from server.problems import Problem

DIST = Path(__file__).resolve().parent.parent / "pwa" / "dist"
YEAR_SECONDS = 31_536_000
# Best first: what the build writes beside a file, and the ending it gives it.
ENCODINGS = {"br": ".br", "gzip": ".gz"}

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
    dist = Path(current_app.config.get("APP_DIST", DIST))
    if not (dist / "index.html").is_file():
        raise Problem("not_found", "the phone app is not built; run: make run")
    if name.endswith(tuple(ENCODINGS.values())):
        # A compressed copy is another form of its file, not a file of its own.
        raise Problem("not_found")
    encoding = _choose_encoding(dist, name)
    held = name + ENCODINGS[encoding] if encoding else name
    # The type is that of the file itself, whichever copy is sent.
    reply = make_response(send_from_directory(dist, held, download_name=Path(name).name))
    if encoding:
        reply.headers["Content-Encoding"] = encoding
    reply.vary.add("Accept-Encoding")
    reply.headers["Cache-Control"] = cache
    return reply


def _choose_encoding(dist: Path, name: str) -> str | None:
    """The best encoding that the browser takes and the build wrote, or None for the file as is."""
    taken = request.accept_encodings
    for encoding in sorted(ENCODINGS, key=taken.quality, reverse=True):
        copy = safe_join(str(dist), name + ENCODINGS[encoding])
        if taken.quality(encoding) > 0 and copy and Path(copy).is_file():
            return encoding
    return None

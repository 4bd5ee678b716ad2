"""What every edge shares: the wiring of this app, the reader's language, headers, problems."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any, cast

import structlog
from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from gunicorn.http.body import Body
from gunicorn.http.errors import ParseException
from sqlalchemy.exc import InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from server.blobs import FolderBlobs
from server.clock import Clock
from server.config import Settings
from server.db import db
from server.problems import Problem
from server.words import choose_language

log = structlog.get_logger()

RETRY_AFTER_SECONDS = 2
# HTTP errors that Flask and its extensions raise by themselves, by status.
CODES = {
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "encoding_unknown",
    422: "request_invalid",
    429: "too_many_tries",
}
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self' blob:; media-src 'self' blob:; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Wiring:
    """What the composition root chose for this app."""

    settings: Settings
    clock: Clock
    blobs: FolderBlobs


def wiring() -> Wiring:
    return cast(Wiring, current_app.extensions["mingcha"])


def now_ms() -> int:
    """The app's clock, Unix ms."""
    return wiring().clock()


def language() -> str:
    """The reader's language: their choice (cookie), else the browser's, else zh-CN."""
    if "language" not in g:
        wanted = request.cookies.get("lang") or request.headers.get("Accept-Language")
        g.language = choose_language(wanted)
    return cast(str, g.language)


def json_reply(body: object, status: int = 200) -> Response:
    """A JSON answer with its own digest, so that a reader can see that it came whole."""
    payload = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    # Half a surrogate pair is told as its escape: JSON has a way to say what UTF-8 cannot.
    payload = payload.encode("utf-8", "backslashreplace")
    reply = Response(payload, status=status, mimetype="application/json")
    reply.headers["Content-Digest"] = content_digest(payload)
    return reply


def content_digest(payload: bytes) -> str:
    """RFC 9530: ``sha-256=:<base64>:``."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(payload).digest()).decode()}:"


def register_web(app: Flask) -> None:
    """Problem pages and JSON, security headers: the same for every route."""
    app.register_error_handler(Problem, _show_problem)
    app.register_error_handler(HTTPException, _show_http_error)
    app.register_error_handler(CSRFError, lambda _error: _show_problem(Problem("form_expired")))
    for unavailable in (OperationalError, InternalError, PoolTimeout):
        app.register_error_handler(unavailable, _show_database_error)
    app.register_error_handler(500, _show_bug)
    app.after_request(_add_headers)
    app.wsgi_app = _read_honestly(app.wsgi_app)


def _read_honestly(app: Any) -> Any:
    """The same app, told the truth about bodies: none cut short or badly framed reads as whole.

    gunicorn ends a body that was cut like one that is complete. Where a length was told, werkzeug
    counts when it is not promised an end, and answers 400 to what falls short.
    """

    def call(environ: dict[str, Any], start_response: Any) -> Any:
        if environ.get("CONTENT_LENGTH"):
            environ.pop("wsgi.input_terminated", None)
        if isinstance(environ["wsgi.input"], Body):
            environ["wsgi.input"] = _HonestBody(environ["wsgi.input"])
        return app(environ, start_response)

    return call


class _HonestBody:
    """A badly framed body reads like a line that was cut: the sender's fault, not ours."""

    def __init__(self, stream: Body) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        try:
            return self._stream.read(size)
        except ParseException as error:
            raise ConnectionError("the body's frame is broken") from error


def _show_problem(problem: Problem) -> Response:
    db.session.rollback()
    if request.path.startswith("/office"):
        page = render_template("problem.html", problem=problem.as_json(language()))
        return make_response(page, problem.status)
    reply = json_reply(problem.as_json(language()), problem.status)
    reply.mimetype = "application/problem+json"
    return reply


def _show_http_error(error: HTTPException) -> Response:
    if error.response is not None or (error.code or 500) < 400:
        return make_response(error.get_response())
    if (error.code or 500) >= 500:
        return _show_bug(error)
    fields: Any = getattr(error, "data", None)
    detail = json.dumps(fields.get("messages", ""), ensure_ascii=False) if fields else ""
    return _show_problem(Problem(CODES.get(error.code or 400, "body_malformed"), detail))


def _show_database_error(error: OperationalError | InternalError | PoolTimeout) -> Response:
    # A database that is locked, away, hung, or that ended the transaction (a deadlock, an idle
    # one, a standby) is a state, not a bug: what was asked is asked again, and counts once.
    log.warning("database_unavailable", error=str(getattr(error, "orig", None) or error))
    reply = _show_problem(Problem("server_busy"))
    reply.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return reply


def _show_bug(error: Exception) -> Response:
    log.error("bug", path=request.url_rule.rule if request.url_rule else "", error=repr(error))
    return _show_problem(Problem("internal"))


def _add_headers(reply: Response) -> Response:
    reply.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
    reply.headers.setdefault("X-Content-Type-Options", "nosniff")
    reply.headers.setdefault("Referrer-Policy", "no-referrer")
    reply.headers.setdefault("X-Frame-Options", "DENY")
    reply.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    reply.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self)")
    if wiring().settings.cookie_secure:
        reply.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if not request.path.startswith(("/app/", "/static/")):
        reply.headers.setdefault("Cache-Control", "no-store")
    return reply

"""The evidence log's head in the office: as it is, as it was signed each day, and on paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import segno
from flask import Blueprint, Response, render_template, request
from markupsafe import Markup

from server.accounts.auth import signed_in
from server.accounts.guard import guard, own_company
from server.db import db
from server.evidence.heads import (
    BadHead,
    HeadKey,
    HeadText,
    check_signed_head,
    list_signed,
    read_key,
    read_signed,
)
from server.evidence.store import read_head
from server.inspections.paging import here, next_page
from server.problems import Problem
from server.web import wiring

bp = Blueprint("head_pages", __name__, url_prefix="/office/evidence")
guard(bp)
PAGE = 60


@dataclass(frozen=True)
class Shown:
    """A signed head, and what its check says: good, other_key, signature or malformed."""

    head: HeadText
    verdict: str


@bp.get("")
def index() -> str:
    """The head now, and those that were signed, newest first."""
    user = signed_in("read_heads")
    found = list_signed(db.session, user.company, PAGE + 1, request.args.get("after"))
    key = read_key(wiring().settings.data_dir)
    shown = [Shown(head, _verdict(head, key)) for head in found[:PAGE]]
    after = shown[-1].head.day if len(found) > PAGE else None
    return render_template(
        "evidence/index.html",
        current=read_head(db.session, user.company),
        shown=shown,
        next_url=next_page(after),
        first_url=here(),
    )


@bp.get("/<day>")
def show(day: str) -> str:
    """One day's head to be printed: text, QR code, and what it is good for."""
    head = _read_own(day)
    key = read_key(wiring().settings.data_dir)
    return render_template(
        "evidence/head.html", head=head, verdict=_verdict(head, key), public_key=key.public
    )


@bp.get("/<day>.json")
def download(day: str) -> Response:
    """The signed text alone."""
    head = _read_own(day)
    reply = Response(f"{head.line}\n", mimetype="application/json")
    reply.headers["Content-Disposition"] = f"attachment; filename={head.day}.json"
    return reply


@bp.record_once
def _give_to_templates(state: Any) -> None:
    # Any report may show the newest head: see templates/evidence/mark.html.
    state.app.jinja_env.globals.update(newest_head=newest_head, draw_head=draw_head)


def newest_head() -> HeadText | None:
    """The own company's newest signed head; a print that bears it can be dated for good."""
    found = list_signed(db.session, own_company().id, 1)
    return found[0] if found else None


def draw_head(head: HeadText, scale: int = 3) -> Markup:
    """The QR code of a head's text, drawn inline: nothing is loaded, no style is needed."""
    drawn = segno.make(head.line, error="m", micro=False)
    # What segno draws holds nothing of the text but black and white squares.
    return Markup(drawn.svg_inline(scale=scale, border=4, svgclass="qr"))  # noqa: S704


def _read_own(day: str) -> HeadText:
    head = read_signed(db.session, signed_in("read_heads").company, day)
    if not head:
        raise Problem("not_found")
    return head


def _verdict(head: HeadText, key: HeadKey) -> str:
    try:
        check_signed_head(head.line, key.public)
    except BadHead as bad:
        return bad.code
    return "good"

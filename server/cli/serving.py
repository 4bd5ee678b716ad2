"""`mingcha serve`: everything a small installation needs, from one command."""

from __future__ import annotations

import http.client
import socket
import sys
import time

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.accounts.store import save_enrolment
from server.cli.children import Children, raised
from server.cli.demonstration import load_with_words
from server.cli.opening import list_companies, opened
from server.cli.people import enrolment_link
from server.cli.qr import draw_code
from server.cli.saying import Refused, both, tell
from server.config import Settings
from server.db import begin_write, db
from server.web import now_ms, wiring

HOST = "127.0.0.1"
START_SECONDS = 60.0
INSPECTOR_ROLES = ("inspector_fulltime", "inspector_social")


@click.command()
def serve() -> int:
    """运行网页与后台任务;首次运行载入演示公司 / Run everything; the first time with the demo."""
    started = time.monotonic()
    with opened():
        settings = wiring().settings
        _require_free_port(settings.port)
        if not list_companies(db.session):
            load_with_words()
        enrolment = _make_enrolment(db.session, settings)
    tell("starting")
    with raised(_commands(settings)) as children:
        if children.wait_until(lambda: _answers(settings.port), START_SECONDS):
            _show(settings, enrolment, time.monotonic() - started)
        elif children.asked is None and not children.find_dead():
            raise Refused("not_answering", seconds=int(START_SECONDS))
        return _end(children, children.wait())


def _commands(settings: Settings) -> dict[str, list[str]]:
    python = [sys.executable, "-m"]
    web = ["gunicorn", "--no-control-socket", "--log-level", "warning", "--graceful-timeout", "8"]
    size = ["--workers", str(settings.web_workers), "--threads", str(settings.web_threads)]
    # Loaded once and forked: quicker to start, and the workers share what they do not change.
    bind = ["--preload", "--worker-class", "gthread", "--bind", f"{HOST}:{settings.port}"]
    return {
        "web": [*python, *web, *size, *bind, "server:create_app()"],
        "worker": [*python, "server.cli", "worker"],
    }


def _require_free_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise Refused("port_taken", port=port, why=error) from error


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/api/v1/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _make_enrolment(session: Session, settings: Settings) -> tuple[str, str] | None:
    """An inspector's display name and a fresh link for one phone of theirs, or None."""
    begin_write(session)
    inspector = session.scalar(
        select(User)
        .where(User.role.in_(INSPECTOR_ROLES), User.active)
        .order_by(User.created_at_ms, User.name)
        .limit(1)
    )
    if not inspector:
        session.rollback()
        return None
    code = save_enrolment(session, inspector, now_ms(), settings.enrolment_hours)
    made = (inspector.display_name, enrolment_link(settings.base_url, code))
    session.commit()
    return made


def _show(settings: Settings, enrolment: tuple[str, str] | None, seconds: float) -> None:
    tell("ready", seconds=f"{seconds:.1f}")
    _show_place("office", f"{settings.base_url}/office/")
    tell("sign_in", mingcha=sys.argv[0])
    if enrolment:
        name, link = enrolment
        _show_place("phone", link)
        tell("phone_once", name=name, hours=settings.enrolment_hours)
        click.echo(draw_code(link), err=True)
    else:
        _show_place("phone", f"{settings.base_url}/app/")
        tell("no_inspector")


def _show_place(key: str, link: str) -> None:
    click.echo(f"\n{both(key)}: {link}", err=True)


def _end(children: Children, dead: str | None) -> int:
    """What the exit code says: 0 when asked to end, else the dead child's, never 0."""
    if dead is None:
        tell("stopping")
        return 0
    code = children.running[dead].returncode
    tell("child_died", name=dead, code=code)
    return code if code > 0 else 1

"""Loads the demo company and shows, this once, how to sign in to it."""

from __future__ import annotations

import sys
import time

import click

from server.cli.opening import list_companies, opened
from server.cli.saying import Refused, tell
from server.db import begin_write, db
from server.demo import load_demo
from server.web import now_ms, wiring


@click.command()
def demo() -> None:
    """在空数据库中载入演示公司 / Load the demo company into an empty database."""
    with opened():
        if list_companies(db.session):
            raise Refused("not_empty")
        load_with_words()


def load_with_words() -> None:
    """Load the demo company, saying what happens. First secrets are shown here, never again."""
    started = time.monotonic()
    tell("demo_loading")
    begin_write(db.session)
    loaded = load_demo(db.session, wiring().blobs, now_ms())
    db.session.commit()
    seconds = f"{time.monotonic() - started:.1f}"
    tell("demo_loaded", records=loaded.records, photos=loaded.photos, seconds=seconds)
    tell("first_secrets", mingcha=sys.argv[0])
    for seat in loaded.seats:
        click.echo(f"  {seat.name:<18} {seat.secret}   {seat.role} {seat.display_name}", err=True)

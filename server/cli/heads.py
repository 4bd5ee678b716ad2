"""`mingcha head`: today's signed head of the evidence log, or the key that it is checked with."""

from __future__ import annotations

import click

from server.cli.opening import choose_company, opened, opened_for_writing
from server.cli.people import in_company
from server.cli.saying import tell
from server.db import db
from server.evidence.heads import read_key
from server.heads.daily import put_outside, sign_today
from server.web import now_ms, wiring


@click.command()
@click.option("--key", is_flag=True, help="只打印公钥 / Print the public key instead.")
@in_company
def head(key: bool, company: str | None) -> None:
    """今日已签名的证据指纹,位于末行 / Today's signed head of the log, on the last line."""
    if key:
        with opened():
            found = read_key(wiring().settings.data_dir)
        tell("heads.key_is", fingerprint=found.fingerprint)
        click.echo(found.public)
        return
    with opened_for_writing() as (_, session):
        home = choose_company(session, company)
        settings = wiring().settings
        signed = sign_today(session, home, read_key(settings.data_dir), now_ms())
        name = home.name
        session.commit()
        failed = put_outside(db.session, settings, signed)
        tell("heads.head_is", company=name, day=signed.day, size=signed.size)
        click.echo(signed.line)
        if failed:
            tell("heads.not_outside", why="; ".join(failed))
            raise click.exceptions.Exit(1)

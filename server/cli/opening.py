"""Opens what commands work on: settings, app, a database with this release's tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    IntegrityError,
    ProgrammingError,
)
from sqlalchemy.orm import Session

from server import create_app
from server.accounts.models import Company, User
from server.accounts.store import read_user_by_name
from server.cli.saying import Refused, refuse_for, tell
from server.config import BadSetting, Settings, read_settings
from server.db import begin_write, db
from server.migrations import upgrade
from server.problems import Problem


def open_settings() -> Settings:
    """The settings, or a refusal that names the variable."""
    try:
        return read_settings()
    except BadSetting as error:
        raise Refused("bad_setting", why=error) from error
    except OSError as error:
        raise Refused("no_folder", why=error) from error


def open_app() -> Flask:
    """The app, or a refusal when its database's address leads nowhere."""
    settings = open_settings()
    try:
        return create_app(settings)
    except (ArgumentError, ModuleNotFoundError) as error:
        # The address may hold a password: only the reason is told.
        raise Refused("bad_database", why=error.args[0]) from error


@contextmanager
def opened() -> Iterator[Flask]:
    """The app over a migrated database, inside an app context."""
    app = open_app()
    with app.app_context():
        try:
            _migrate()
            yield app
        except Problem as problem:
            raise refuse_for(problem) from problem
        except DatabaseError as error:
            if isinstance(error, IntegrityError | ProgrammingError):
                raise  # a bug of ours; a file that is damaged raises none of these
            raise Refused("no_database", why=error.orig) from error
        finally:
            db.session.close()
            db.engine.dispose()


def _migrate() -> None:
    try:
        if upgrade():
            tell("migrated")
    except ProgrammingError as error:
        # The application's role on PostgreSQL may not change tables, and must not need to.
        raise Refused("not_migrated", why=str(error.orig).strip()) from error


@contextmanager
def opened_for_writing() -> Iterator[tuple[Flask, Session]]:
    """The same with a locked transaction, committed when the command's block ends well."""
    with opened() as app:
        begin_write(db.session)
        yield app, db.session
        db.session.commit()


def list_companies(session: Session) -> list[Company]:
    return list(session.scalars(select(Company).order_by(Company.created_at_ms, Company.id)))


def choose_company(session: Session, wanted: str | None) -> Company:
    """The company of that name or id; without either, the only one there is."""
    companies = list_companies(session)
    if wanted is not None:
        companies = [one for one in companies if wanted in (one.id, one.name, one.name_en)]
        if not companies:
            raise Refused("company_unknown", name=wanted)
    if not companies:
        raise Refused("company_none")
    if len(companies) > 1:
        raise Refused("company_several", names=", ".join(one.name for one in companies))
    return companies[0]


def choose_user(session: Session, name: str, wanted_company: str | None) -> User:
    """The active user of that name, in the company if one is named."""
    if wanted_company is None:
        users = list(session.scalars(select(User).where(User.name == name)))
    else:
        found = read_user_by_name(session, choose_company(session, wanted_company).id, name)
        users = [found] if found else []
    if not users:
        raise Refused("user_unknown", name=name)
    if len(users) > 1:
        raise Refused("user_several", name=name)
    if not users[0].active:
        raise Refused("user_inactive", name=name)
    return users[0]

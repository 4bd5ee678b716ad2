"""Brings the database to this release's tables, from wherever the package is installed."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from server.db import db


def upgrade() -> bool:
    """Bring the app's database up to date; False when nothing was to do. Needs an app context."""
    config = make_config()
    with db.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_heads()
    if set(present) == set(ScriptDirectory.from_config(config).get_heads()):
        return False
    command.upgrade(config, "head")
    return True


def make_config() -> Config:
    """Alembic's settings without a file: the scripts lie beside this one."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config

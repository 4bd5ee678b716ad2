"""Settings: every MINGCHA_* variable, read once into one frozen object."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from environs import Env, EnvError
from marshmallow.validate import Range

MIB = 1024 * 1024
TIME = Range(min=0.05)  # seconds; no time at all would mean endless time to PostgreSQL
# A data folder with this in it is only half restored: nothing may be started over it.
RESTORING = ".restoring"


class BadSetting(ValueError):
    """A MINGCHA_* variable holds something that cannot be used; the text says which and why."""


@dataclass(frozen=True)
class Settings:
    """What the whole product is configured by. Sizes are bytes, times are seconds."""

    data_dir: Path
    heads_dir: Path
    database_url: str
    database_connect_seconds: float
    database_statement_seconds: float
    database_lock_seconds: float
    database_idle_seconds: float
    secret_key: str
    base_url: str
    port: int
    cookie_secure: bool
    proxies: int
    web_workers: int
    web_threads: int
    sync_max_bytes: int
    sync_max_edits: int
    pull_page_records: int
    photo_max_bytes: int
    photo_max_pixels: int
    enrolment_hours: int
    upload_hours: int
    smtp_url: str
    mail_from: str
    heads_to: str
    refused_days: int
    check_bytes: int

    @property
    def photo_dir(self) -> Path:
        return self.data_dir / "photos"

    @property
    def upload_dir(self) -> Path:
        return self.data_dir / "uploads"


def read_settings(data_dir: Path | None = None) -> Settings:
    """Settings from the environment; makes the data folder and its secret on first use.

    ``data_dir`` stands in for MINGCHA_DATA: a restore prepares a folder before it takes its place.
    """
    try:
        return _read(Env(), data_dir or find_data_dir())
    except EnvError as error:
        raise BadSetting(str(error)) from error


def find_data_dir() -> Path:
    """Where the data folder is or would be; nothing is made."""
    env = Env()
    return Path(env.str("MINGCHA_DATA", "var")).resolve()


def _read(env: Env, data_dir: Path) -> Settings:
    if (data_dir / RESTORING).exists():
        raise BadSetting(f"{data_dir}: a restore was cut short here; run mingcha restore again")
    data_dir.mkdir(parents=True, exist_ok=True)
    port = env.int("PORT", 8000)
    return Settings(
        data_dir=data_dir,
        heads_dir=Path(env.str("MINGCHA_HEADS_DIR", str(data_dir / "heads"))).resolve(),
        database_url=env.str("MINGCHA_DATABASE_URL", f"sqlite:///{data_dir / 'mingcha.sqlite3'}"),
        database_connect_seconds=env.float("MINGCHA_DATABASE_CONNECT_SECONDS", 3.0, validate=TIME),
        database_statement_seconds=env.float(
            "MINGCHA_DATABASE_STATEMENT_SECONDS", 15.0, validate=TIME
        ),
        database_lock_seconds=env.float("MINGCHA_DATABASE_LOCK_SECONDS", 10.0, validate=TIME),
        database_idle_seconds=env.float("MINGCHA_DATABASE_IDLE_SECONDS", 60.0, validate=TIME),
        secret_key=env.str("MINGCHA_SECRET", "") or keep_secret(data_dir / "secret"),
        base_url=env.str("MINGCHA_BASE_URL", f"http://127.0.0.1:{port}").rstrip("/"),
        port=port,
        cookie_secure=env.bool("MINGCHA_COOKIE_SECURE", False),
        proxies=env.int("MINGCHA_PROXIES", 0),
        web_workers=env.int("MINGCHA_WEB_WORKERS", 2),
        web_threads=env.int("MINGCHA_WEB_THREADS", 32),
        sync_max_bytes=env.int("MINGCHA_SYNC_MAX_BYTES", 8 * MIB),
        sync_max_edits=env.int("MINGCHA_SYNC_MAX_EDITS", 500),
        pull_page_records=env.int("MINGCHA_PULL_PAGE_RECORDS", 250),
        photo_max_bytes=env.int("MINGCHA_PHOTO_MAX_BYTES", 20 * MIB),
        photo_max_pixels=env.int("MINGCHA_PHOTO_MAX_PIXELS", 50_000_000),
        enrolment_hours=env.int("MINGCHA_ENROLMENT_HOURS", 24),
        upload_hours=env.int("MINGCHA_UPLOAD_HOURS", 24 * 7),
        smtp_url=env.str("MINGCHA_SMTP_URL", ""),
        mail_from=env.str("MINGCHA_MAIL_FROM", "mingcha@localhost"),
        heads_to=env.str("MINGCHA_HEADS_TO", ""),
        refused_days=env.int("MINGCHA_REFUSED_DAYS", 30),
        check_bytes=env.int("MINGCHA_CHECK_BYTES", 20 * 1024 * MIB),
    )


def keep_secret(path: Path) -> str:
    """The data folder's own random secret: made once, readable by its owner only."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    return path.read_text(encoding="ascii").strip()

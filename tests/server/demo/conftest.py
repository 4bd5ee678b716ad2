"""The demo company, loaded once as `mingcha demo` loads it."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

import pytest
from flask import Flask

from server import create_app
from server.accounts.models import Company
from server.cli import main
from server.config import read_settings
from server.db import db


@dataclass(frozen=True)
class LoadedDemo:
    """The app over the demo company, and how its loading went."""

    app: Flask
    company: str
    said: str
    cpu_seconds: float


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoadedDemo]:
    """Read only: all tests of a file share it. Inside an app context."""
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MINGCHA_DATA", str(tmp_path_factory.mktemp("demo")))
        started = time.process_time()
        with redirect_stdout(io.StringIO()), redirect_stderr(said):
            with pytest.raises(SystemExit) as leaving:
                main(["demo"])
            assert leaving.value.code == 0, said.getvalue()
        seconds = time.process_time() - started
        app = create_app(read_settings())
        with app.app_context():
            company = db.session.query(Company).one().id
            yield LoadedDemo(app, company, said.getvalue(), seconds)
            db.session.close()
            db.engine.dispose()

"""How often one address may try a secret. A try is counted before the secret is looked at."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import structlog
from flask import request

from server.accounts.tries import Bound, Tries
from server.clock import HOUR_MS
from server.problems import Problem
from server.web import wiring

log = structlog.get_logger()

MINUTE_MS = 60_000
SIGN_IN = (Bound(10, MINUTE_MS), Bound(60, HOUR_MS))
ENROL = (Bound(30, MINUTE_MS),)


def count_try(what: str, bounds: tuple[Bound, ...]) -> Callable[[], None]:
    """Count a try by the address that asks; gives what takes it back when the secret was right.

    By address, so that nobody can lock somebody else out by name.
    """
    tries = Tries(wiring().settings.data_dir / "tries.sqlite3", wiring().clock)
    try:
        number = tries.count(what, request.remote_addr or "", bounds)
    except (sqlite3.Error, OSError) as error:
        # Who cannot be counted is not let in: a full disk must not open the door to guessing.
        log.warning("tries_uncounted", error=str(error))
        raise Problem("server_busy") from error
    if number is None:
        raise Problem("too_many_tries")
    return lambda: _forgive(tries, number)


def _forgive(tries: Tries, number: int) -> None:
    try:
        tries.forgive(number)
    except (sqlite3.Error, OSError) as error:
        log.warning("try_not_forgiven", error=str(error))

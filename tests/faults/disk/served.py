"""The server's side of the disk faults: a warm process that forks a server for every trial.

Requests come over a socket and leave over it (`sendto`, `recvfrom`), so that `write`, `fsync` and
their like are the product's own calls and can be counted, failed and killed one by one.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import pickle
import signal
import socket
import struct
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

from flask import Flask
from sqlalchemy import select

from server import create_app
from server.accounts import store as accounts
from server.accounts.models import Company
from server.cli import main as command
from server.config import read_settings
from server.db import begin_write, db
from server.migrations import upgrade
from server.photos.checking import check_photos
from tests.support.clock import HandClock
from tests.support.world import World, make_world

LENGTH = struct.Struct(">I")
CODES = 4


def main(handle: int) -> None:
    """Fork a server for each socket that comes over the control socket."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them but by their sockets
    control = socket.socket(fileno=handle)
    app = create_app(read_settings(), HandClock())
    while True:
        message, handles, _, _ = socket.recv_fds(control, 65536, 1)
        if not message:
            return
        child = os.fork()
        if child == 0:
            control.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            order = json.loads(message)
            if order["output"]:
                os.dup2(os.open(order["output"], os.O_RDWR), sys.stdout.fileno())
            if order["patch"]:
                plant(order["patch"])
            _serve(app, socket.socket(fileno=handles[0]))
            os._exit(0)
        os.close(handles[0])
        control.sendall(LENGTH.pack(child))


def plant(name: str) -> None:
    """Put in one of the bugs of ``planted``, in this process only."""
    getattr(importlib.import_module("tests.faults.disk.planted"), name)()


def receive(line: socket.socket) -> Any:
    """The next message; None when the other side is gone."""
    head = _receive_whole(line, LENGTH.size)
    body = _receive_whole(line, LENGTH.unpack(head)[0]) if head else None
    return pickle.loads(body) if body else None


def send(line: socket.socket, message: Any) -> None:
    """One message in one call, so that an answer counts as one event."""
    body = pickle.dumps(message)
    line.sendall(LENGTH.pack(len(body)) + body)


def _receive_whole(line: socket.socket, length: int) -> bytes | None:
    pieces = b""
    while len(pieces) < length:
        try:
            piece = line.recv(length - len(pieces))
        except ConnectionError:
            return None
        if not piece:
            return None
        pieces += piece
    return pieces


def _serve(app: Flask, line: socket.socket) -> None:
    while request := receive(line):
        if request["path"] in ORDERS:
            send(line, ORDERS[request["path"]](app))
            continue
        reply = app.test_client().open(
            request["path"],
            method=request["method"],
            headers=request["headers"],
            data=request["body"],
        )
        send(line, (reply.status, list(reply.headers), reply.get_data()))
    with app.app_context():
        db.session.close()
        db.engine.dispose()


def prepare(app: Flask) -> dict[str, Any]:
    """A company with an inspector, and codes to enrol phones with."""
    clock = HandClock()
    with app.app_context():
        upgrade()
        db.session.close()
    world: World = make_world(app, clock, "清源县乡村公交有限公司", "川B")
    user, _ = world.add_user("inspector", "inspector_fulltime")
    with app.app_context():
        begin_write(db.session)
        owner = accounts.read_user_by_name(db.session, world.company, user.name)
        assert owner
        codes = [accounts.save_enrolment(db.session, owner, clock(), 24) for _ in range(CODES)]
        db.session.commit()
    kept = {name: value for name, value in vars(world).items() if name not in ("app", "clock")}
    return {"world": kept, "codes": codes}


def verify(_app: Flask) -> tuple[int, str]:
    """What `mingcha verify` ends with, and says."""
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        try:
            command(["verify"])
        except SystemExit as ended:
            return int(ended.code or 0), said.getvalue()


def check(app: Flask) -> list[tuple[str, str]]:
    """Photos whose bytes are not as they were verified, and files that are nobody's."""
    with app.app_context():
        blobs = app.extensions["mingcha"].blobs
        company = db.session.scalars(select(Company.id)).one()
        found = [(one.sha256, one.problem) for one in check_photos(db.session, blobs, company)]
        db.session.close()
    return found


ORDERS: dict[str, Callable[[Flask], Any]] = {"prepare": prepare, "verify": verify, "check": check}

if __name__ == "__main__":
    main(int(sys.argv[1]))

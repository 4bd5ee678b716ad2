"""`mingcha serve` as a newcomer starts it, over a folder that has a company already."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.server.cli.terminal import Terminal

SECONDS = 60.0


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
    monkeypatch.setenv("PORT", str(found))
    monkeypatch.setenv("MINGCHA_WEB_WORKERS", "1")
    return found


@pytest.fixture
def serving(terminal: Terminal, port: int, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A started `mingcha serve` that answers."""
    terminal.last_line("user", "add", "巡查员甲", "--role", "inspector_fulltime")
    with (tmp_path / "said").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "server.cli", "serve"], stdout=said, stderr=said
        )
    try:
        assert wait_for(lambda: "Ready in" in (tmp_path / "said").read_text("utf-8"))
        yield process
    finally:
        process.kill()
        process.wait()
        assert wait_for(lambda: not answers(port))


def wait_for(is_true: Callable[[], bool]) -> bool:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if is_true():
            return True
        time.sleep(0.1)
    return False


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/api/v1/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def children_of(process: subprocess.Popen[bytes]) -> list[int]:
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(pid) for pid in listed]


def is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def test_it_answers_says_what_to_open_and_ends_both_when_asked(
    serving: subprocess.Popen[bytes], port: int, tmp_path: Path
) -> None:
    assert answers(port)
    said = (tmp_path / "said").read_text("utf-8")
    assert f"http://127.0.0.1:{port}/office/" in said
    assert f"http://127.0.0.1:{port}/app/#enrol=" in said
    children = children_of(serving)
    assert len(children) == 2
    serving.send_signal(signal.SIGTERM)
    assert serving.wait(SECONDS) == 0
    assert not any(is_alive(pid) for pid in children)
    assert not answers(port)


def test_when_a_process_dies_the_other_is_ended_and_the_exit_code_says_so(
    serving: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    children = children_of(serving)
    os.kill(children[1], signal.SIGKILL)
    assert serving.wait(SECONDS) == 1
    assert not any(is_alive(pid) for pid in children)
    assert "worker" in (tmp_path / "said").read_text("utf-8").splitlines()[-1]


def test_killed_outright_it_leaves_nobody_behind(serving: subprocess.Popen[bytes]) -> None:
    children = children_of(serving)
    serving.kill()
    assert wait_for(lambda: not any(is_alive(pid) for pid in children))


def test_a_port_in_use_is_named(terminal: Terminal, port: int) -> None:
    terminal.last_line("user", "add", "x", "--role", "hr")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        done = terminal.run("serve")
    assert done.code == 1
    assert str(port) in done.err

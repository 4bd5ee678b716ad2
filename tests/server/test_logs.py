"""A log that cannot be written holds nobody up and breaks nothing."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from server.logs import LONGEST_BYTES

PROGRAM = (
    "import structlog, sys; from server.logs import register_logs; register_logs();"
    "[structlog.get_logger().warning('line', number=n) for n in range(2000)];"
    "sys.stderr.write('went on')"
)


def run(output: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM],
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )


FAILURE = (
    "import structlog, sys; from server.logs import register_logs, send_lines;"
    "{way};"
    "log = structlog.get_logger();"
    "exec('def fail(secret_key):\\n    raise OSError(28, \"disk full\")');"
    'exec(\'try:\\n    fail("hunter2")\\nexcept OSError:\\n    log.exception("it_failed")\')'
)


@pytest.mark.parametrize("way", ["register_logs()", "send_lines(lambda: sys.stdout)"])
def test_a_failure_is_told_without_the_values_of_variables(way: str) -> None:
    program = FAILURE.format(way=way)
    said = subprocess.run(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, timeout=60, check=True
    ).stdout
    assert "it_failed" in said
    assert "disk full" in said
    assert "hunter2" not in said


def test_a_full_disk_loses_the_line_and_nothing_else() -> None:
    with Path("/dev/full").open("wb") as full:
        ended = run(full.fileno())
    assert (ended.returncode, ended.stderr) == (0, "went on")


def test_a_pipe_that_nobody_reads_is_not_waited_for() -> None:
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    began = time.monotonic()
    ended = run(writer)
    os.close(reader)
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (0, "went on")
    assert time.monotonic() - began < 30


def test_what_can_be_written_is_written_line_by_line() -> None:
    reader, writer = os.pipe()
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM.replace("2000", "3")],
        stdout=writer,
        stderr=subprocess.DEVNULL,
        timeout=60,
        check=True,
    )
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as lines:
        assert [f"number={n}" in line for n, line in enumerate(lines)] == [True] * 3
    assert ended.returncode == 0


def test_a_line_fits_into_what_a_ready_pipe_takes_at_once() -> None:
    assert os.pathconf("/", "PC_PIPE_BUF") >= LONGEST_BYTES

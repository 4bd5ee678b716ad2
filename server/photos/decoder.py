"""Asks a child process to look at photos, so that a hostile one harms nothing but itself."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from server.photos.decoding import ANSWER, CHECK, MAKE, TASK
from server.photos.pictures import Picture
from server.problems import Problem

log = structlog.get_logger()

MIB = 1024 * 1024
# Fifty million pixels are 200 MB a copy; the largest transparent WebP (measured) needs 1.2 GB.
MEMORY_BYTES = 2048 * MIB
CPU_SECONDS = 20
WALL_SECONDS = 60
GRACE_SECONDS = 10
PROGRAM = (sys.executable, "-I", str(Path(__file__).with_name("decoding.py")))


@dataclass
class Decoder:
    """One warm child of this process, started when first asked and again whenever it is gone.

    It takes one photo at a time. A photo that crashes it, or wants more memory or time than it
    may, is ``photo_too_hard``; when the child itself cannot be had, that is ``server_busy``.
    """

    program: tuple[str, ...] = PROGRAM
    memory_bytes: int = MEMORY_BYTES
    cpu_seconds: int = CPU_SECONDS
    wall_seconds: int = WALL_SECONDS
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _child: subprocess.Popen[bytes] | None = None
    _owner: int = 0

    def check_picture(self, content: bytes, max_pixels: int) -> Picture:
        """What the bytes are, decoded to the last line."""
        told, _ = self._ask(CHECK, content, max_pixels)
        media_type, width, height = told["picture"]
        return Picture(media_type, width, height)

    def make_pictures(self, content: bytes, max_pixels: int) -> dict[str, bytes]:
        """The smaller pictures, by name."""
        told, rest = self._ask(MAKE, content, max_pixels)
        made: dict[str, bytes] = {}
        for name, size in told["made"].items():
            made[name], rest = rest[:size], rest[size:]
        return made

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._end()

    def _ask(self, kind: int, content: bytes, max_pixels: int) -> tuple[dict[str, Any], bytes]:
        with self._lock:
            answer = self._try(kind, content, max_pixels)
            if answer is None:  # it may have been ended while it was idle
                answer = self._try(kind, content, max_pixels)
        if answer is None:
            raise Problem("server_busy", "decoder")
        line, _, rest = answer.partition(b"\n")
        told = json.loads(line)
        if "code" in told:
            raise Problem(told["code"], told["detail"])
        return told, rest

    def _try(self, kind: int, content: bytes, max_pixels: int) -> bytes | None:
        try:
            child = self._started()
            assert child.stdin  # noqa: S101
            child.stdin.write(TASK.pack(kind, max_pixels, len(content)))
            child.stdin.write(content)
            child.stdin.flush()
            return self._read_answer(child)
        except OSError as error:
            log.warning("decoder_gone", error=str(error))
            self._end()
            return None

    def _read_answer(self, child: subprocess.Popen[bytes]) -> bytes:
        assert child.stdout  # noqa: S101
        deadline = time.monotonic() + self.wall_seconds + GRACE_SECONDS
        (length,) = ANSWER.unpack(_read(child.stdout.fileno(), ANSWER.size, deadline))
        return _read(child.stdout.fileno(), length, deadline)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._owner != os.getpid():
            self._child = None  # a fork's parent keeps its own
        if self._child is None or self._child.poll() is not None:
            self._end()
            limits = (self.memory_bytes, self.cpu_seconds, self.wall_seconds)
            self._child = subprocess.Popen(  # noqa: S603
                [*self.program, *map(str, limits)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},  # it is told no setting and no secret
            )
            self._owner = os.getpid()
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None or self._owner != os.getpid():
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            # What was still on its way in has nobody to read it.
            with contextlib.suppress(OSError):
                if pipe:
                    pipe.close()


def _read(handle: int, length: int, deadline: float) -> bytes:
    """Exactly so many bytes; OSError when they do not come."""
    content = bytearray()
    while len(content) < length:
        ready, _, _ = select.select([handle], [], [], max(0.0, deadline - time.monotonic()))
        piece = os.read(handle, length - len(content)) if ready else b""
        if not piece:
            raise OSError("no answer")
        content += piece
    return bytes(content)


decoder = Decoder()
atexit.register(decoder.close)

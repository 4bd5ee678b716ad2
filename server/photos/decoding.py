"""The program that decodes photos apart from the server: one photo, one process, bounded.

Run by its path, so that nothing of the app comes along: it knows no secret, no database and no
folder. A task comes on standard input, its answer leaves on standard output. Whatever a hostile
photo does, it does to a process that was made for it and has no more than memory and time.
"""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import select
import signal
import struct
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

# What a task begins with: what to do, the most pixels, and how many bytes follow.
TASK = struct.Struct(">BQI")
# What an answer begins with: how many bytes follow.
ANSWER = struct.Struct(">I")
CHECK, MAKE = 1, 2
PIECE_BYTES = 1024 * 1024


def main(memory_bytes: int, cpu_seconds: int, wall_seconds: int) -> None:
    """Answer task after task until nobody asks any more."""
    serve(_load_pictures(), memory_bytes, cpu_seconds, wall_seconds)


def serve(pictures: Any, memory_bytes: int, cpu_seconds: int, wall_seconds: int) -> None:
    """``pictures`` is the module whose functions look at the bytes."""
    tasks, answers = sys.stdin.buffer, sys.stdout.buffer
    while head := _read_whole(tasks, TASK.size):
        kind, max_pixels, length = TASK.unpack(head)
        content = _read_whole(tasks, length)
        if content is None:
            return
        limits = (memory_bytes, cpu_seconds)
        answer = _decode_apart(pictures, kind, content, max_pixels, limits, wall_seconds)
        answers.write(ANSWER.pack(len(answer)) + answer)
        answers.flush()


def _decode_apart(
    pictures: Any,
    kind: int,
    content: bytes,
    max_pixels: int,
    limits: tuple[int, int],
    wall_seconds: int,
) -> bytes:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            for handle in (reader, sys.stdin.fileno(), sys.stdout.fileno()):
                os.close(handle)
            _limit(*limits)
            with open(writer, "wb") as file:  # noqa: PTH123
                file.write(_decode(pictures, kind, content, max_pixels))
            os._exit(0)
        finally:
            os._exit(1)
    os.close(writer)
    answer = _collect(reader, child, wall_seconds)
    os.close(reader)
    _, status = os.waitpid(child, 0)
    return _fate(answer, status)


def _limit(memory_bytes: int, cpu_seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def _decode(pictures: Any, kind: int, content: bytes, max_pixels: int) -> bytes:
    try:
        if kind == CHECK:
            seen = pictures.check_picture(content, max_pixels)
            return _answer({"picture": [seen.media_type, seen.width, seen.height]})
        made: dict[str, bytes] = pictures.make_pictures(content, max_pixels)
        sizes = {name: len(picture) for name, picture in made.items()}
        return _answer({"made": sizes}) + b"".join(made.values())
    except pictures.Unfit as unfit:
        return _problem(unfit.code, unfit.detail)
    except MemoryError:
        return _problem("photo_too_hard", "memory")


def _collect(reader: int, child: int, wall_seconds: int) -> bytes:
    """All that the child writes; it is ended when it takes too long."""
    deadline = time.monotonic() + wall_seconds
    pieces: list[bytes] = []
    while True:
        ready, _, _ = select.select([reader], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            os.kill(child, signal.SIGKILL)
            return b""
        piece = os.read(reader, PIECE_BYTES)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)


def _fate(answer: bytes, status: int) -> bytes:
    """What to say of a photo whose process ended so."""
    code = os.waitstatus_to_exitcode(status)
    if code == 0:
        return answer
    if code == -signal.SIGKILL:
        # Too little memory or time on this machine is no fault of the photo's: try again later.
        return _problem("server_busy", "decoder killed")
    return _problem("photo_too_hard", "crash" if code != -signal.SIGXCPU else "time")


def _answer(told: dict[str, Any]) -> bytes:
    return json.dumps(told).encode() + b"\n"


def _problem(code: str, detail: str) -> bytes:
    return _answer({"code": code, "detail": detail})


def _read_whole(file: BinaryIO, length: int) -> bytes | None:
    content = file.read(length)
    return content if len(content) == length else None


def _load_pictures() -> ModuleType:
    path = Path(__file__).with_name("pictures.py")
    spec = importlib.util.spec_from_file_location("pictures", path)
    if spec is None or spec.loader is None:
        raise ImportError(str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))

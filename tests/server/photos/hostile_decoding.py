"""The decoding program with pictures that do their worst when asked: run by its path in tests."""

from __future__ import annotations

import importlib.util
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

DECODING = Path(__file__).parents[3] / "server" / "photos" / "decoding.py"


def spin() -> None:
    while True:
        pass


# What a decoder with a hole in it might be made to do, by the bytes that do it.
MISDEEDS: dict[bytes, Callable[[], object]] = {
    b"crash": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    b"abort": os.abort,
    b"leave": lambda: os._exit(3),
    b"spin": spin,
    b"sleep": lambda: time.sleep(3600),
    b"eat": lambda: bytearray(1 << 40),
    b"kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    b"kill the warm one": lambda: os.kill(os.getppid(), signal.SIGKILL),
    b"write": lambda: Path(os.devnull).with_name("shm").joinpath("photo").write_bytes(b"x" * 10),
}


def load(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    pictures = load(DECODING.with_name("pictures.py"))
    honest = pictures.check_picture

    def check_picture(content: bytes, max_pixels: int) -> Any:
        MISDEEDS.get(content, int)()
        return honest(content, max_pixels)

    pictures.check_picture = check_picture
    load(DECODING).serve(pictures, *map(int, sys.argv[1:4]))

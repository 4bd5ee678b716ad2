"""Chromium as inspectors and office staff use it: real profiles, killed without warning."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Playwright

PHONE = {"width": 360, "height": 640}
OFFICE = {"width": 1366, "height": 768}
# What headless Chromium needs as root with no way out to the network.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def find_chromium() -> str | None:
    """The system's Chromium; None lets Playwright use its own."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def open_profile(
    playwright: Playwright, profile: Path, viewport: dict[str, int], **more: Any
) -> Iterator[BrowserContext]:
    """A browser on a profile folder that outlives it."""
    context = playwright.chromium.launch_persistent_context(
        str(profile),
        executable_path=find_chromium(),
        args=FLAGS,
        headless=True,
        viewport=viewport,  # type: ignore[arg-type]
        locale=more.pop("locale", "zh-CN"),
        timezone_id="Asia/Shanghai",
        **more,
    )
    try:
        yield context
    finally:
        if running(profile):
            context.close()


def running(profile: Path) -> list[int]:
    """The processes that were started on this profile, by their command lines."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if f"--user-data-dir={profile}".encode() in command:
                found.append(int(entry.name))
    return found


def kill_browser(profile: Path) -> None:
    """Kill the browser on this profile as a phone's system would: at once, with no goodbye."""
    for process in running(profile):
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            continue
    for _ in range(100):
        if not running(profile):
            return
        time.sleep(0.05)
    raise AssertionError("the browser does not die")

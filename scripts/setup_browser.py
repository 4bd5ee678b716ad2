"""A Chromium and Chinese fonts for the browser tests: the system's, else installed here."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from setup_steps import Failure, call, step

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def make_sure_of_browser(python: Path) -> bool:
    if find_chromium() or has_own_chromium(python):
        return False
    with step("installing Chromium for the browser tests"):
        if install_debian_packages("chromium") and find_chromium():
            return True
        try:
            call([str(python), "-m", "playwright", "install", "chromium"], "Playwright's Chromium")
        except Failure as failure:
            raise Failure(
                "The browser tests need Chromium: install it so that `chromium` is on the PATH."
            ) from failure
    return True


def find_chromium() -> str | None:
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def has_own_chromium(python: Path) -> bool:
    """Whether Playwright has fetched its own browser before."""
    asked = (
        "from playwright.sync_api import sync_playwright as start\n"
        "with start() as playwright: print(playwright.chromium.executable_path)"
    )
    executable = call([str(python), "-c", asked], "asking Playwright for its browser").strip()
    return Path(executable).exists()


def make_sure_of_fonts() -> bool:
    if sys.platform == "darwin" or has_chinese_font():
        return False
    with step("installing Chinese fonts for the browser tests"):
        install_debian_packages("fonts-noto-cjk", "fontconfig")
        if not has_chinese_font():
            raise Failure("The browser tests need a Chinese font: install Noto Sans CJK.")
    return True


def has_chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    return bool(call(["fc-list", ":lang=zh", "family"], "listing the fonts").strip())


def install_debian_packages(*names: str) -> bool:
    """Tries apt-get as root or through sudo without a password; tells whether it went through."""
    if not shutil.which("apt-get"):
        return False
    rights = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    if rights and not shutil.which("sudo"):
        return False
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *names]
    commands = [[*rights, "apt-get", "update"], [*rights, *install]]
    return all(
        subprocess.run(
            command, env=quietly, stdin=subprocess.DEVNULL, capture_output=True, check=False
        ).returncode
        == 0
        for command in commands
    )

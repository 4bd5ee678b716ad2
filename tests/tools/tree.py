"""The project's own files as the checks of the house rules read them."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def own_files() -> list[str]:
    """Paths of all files that are or may become part of a commit, relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = [name for name in listed.stdout.split("\0") if name]
    return sorted({name for name in names if (ROOT / name).is_file()})


def files_ending(*endings: str) -> list[str]:
    return [name for name in own_files() if name.endswith(endings)]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def texts() -> dict[str, str]:
    """Every file that is text, by name."""
    found = {}
    for name in own_files():
        content = (ROOT / name).read_bytes()
        if b"\0" not in content:
            found[name] = content.decode("utf-8", errors="replace")
    return found

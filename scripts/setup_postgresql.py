"""A PostgreSQL for the tests: the machine's own, else Debian's; without one its tests say so."""

import re
import shutil
from pathlib import Path

from setup_browser import install_debian_packages
from setup_steps import say, step

DEBIAN_HOME = Path("/usr/lib/postgresql")
NEEDED = ("initdb", "pg_ctl", "postgres")
MISSING = "PostgreSQL is not on this machine and could not be installed: no test of it has run."


def make_sure_of_postgresql(debian_home: Path = DEBIAN_HOME) -> bool:
    if find_postgresql(debian_home):
        return False
    with step("installing PostgreSQL for its tests"):
        install_debian_packages("postgresql")
    if find_postgresql(debian_home):
        return True
    # Its tests are skipped with these words, so nobody takes them for passed.
    say(MISSING)
    return False


def find_postgresql(debian_home: Path = DEBIAN_HOME) -> Path | None:
    """The folder with the newest PostgreSQL's programs: Debian's, else what is on the PATH."""
    folders = sorted(debian_home.glob("*/bin"), key=_version, reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    return next((folder for folder in folders if _is_whole(folder)), None)


def _version(folder: Path) -> int:
    digits = re.match(r"\d+", folder.parent.name)
    return int(digits.group()) if digits else 0


def _is_whole(folder: Path) -> bool:
    return all((folder / name).exists() for name in NEEDED)

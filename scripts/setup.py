"""Sets the project up, skipping each step whose inputs are as they were the last time."""

import argparse
import os
import re
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from setup_browser import make_sure_of_browser, make_sure_of_fonts
from setup_postgresql import make_sure_of_postgresql
from setup_steps import Failure, call, digest, is_stamped, say, step
from setup_tracing import make_sure_of_strace

ROOT = Path(__file__).resolve().parent.parent
PWA = ROOT / "pwa"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST_NODE = (20, 19)
LOCKS = {"run": ROOT / "requirements.lock", "test": ROOT / "requirements-dev.lock"}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/setup", description=__doc__)
    parser.add_argument("goal", choices=["run", "test"], nargs="?", default="run")
    goal = parser.parse_args(arguments).goal
    os.chdir(ROOT)
    started = time.monotonic()
    try:
        did_something = set_up(goal)
    except Failure as failure:
        print(f"Set-up stopped: {failure}", file=sys.stderr)
        return 1
    outcome = "finished" if did_something else "nothing has changed"
    say(f"{outcome} ({time.monotonic() - started:.1f} s)")
    return 0


def set_up(goal: str) -> bool:
    node_version = find_node()
    # Both at the same time: neither install needs the other, and each mostly waits.
    with ThreadPoolExecutor() as pool:
        python_packages = pool.submit(install_python_packages, goal)
        node_packages = pool.submit(install_node_packages, node_version)
        done = [python_packages.result(), node_packages.result()]
    done.append(build_phone_app())
    if goal == "test":
        done += [make_sure_of_browser(PYTHON), make_sure_of_fonts(), make_sure_of_postgresql()]
        done += [make_sure_of_strace()]
    return any(done)


def find_node() -> str:
    if not shutil.which("node") or not shutil.which("npm"):
        raise Failure("Mingcha needs Node.js 20.19 or newer, with npm, on the PATH.")
    version = call(["node", "--version"], "asking Node.js for its version").strip()
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:2])
    if numbers < OLDEST_NODE:
        raise Failure(f"Mingcha needs Node.js 20.19 or newer, and this is {version}.")
    return version


def install_python_packages(goal: str) -> bool:
    make_venv()
    stamps = {name: VENV / f".installed-{name}" for name in LOCKS}
    inputs = {name: digest([lock, ROOT / "pyproject.toml"]) for name, lock in LOCKS.items()}
    # What the tests need holds all that the server needs, so its stamp answers for both.
    if any(is_stamped(stamps[name], inputs[name]) for name in {goal, "test"}):
        return False
    with step("installing the Python packages"):
        put_uv_in()
        uv = [str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--python", str(PYTHON)]
        call([*uv, "--require-hashes", "-r", str(LOCKS[goal])], "Installing the Python packages")
        call([*uv, "--no-deps", "--no-build-isolation", "-e", "."], "Installing Mingcha itself")
    stamps[goal].write_text(inputs[goal])
    return True


def make_venv() -> None:
    version = ".".join(map(str, sys.version_info[:2]))
    if PYTHON.exists() and (VENV / f"lib/python{version}").is_dir():
        return
    with step(f"making .venv with Python {version}"):
        try:
            call([sys.executable, "-m", "venv", "--clear", str(VENV)], "Making .venv")
        except Failure as failure:
            raise Failure(
                f"{failure}\nOn Debian and Ubuntu this needs the package python3-venv."
            ) from failure


def put_uv_in() -> None:
    """Installs the one version of uv that the lock file names, checked by its hash."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as pin:
        pin.write(read_pin("uv"))
        pin.flush()
        pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        call([*pip, "--require-hashes", "-r", pin.name], "Installing uv")


def read_pin(name: str) -> str:
    lock = LOCKS["run"]
    found = re.search(rf"^{name}==(?:.*\\\n)*.*$", lock.read_text(), re.MULTILINE)
    if not found:
        raise Failure(f"{lock.name} pins no {name}; `make lock` writes it anew.")
    return found.group()


def install_node_packages(node_version: str) -> bool:
    inputs = digest([PWA / "package-lock.json", PWA / "package.json", PWA / ".npmrc"], node_version)
    stamp = PWA / "node_modules" / ".installed"
    if is_stamped(stamp, inputs):
        return False
    with step("installing the npm packages"):
        call(["npm", "ci", "--prefix", str(PWA)], "Installing the npm packages")
    stamp.write_text(inputs)
    return True


def build_phone_app() -> bool:
    sources = [PWA / "index.html", PWA / "vite.config.ts", PWA / "package-lock.json"]
    for folder in ("src", "public", "build"):
        sources += [path for path in (PWA / folder).rglob("*") if ".test." not in path.name]
    inputs = digest(path for path in sources if path.is_file())
    stamp = PWA / "node_modules" / ".built"
    if (PWA / "dist" / "index.html").exists() and is_stamped(stamp, inputs):
        return False
    with step("building the phone app"):
        call(["npm", "run", "--silent", "--prefix", str(PWA), "build"], "Building the phone app")
    stamp.write_text(inputs)
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Both lock files pin everything by hash and hold no address to download from."""

import json
import re
import tomllib
from typing import Any

import pytest

from tests.tools.tree import read

LOCKS = ("requirements.lock", "requirements-dev.lock")
PIN = re.compile(r"^([a-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)


def pins(lock: str) -> dict[str, str]:
    return dict(PIN.findall(read(lock)))


def npm_packages() -> dict[str, dict[str, Any]]:
    packages = json.loads(read("pwa/package-lock.json"))["packages"]
    return {path: package for path, package in packages.items() if path}


def plain_name(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement)[0].lower()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_python_pin_carries_a_hash_and_no_address(lock: str) -> None:
    text = read(lock)
    entries = re.split(r"\n(?=\S)", text.strip())
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text
    assert "--index" not in text


def test_what_the_server_needs_is_pinned_alike_in_both_locks() -> None:
    server, everything = (pins(lock) for lock in LOCKS)
    assert {name: everything.get(name) for name in server} == server


def test_everything_that_pyproject_asks_for_is_pinned() -> None:
    project = tomllib.loads(read("pyproject.toml"))
    groups = project["dependency-groups"]
    server = [*project["project"]["dependencies"], *groups["setup"]]
    assert {plain_name(one) for one in server} <= pins(LOCKS[0]).keys()
    assert {plain_name(one) for one in [*server, *groups["dev"]]} <= pins(LOCKS[1]).keys()


def test_every_npm_package_carries_a_hash_and_no_address() -> None:
    packages = npm_packages()
    assert packages
    assert [path for path, package in packages.items() if "integrity" not in package] == []
    assert [path for path, package in packages.items() if "resolved" in package] == []


def test_the_npm_lock_serves_every_platform() -> None:
    # A lock made where a registry lacks one platform's part makes `npm ci` fail everywhere.
    packages = npm_packages()
    missing = [
        (path, part)
        for path, package in packages.items()
        for part in package.get("optionalDependencies", {})
        if f"node_modules/{part}" not in packages
    ]
    assert missing == []

"""The import rules that no tool checks for us: the pure Python engine and the phone's layers."""

import ast
import posixpath
import re
import sys

from tests.tools.tree import files_ending, read

# Clock, chance and the outside world: their results come to the engine as arguments.
IMPURE = {
    "asyncio", "datetime", "http", "io", "os", "pathlib", "random", "secrets", "shutil",
    "socket", "sqlite3", "subprocess", "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip

# What each part of the phone app may import, besides itself.
PHONE = {
    "core": set(),
    "photo": {"core"},
    "store": {"core", "photo"},
    "net": {"core", "store", "photo"},
    "sw": {"core"},
    "ui": {"core", "store", "net", "photo"},
}
IMPORT = re.compile(r"""(?:\bfrom|\bimport|\bimport\()\s*["'](\.{1,2}/[^"'?]+)""")


def python_imports(source: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return {name.split(".")[0] for name in names}


def part_of(name: str) -> str | None:
    """The part of the phone app that a file belongs to; None for main.ts and what is outside."""
    within = re.match(r"pwa/src/(\w+)/", name)
    return within.group(1) if within else None


def forbidden_imports(name: str, source: str) -> list[str]:
    part = part_of(name)
    if part is None:
        return []
    folder = posixpath.dirname(name)
    wanted = [posixpath.normpath(posixpath.join(folder, path)) for path in IMPORT.findall(source)]
    allowed = PHONE[part] | {part}
    return [path for path in wanted if path.startswith("pwa/src/") and part_of(path) not in allowed]


def test_the_engine_uses_the_standard_library_and_nothing_of_the_outside_world() -> None:
    engine = [name for name in files_ending(".py") if name.startswith("sync/")]
    allowed = (sys.stdlib_module_names - IMPURE) | {"sync"}
    found = {name: wrong for name in engine if (wrong := python_imports(read(name)) - allowed)}
    assert engine
    assert found == {}


def test_the_parts_of_the_phone_app_import_downwards_only() -> None:
    # A test stands beside its source and may look at whatever shows that it works.
    sources = [name for name in files_ending(".ts", ".tsx") if ".test." not in name]
    found = {name: wrong for name in sources if (wrong := forbidden_imports(name, read(name)))}
    assert found == {}


def test_an_import_that_points_up_is_found() -> None:
    upwards = 'import { App } from "../ui/app.tsx";\nimport "./db.ts";'
    assert forbidden_imports("pwa/src/store/edits.ts", upwards) == ["pwa/src/ui/app.tsx"]
    lazily = 'const { App } = await import("../ui/app.tsx");'
    assert forbidden_imports("pwa/src/sw/index.ts", lazily) == ["pwa/src/ui/app.tsx"]
    assert python_imports("import os.path\nfrom flask import g") == {"os", "flask"}

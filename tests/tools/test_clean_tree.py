"""What a commit must not hold: addresses of registries, paths of one machine, unfinished parts."""

import re

import pytest

from tests.tools.tree import own_files, texts

# Put together here, so that this file is no finding of its own.
REGISTRIES = re.compile(
    "|".join(
        [
            "npm" + r"js\.(org|com)",
            "py" + r"pi\.org",
            "python" + "hosted",
            "deb" + r"\.debian",
            "repo" + r"\.maven",
            "crates" + r"\.io",
        ]
    )
)
MACHINE_PATHS = re.compile(r"(^|[^A-Za-z0-9_.])/(" + "work|farm|root|home/[a-z]+" + r")/[A-Za-z.]")
UNFINISHED = re.compile(
    "|".join(
        [
            "TO" + "DO",
            "FIX" + "ME",
            "NotImplemented" + "Error",
            r"pytest\.mark\." + r"skip\b",
            r"pytest\." + r"skip\(",
            r"\bx" + r"it\(",
            r"\b(it|test|describe)\." + r"(skip|only|todo)\b",
        ]
    )
)
# The one thing that a machine may lack and no set-up can always install; its words say so.
SKIPPED = re.compile(r"tests/support/databases\.py:\d+: pytest\." + r"skip\(MISSING\)")
MADE_HERE = re.compile(r"(^|/)(node_modules|dist|\.venv|var|__pycache__)/|\.(sqlite3?|db|pyc)$")
SECRETS = re.compile("BEGIN " + r"[A-Z ]*PRIVATE KEY|(A" + "KIA[0-9A-Z]{16})")


def findings(pattern: re.Pattern[str], endings: tuple[str, ...] = ("",)) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts().items()
        if name.endswith(endings)
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_file_names_a_package_registry() -> None:
    assert findings(REGISTRIES) == []


def test_no_file_holds_a_path_of_one_machine() -> None:
    assert findings(MACHINE_PATHS) == []


def test_nothing_is_left_unfinished_or_skipped() -> None:
    found = findings(UNFINISHED, (".py", ".ts", ".tsx", ".js", ".mjs"))
    assert [one for one in found if not SKIPPED.fullmatch(one)] == []


def test_no_file_holds_a_private_key() -> None:
    assert findings(SECRETS) == []


def test_nothing_that_is_made_here_is_kept() -> None:
    assert [name for name in own_files() if MADE_HERE.search(name)] == []


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (REGISTRIES, "https://registry.npm" + "js.org/preact"),
        (MACHINE_PATHS, 'open("/root' + '/secret")'),
        (UNFINISHED, "# TO" + "DO later"),
        (UNFINISHED, "test.sk" + "ip('never')"),
        (MADE_HERE, "pwa/dist/index.html"),
        (SECRETS, "-----BEGIN " + "PRIVATE KEY-----"),
    ],
)
def test_what_is_forbidden_is_recognised(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)

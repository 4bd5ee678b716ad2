"""The first line of each file says what the file is for."""

import re

import pytest

from tests.tools.tree import files_ending, own_files, read

OPENINGS = {
    ".py": ('"""', "#"),
    ".ts": ("//", "/*"),
    ".tsx": ("//", "/*"),
    ".mjs": ("//", "/*"),
    ".js": ("//", "/*"),
    ".css": ("/*",),
    ".html": ("{#", "<!--"),
    ".toml": ("#",),
}
WITHOUT_ENDING = ("Makefile", "Procfile", ".ci/run", ".gitignore", "scripts/setup")
# What a file type demands of its own first line; the purpose then stands on the second.
DEMANDED = re.compile(r"#!|<!doctype html>", re.IGNORECASE)


def says_what_it_is_for(text: str, openings: tuple[str, ...]) -> bool:
    lines = [line for line in text.splitlines()[:2] if not DEMANDED.match(line)]
    opening = next((mark for mark in openings if lines and lines[0].startswith(mark)), None)
    return opening is not None and len(lines[0][len(opening) :].strip(' "-*/#}>{')) >= 10


@pytest.mark.parametrize("ending", OPENINGS)
def test_the_first_line_says_what_the_file_is_for(ending: str) -> None:
    # An empty __init__.py only marks a folder as a package.
    contents = {name: read(name) for name in files_ending(ending)}
    silent = [
        name
        for name, text in contents.items()
        if text.strip() and not says_what_it_is_for(text, OPENINGS[ending])
    ]
    assert silent == []


def test_files_without_an_ending_say_it_too() -> None:
    present = [name for name in WITHOUT_ENDING if name in own_files()]
    assert present == list(WITHOUT_ENDING)
    assert [name for name in present if not says_what_it_is_for(read(name), ("#",))] == []


def test_a_file_that_starts_with_code_is_found() -> None:
    assert not says_what_it_is_for("import os\n", OPENINGS[".py"])
    assert not says_what_it_is_for("#!/bin/sh\nset -eu\n", ("#",))
    assert not says_what_it_is_for('"""Things."""\n', OPENINGS[".py"])
    assert says_what_it_is_for("#!/bin/sh\n# Makes everything ready.\n", ("#",))

"""The product's words in zh-CN and en: one JSON file per area, both languages side by side."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

LANGUAGES = ("zh-CN", "en")
DEFAULT_LANGUAGE = "zh-CN"


@cache
def read_words() -> dict[str, dict[str, str]]:
    """Every word by its key, ``area.name`` → language → text."""
    words: dict[str, dict[str, str]] = {}
    for file in resources.files(__name__).iterdir():
        if file.name.endswith(".json"):
            area = file.name.removesuffix(".json")
            entries = json.loads(file.read_text(encoding="utf-8"))
            words.update({f"{area}.{name}": texts for name, texts in entries.items()})
    return words


def say(language: str, key: str, **values: object) -> str:
    """The text of ``key`` in that language, ``{name}`` places filled from ``values``."""
    text = read_words()[key][language]
    return text.format(**values) if values else text


def choose_language(wanted: str | None) -> str:
    """The product's language nearest to a cookie's or header's wish; zh-CN when in doubt."""
    return "en" if wanted and wanted.strip().lower().startswith("en") else DEFAULT_LANGUAGE

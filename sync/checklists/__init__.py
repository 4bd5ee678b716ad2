"""The checklists that ship with the product; reading them is reading our own package."""

from functools import cache
from importlib.resources import files
from typing import Any

from sync.checklist import Checklist, load_checklist_body, parse_checklist

NINE_POINTS = "nine-points@2026.1"


def bundled_body(checklist_id: str) -> dict[str, Any]:
    """The JSON form, fresh for every caller; raises FileNotFoundError for an unknown id."""
    name = f"{checklist_id.replace('@', '-')}.json"
    return load_checklist_body(files(__name__).joinpath(name).read_bytes())


@cache
def bundled_checklist(checklist_id: str) -> Checklist:
    """The typed form; one frozen object for all callers."""
    return parse_checklist(bundled_body(checklist_id))

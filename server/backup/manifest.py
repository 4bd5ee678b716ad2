"""The manifest of a generation: what it holds, each part by hash, and the hash of itself."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

from server.backup.content import Bad
from server.backup.facts import CompanyFacts, Facts
from server.backup.folder import MANIFEST
from server.backup.trouble import BackupTrouble
from server.blobs import write_whole
from server.clock import format_instant
from sync.canonical import canonical_json, digest

# A reader refuses a format that it does not know rather than guess.
FORMAT = 1
_PIECE = 1024 * 1024


def describe(generation: Path, facts: Facts, bad: list[Bad], at_ms: int) -> None:
    """Write the manifest of all files that lie in the generation's folder by now."""
    files = sorted(path for path in generation.rglob("*") if path.is_file())
    content: dict[str, Any] = {
        "format": FORMAT,
        "product": "mingcha",
        "version": version("mingcha"),
        "schema": facts.schema,
        "made_at": format_instant(at_ms),
        "database": facts.kind,
        "files": {str(path.relative_to(generation)): _entry(path) for path in files},
        "companies": [_company(one) for one in facts.companies],
        "photos": {
            "count": len(facts.photos),
            "size_bytes": sum(size for _, _, size in facts.photos),
            "bad": [{"company": b.company, "sha256": b.sha256, "why": b.why} for b in bad],
        },
    }
    content["sha256"] = digest(content)
    write_whole(generation / MANIFEST, canonical_json(content))


def read_manifest(generation: Path) -> dict[str, Any]:
    """The manifest, after it and every file that it names were found to be what was written."""
    try:
        content: Any = json.loads((generation / MANIFEST).read_bytes())
        claimed = content.pop("sha256")
        known = content["format"]
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise BackupTrouble("manifest_damaged", name=generation.name) from error
    if known != FORMAT:
        raise BackupTrouble("format_unknown", name=generation.name, format=known)
    if digest(content) != claimed:
        raise BackupTrouble("manifest_damaged", name=generation.name)
    for name, entry in content["files"].items():
        if not (generation / name).is_file() or _entry(generation / name) != entry:
            raise BackupTrouble("file_damaged", name=generation.name, file=name)
    return content


def _entry(path: Path) -> dict[str, Any]:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            found.update(piece)
    return {"sha256": found.hexdigest(), "size_bytes": path.stat().st_size}


def _company(one: CompanyFacts) -> dict[str, Any]:
    head = {"size": one.head.size, "hash": one.head.hash} if one.head else None
    return {"id": one.id, "epoch": one.epoch, "head": head, "rows": one.counts}

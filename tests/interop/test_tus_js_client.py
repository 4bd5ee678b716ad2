"""tus-js-client, unchanged, uploads photos byte for byte."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import Server
from tests.support.drawing import sha256_of
from tests.support.phone import Phone

SCRIPT = Path(__file__).with_name("upload.mjs")
Send = Callable[..., dict[str, Any]]
Kept = Callable[[bytes], bytes | None]


@pytest.fixture
def send(server: Server, inspector: Phone, tmp_path: Path) -> Send:
    """Run tus-js-client on these bytes; what it said at the end."""

    def run(content: bytes, sha256: str = "", stop_at: int = 0, **options: Any) -> dict[str, Any]:
        file = tmp_path / "photo"
        file.write_bytes(content)
        wanted = {
            "endpoint": f"{server.url}/api/v1/uploads",
            "token": inspector.token,
            "file": str(file),
            "sha256": sha256 or sha256_of(content),
            "stop_at": stop_at,
            "options": options,
        }
        command = ["node", str(SCRIPT), json.dumps(wanted)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
        return json.loads(done.stdout)

    return run


def test_it_uploads_in_every_way_it_knows(
    send: Send, photo: bytes, read_kept: Kept, subtests: pytest.Subtests
) -> None:
    ways: list[dict[str, Any]] = [
        {},
        {"chunkSize": 50_000},
        {"uploadDataDuringCreation": True},
        {"uploadDataDuringCreation": True, "chunkSize": 100_001},
        {"overridePatchMethod": True, "chunkSize": 70_000},
    ]
    for number, options in enumerate(ways):
        with subtests.test(options=options):
            another = photo + bytes([number])
            assert send(another, **options)["kind"] == "sent"
            assert read_kept(another) == another
            assert send(another, **options)["kind"] == "sent"  # a phone enrolled anew sends again


def test_it_resumes_where_it_stopped(send: Send, photo: bytes, read_kept: Kept) -> None:
    stopped = send(photo, stop_at=100_000, chunkSize=50_000)
    assert (stopped["kind"], stopped["accepted"]) == ("stopped", 100_000)
    assert read_kept(photo) is None
    resumed = send(photo, uploadUrl=stopped["url"])
    assert resumed == {"kind": "sent", "url": stopped["url"]}
    assert read_kept(photo) == photo


def test_it_hears_that_a_photo_is_refused(send: Send, photo: bytes) -> None:
    assert send(photo, sha256="0" * 64, retryDelays=[])["status"] == 422
    assert send(b"<html>" * 100, retryDelays=[])["status"] == 422
    too_large = send(bytes(20 * 1024 * 1024 + 1), retryDelays=[])
    assert too_large["status"] == 413

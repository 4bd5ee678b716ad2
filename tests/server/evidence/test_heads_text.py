"""A signed head is one line that anybody with the public key can check, with openssl too."""

from __future__ import annotations

import base64
import json
import subprocess
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from server.evidence.heads import BadHead, HeadText, check_signed_head, read_key, sign_head
from server.evidence.store import Head
from sync.canonical import canonical_json

AT_MS = 1_763_600_000_123
LOG = Head(4711, "ab" * 32)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def head(data: Path) -> HeadText:
    return sign_head(read_key(data), "company-1", "2025-11-20", "epoch-1", LOG, AT_MS)


def test_the_line_is_checked_with_the_public_key_alone(data: Path, head: HeadText) -> None:
    public = read_key(data).public
    assert check_signed_head(head.line, public) == head
    assert check_signed_head(f"{head.line}\n", public) == head
    assert json.loads(head.line)["at"] == "2025-11-20T00:53:20.123Z"
    assert "\n" not in head.line


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("company", "company-2"),
        ("day", "2025-11-21"),
        ("epoch", "epoch-2"),
        ("size", 4712),
        ("hash", "cd" * 32),
        ("at", "2025-11-20T00:53:20.124Z"),
    ],
)
def test_no_field_can_be_changed(data: Path, head: HeadText, field: str, other: object) -> None:
    forged = replace(head, **{field: other})
    with pytest.raises(BadHead) as refusal:
        check_signed_head(forged.line, read_key(data).public)
    assert refusal.value.code == "signature"


def test_another_installations_head_is_told_apart(tmp_path: Path, head: HeadText) -> None:
    with pytest.raises(BadHead) as refusal:
        check_signed_head(head.line, read_key(tmp_path / "other").public)
    assert refusal.value.code == "other_key"


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", "not a head", "[" * 100_000, '{"size": 1}', "\ud800"]
)
def test_what_is_no_head_is_malformed(data: Path, text: str) -> None:
    with pytest.raises(BadHead) as refusal:
        check_signed_head(text, read_key(data).public)
    assert refusal.value.code == "malformed"


def test_a_head_has_one_text_only(data: Path, head: HeadText) -> None:
    fields = asdict(head)
    written_otherwise = [
        json.dumps(fields),
        json.dumps(dict(reversed(fields.items())), separators=(",", ":")),
        canonical_json({**fields, "more": 1}).decode(),
        canonical_json({**fields, "size": "4711"}).decode(),
        canonical_json({**fields, "size": True}).decode(),
    ]
    for text in written_otherwise:
        with pytest.raises(BadHead) as refusal:
            check_signed_head(text, read_key(data).public)
        assert refusal.value.code == "malformed"


@pytest.mark.parametrize("key", ["", "nonsense", base64.b64encode(b"x" * 44).decode()])
def test_a_key_that_is_none_is_said_to_be_another(head: HeadText, key: str) -> None:
    with pytest.raises(BadHead) as refusal:
        check_signed_head(head.line, key)
    assert refusal.value.code == "other_key"


def test_the_key_is_made_once_and_for_its_owner_only(data: Path) -> None:
    first, second = read_key(data), read_key(data)
    assert first.public == second.public
    assert first.fingerprint == second.fingerprint
    assert [path.name for path in data.iterdir()] == ["head_key.pem"]
    assert (data / "head_key.pem").stat().st_mode & 0o777 == 0o600


def test_openssl_comes_to_the_same_verdict(data: Path, head: HeadText, tmp_path: Path) -> None:
    fields = asdict(head)
    signature = base64.b64decode(fields.pop("signature"))
    middle = read_key(data).public
    pem = f"-----BEGIN PUBLIC KEY-----\n{middle}\n-----END PUBLIC KEY-----\n"
    parts = {"key.pem": pem.encode(), "text": canonical_json(fields), "signature": signature}
    for name, content in parts.items():
        (tmp_path / name).write_bytes(content)
    order = "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in text -sigfile signature"
    done = subprocess.run(order.split(), cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    (tmp_path / "text").write_bytes(parts["text"].replace(b"4711", b"4712"))
    again = subprocess.run(order.split(), cwd=tmp_path, capture_output=True, check=False)
    assert again.returncode != 0

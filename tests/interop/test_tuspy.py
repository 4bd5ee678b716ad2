"""tuspy, unchanged, uploads photos byte for byte."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from tusclient.client import TusClient
from tusclient.exceptions import TusUploadFailed
from tusclient.uploader.uploader import Uploader

from tests.interop.conftest import Server
from tests.support.drawing import sha256_of
from tests.support.phone import Phone

Kept = Callable[[bytes], bytes | None]


@pytest.fixture
def client(server: Server, inspector: Phone) -> TusClient:
    return TusClient(f"{server.url}/api/v1/uploads", headers=dict(inspector.headers))


def prepare(client: TusClient, content: bytes, **options: object) -> Uploader:
    metadata = {"sha256": sha256_of(content), "filename": "IMG_0001.jpg"}
    return client.uploader(
        file_stream=io.BytesIO(content), metadata=metadata, **{"chunk_size": 90_000, **options}
    )


def test_it_uploads_in_parts_with_and_without_checksums(
    client: TusClient, photo: bytes, read_kept: Kept
) -> None:
    for content, checked in ((photo, False), (photo + b"x", True)):
        uploader = prepare(client, content, upload_checksum=checked)
        uploader.upload()
        assert uploader.offset == uploader.get_offset() == len(content)
        assert read_kept(content) == content


def test_it_resumes_from_an_address(client: TusClient, photo: bytes, read_kept: Kept) -> None:
    first = prepare(client, photo)
    first.upload(stop_at=90_000)
    second = prepare(client, photo, url=first.url)
    assert second.offset == 90_000
    second.upload()
    assert read_kept(photo) == photo


def test_it_may_send_a_photo_twice(client: TusClient, photo: bytes, read_kept: Kept) -> None:
    prepare(client, photo).upload()
    again = prepare(client, photo)
    again.upload()
    assert again.offset == len(photo)
    looking = prepare(client, photo)
    looking.set_url(looking.create_url())
    assert looking.get_offset() == len(photo)
    assert read_kept(photo) == photo


def test_it_hears_that_a_photo_is_refused(client: TusClient) -> None:
    with pytest.raises(TusUploadFailed) as refused:
        prepare(client, b"<html>" * 100).upload()
    assert refused.value.status_code == 422
    assert b"photo_unreadable" in (refused.value.response_content or b"")

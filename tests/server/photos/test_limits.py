"""What an upload may declare: each limit from below, at it, and above."""

from __future__ import annotations

import base64

import pytest
from flask import Flask

from server.config import MIB, Settings
from tests.support.drawing import draw_noise, sha256_of
from tests.support.tus import PART, UPLOADS, TusPhone, code_of, metadata

PHOTO = draw_noise(20_000)
NAME = sha256_of(PHOTO)


def test_the_server_says_what_it_can_do_without_a_token(phone: TusPhone) -> None:
    reply = phone.ask("OPTIONS", UPLOADS, without="Authorization")
    assert reply.status_code == 204
    assert reply.headers["Tus-Version"] == "1.0.0"
    assert set(reply.headers["Tus-Extension"].split(",")) == {
        "creation",
        "creation-with-upload",
        "checksum",
        "expiration",
        "termination",
    }
    assert reply.headers["Tus-Checksum-Algorithm"] == "sha256,sha1"
    assert reply.headers["Tus-Max-Size"] == str(20 * MIB)


def test_another_tus_version_is_refused(phone: TusPhone, subtests: pytest.Subtests) -> None:
    path = phone.start(PHOTO)
    for method in ("POST", "HEAD", "PATCH", "DELETE"):
        where = UPLOADS if method == "POST" else path
        other = phone.ask(method, where, headers={"Tus-Resumable": "0.2.2"})
        silent = phone.ask(method, where, without="Tus-Resumable")
        for reply in (other, silent):
            with subtests.test(method=method):
                assert reply.status_code == 412
                assert reply.headers["Tus-Version"] == "1.0.0"


def test_every_answer_names_the_tus_version(phone: TusPhone) -> None:
    path = phone.start(PHOTO)
    for reply in (phone.head(path), phone.patch(path, 5, b"x"), phone.create("nonsense", 5)):
        assert reply.headers["Tus-Resumable"] == "1.0.0"
        assert reply.headers["Cache-Control"] == "no-store"


LENGTHS = {"1": 201, str(20 * MIB): 201, str(20 * MIB + 1): 413} | dict.fromkeys(
    ("0", "-1", "1.5", "1e3", "abc", "", "9" * 16, "\u00b2"), 400
)


def test_the_declared_length_is_bounded(phone: TusPhone, subtests: pytest.Subtests) -> None:
    for length, status in LENGTHS.items():
        with subtests.test(length=length):
            reply = phone.create(NAME, length)
            assert reply.status_code == status
            assert (
                code_of(reply) == {201: "", 413: "upload_too_large", 400: "upload_length"}[status]
            )


def test_a_deferred_length_is_refused_clearly(phone: TusPhone) -> None:
    headers = {"Upload-Defer-Length": "1", "Upload-Metadata": metadata(NAME)}
    reply = phone.ask("POST", UPLOADS, headers=headers)
    assert (reply.status_code, code_of(reply)) == (400, "upload_length")


UNNAMED = (
    "",
    "sha256",
    "sha256 ",
    "sha256 ***",
    metadata("A" * 64),
    metadata("a" * 63),
    metadata("a" * 65),
    metadata("a" * 63 + "g"),
    metadata("a" * 64) + "," + metadata("b" * 64),
    "filename " + base64.b64encode(b"a" * 64).decode(),
    "x," * 3000 + metadata("a" * 64),
)


def test_the_photo_must_be_named_by_its_hash(phone: TusPhone, subtests: pytest.Subtests) -> None:
    for text in UNNAMED:
        with subtests.test(metadata=text[:80]):
            headers = {"Upload-Length": "10", "Upload-Metadata": text}
            reply = phone.ask("POST", UPLOADS, headers=headers)
            assert (reply.status_code, code_of(reply)) == (400, "upload_metadata")


def test_other_metadata_is_passed_over_and_not_kept(phone: TusPhone) -> None:
    named = metadata(NAME, filename="../../王五.jpg", filetype="image/jpeg") + ",empty"
    headers = {"Upload-Length": str(len(PHOTO)), "Upload-Metadata": named}
    reply = phone.ask("POST", UPLOADS, headers=headers)
    assert reply.status_code == 201
    head = phone.head(reply.headers["Location"])
    assert head.headers["Upload-Metadata"] == metadata(NAME)


def test_a_malformed_offset_is_refused(phone: TusPhone, subtests: pytest.Subtests) -> None:
    path = phone.start(PHOTO)
    for offset in ("", "-1", "x", "1.0", "9" * 16):
        with subtests.test(offset=offset):
            reply = phone.patch(path, offset, b"x")
            assert (reply.status_code, code_of(reply)) == (400, "field_malformed")


def test_a_part_of_another_type_is_refused(phone: TusPhone, subtests: pytest.Subtests) -> None:
    path = phone.start(PHOTO)
    for kind in ("image/jpeg", "application/octet-stream", ""):
        with subtests.test(kind=kind):
            reply = phone.patch(path, 0, PHOTO, content_type=kind)
            assert (reply.status_code, code_of(reply)) == (415, "upload_type")
            assert phone.head(path).headers["Upload-Offset"] == "0"


@pytest.mark.parametrize("over", [1, 5000])
def test_no_byte_beyond_the_declared_length_is_taken(phone: TusPhone, over: int) -> None:
    path = phone.start(PHOTO)
    phone.patch(path, 0, PHOTO[:-10])
    reply = phone.patch(path, len(PHOTO) - 10, PHOTO[-10:] + b"x" * over)
    assert (reply.status_code, code_of(reply)) == (413, "upload_too_large")
    assert phone.head(path).headers["Upload-Offset"] == str(len(PHOTO) - 10)
    assert phone.patch(path, len(PHOTO) - 10, PHOTO[-10:]).status_code == 204


@pytest.mark.parametrize("checksum", ["", "sha256 " + base64.b64encode(b"x" * 32).decode()])
def test_a_body_of_unknown_length_is_bounded_too(phone: TusPhone, checksum: str) -> None:
    path = phone.start(PHOTO)
    headers = {"Upload-Offset": "0", "Content-Type": PART, "Transfer-Encoding": "chunked"}
    if checksum:
        headers["Upload-Checksum"] = checksum
    reply = phone.ask(
        "PATCH",
        path,
        headers=headers,
        data=PHOTO + b"x" * 100_000,
        environ_overrides={"CONTENT_LENGTH": "", "wsgi.input_terminated": True},
    )
    assert (reply.status_code, code_of(reply)) == (413, "upload_too_large")
    assert int(phone.head(path).headers["Upload-Offset"]) <= len(PHOTO)


def test_a_photo_of_exactly_the_largest_size_is_taken(app: Flask, phone: TusPhone) -> None:
    settings: Settings = app.extensions["mingcha"].settings
    photo = draw_noise(settings.photo_max_bytes)
    assert len(photo) == settings.photo_max_bytes
    assert phone.head(phone.send(photo)).headers["Upload-Offset"] == str(len(photo))

"""The phone app's files: compressed copies by what the browser takes, and nothing beside them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

CODE = b"export const name = 1;\n" * 50
BROTLI = b"brotli bytes, which the server never looks into"
SCRIPT = "/app/assets/main-abcd1234.js"


@pytest.fixture
def dist(app: Flask, tmp_path: Path) -> Path:
    """A built app: one script with both copies, one with gzip only, one picture."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html>")
    (folder / "index.html.br").write_bytes(BROTLI)
    (folder / "sw.js").write_bytes(CODE)
    (folder / "sw.js.gz").write_bytes(gzip.compress(CODE))
    (folder / "icon.png").write_bytes(b"png")
    script = folder / "assets" / "main-abcd1234.js"
    script.write_bytes(CODE)
    script.with_name(script.name + ".br").write_bytes(BROTLI)
    script.with_name(script.name + ".gz").write_bytes(gzip.compress(CODE))
    (tmp_path / "secret.js").write_text("secret")
    (tmp_path / "secret.js.br").write_text("secret")
    app.config["APP_DIST"] = folder
    return folder


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.2, gzip;q=0.8", "gzip"),
        ("*", "br"),
        ("br;q=0, *", "gzip"),
        ("identity", None),
        ("br;q=0, gzip;q=0", None),
        ("*;q=0", None),
        ("deflate", None),
        (None, None),
    ],
)
@pytest.mark.usefixtures("dist")
def test_the_copy_sent_is_the_best_that_the_browser_takes(
    client: FlaskClient, accepted: str | None, encoding: str | None
) -> None:
    headers = {"Accept-Encoding": accepted} if accepted else {}
    reply = client.get(SCRIPT, headers=headers, buffered=True)
    bodies = {"br": BROTLI, "gzip": gzip.compress(CODE), None: CODE}
    assert reply.status_code == 200
    assert reply.headers.get("Content-Encoding") == encoding
    if encoding == "gzip":
        assert gzip.decompress(reply.data) == CODE
    else:
        assert reply.data == bodies[encoding]
    assert "Accept-Encoding" in reply.vary
    assert reply.mimetype in {"text/javascript", "application/javascript"}
    assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.usefixtures("dist")
def test_each_form_of_a_file_has_its_own_tag(client: FlaskClient) -> None:
    forms = [{"Accept-Encoding": accepted} for accepted in ("br", "gzip", "identity")]
    replies = [client.get(SCRIPT, headers=headers, buffered=True) for headers in forms]
    assert len({reply.headers["ETag"] for reply in replies}) == 3


@pytest.mark.usefixtures("dist")
def test_an_unchanged_file_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get(SCRIPT, headers={"Accept-Encoding": "br"}, buffered=True)
    headers = {"Accept-Encoding": "br", "If-None-Match": first.headers["ETag"]}
    again = client.get(SCRIPT, headers=headers, buffered=True)
    assert (again.status_code, again.data) == (304, b"")
    assert "Accept-Encoding" in again.vary


@pytest.mark.usefixtures("dist")
def test_without_a_copy_the_next_best_goes(client: FlaskClient) -> None:
    worker = client.get("/app/sw.js", headers={"Accept-Encoding": "gzip, br"}, buffered=True)
    assert worker.headers["Content-Encoding"] == "gzip"
    assert worker.headers["Cache-Control"] == "no-cache"
    picture = client.get("/app/icon.png", headers={"Accept-Encoding": "gzip, br"}, buffered=True)
    assert (picture.data, picture.mimetype) == (b"png", "image/png")
    assert "Content-Encoding" not in picture.headers


@pytest.mark.usefixtures("dist")
def test_the_page_is_sent_compressed_and_asked_for_anew(client: FlaskClient) -> None:
    page = client.get("/app/", headers={"Accept-Encoding": "br"}, buffered=True)
    assert (page.data, page.mimetype) == (BROTLI, "text/html")
    assert page.headers["Cache-Control"] == "no-cache"


@pytest.mark.usefixtures("dist")
@pytest.mark.parametrize(
    "path",
    [
        SCRIPT + ".br",
        SCRIPT + ".gz",
        "/app/index.html.br",
        "/app/../secret.js",
        "/app/%2e%2e/secret.js",
        "/app/assets/%2e%2e/%2e%2e/secret.js",
        "/app/..%2fsecret.js",
        "/app/..%5csecret.js",
        "/app/assets",
        "/app/none.js",
    ],
)
def test_a_copy_by_its_own_name_and_what_lies_outside_are_not_found(
    client: FlaskClient, path: str
) -> None:
    reply = client.get(path, headers={"Accept-Encoding": "br"}, buffered=True)
    assert reply.status_code == 404
    assert b"secret" not in reply.data.replace(b"secret.js", b"")


def test_an_unbuilt_app_says_what_to_do(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    app.config["APP_DIST"] = tmp_path / "nowhere"
    reply = client.get("/app/")
    assert reply.status_code == 404
    assert "make run" in reply.get_data(as_text=True)

"""A signed head goes out by e-mail, once a day, over a real line to a mail server."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import cast

import pytest
from flask import Flask

from server.clock import DAY_MS
from server.config import Settings
from server.evidence.heads import check_signed_head, read_key
from server.heads.daily import keep_heads
from tests.support.clock import HandClock
from tests.support.world import World


@dataclass
class Post:
    """A mail server that keeps what it gets; it may refuse for a while."""

    port: int = 0
    refuses: bool = False
    letters: list[bytes] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)


class Line(socketserver.StreamRequestHandler):
    """SMTP as far as a letter needs it."""

    def handle(self) -> None:
        post = cast(PostOffice, self.server).post
        self._say("220 ready")
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "EHLO":
                self._say("250-here\r\n250 8BITMIME")
            elif verb == "RCPT":
                post.addresses.append(line.partition("<")[2].partition(">")[0])
                self._say("450 later" if post.refuses else "250 ok")
            elif verb == "DATA":
                self._say("354 go on")
                post.letters.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                self._say("250 kept")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class PostOffice(socketserver.ThreadingTCPServer):
    """The mail server behind its port."""

    daemon_threads = True
    post: Post


@pytest.fixture
def post() -> Iterator[Post]:
    with PostOffice(("127.0.0.1", 0), Line) as server:
        server.post = Post(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.post
        server.shutdown()
        thread.join()


@pytest.fixture
def mailing(app: Flask, post: Post, world: World) -> Flask:
    """The app, told where to send heads."""
    wired = app.extensions["mingcha"]
    settings = replace(
        wired.settings,
        smtp_url=f"smtp://127.0.0.1:{post.port}",
        mail_from="mingcha@bus.example",
        heads_to="union@bus.example, auditor@bus.example",
    )
    app.extensions["mingcha"] = replace(wired, settings=settings)
    return app


def keep(app: Flask) -> None:
    with app.app_context():
        keep_heads()


def test_the_letter_holds_the_signed_text_in_its_body_and_as_a_file(
    mailing: Flask, post: Post, settings: Settings
) -> None:
    keep(mailing)
    (letter,) = post.letters
    assert post.addresses == ["union@bus.example", "auditor@bus.example"]
    read = email.message_from_bytes(letter, policy=email.policy.default)
    assert "2025-11-20" in read["Subject"]
    body = read.get_body()
    assert body
    key = read_key(settings.data_dir).public
    in_body = check_signed_head(body.get_content().strip().splitlines()[-1], key)
    (file,) = read.iter_attachments()
    assert check_signed_head(file.get_content().decode(), key) == in_body
    assert file.get_filename() == "2025-11-20.json"


def test_each_head_is_sent_once(mailing: Flask, post: Post, clock: HandClock) -> None:
    keep(mailing)
    keep(mailing)
    assert len(post.letters) == 1
    clock.at_ms += DAY_MS
    keep(mailing)
    assert len(post.letters) == 2


def test_a_letter_that_was_not_taken_is_tried_again(mailing: Flask, post: Post) -> None:
    post.refuses = True
    keep(mailing)
    assert post.letters == []
    post.refuses = False
    keep(mailing)
    assert len(post.letters) == 1


@pytest.mark.parametrize("url", ["smtp://name:secret@127.0.0.1:{port}", "http://127.0.0.1:{port}"])
def test_no_password_goes_over_an_open_line_and_no_other_way_is_guessed(
    mailing: Flask, post: Post, url: str
) -> None:
    wired = mailing.extensions["mingcha"]
    settings = replace(wired.settings, smtp_url=url.format(port=post.port))
    mailing.extensions["mingcha"] = replace(wired, settings=settings)
    keep(mailing)
    assert (post.letters, post.addresses) == ([], [])

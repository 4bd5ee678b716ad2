"""One HTTP request over a line that may break, and an answer only if it came whole."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

PATIENCE_S = 3.0


class Broken(Exception):
    """No answer that can be believed: what the server did is not known."""


@dataclass(frozen=True)
class Reply:
    """An answer that came whole."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The stable word of a problem; empty when it is none."""
        try:
            body = self.json
        except ValueError:
            return ""
        return str(body.get("code", "")) if isinstance(body, dict) else ""


@dataclass
class Wire:
    """Requests to one port, each on a connection of its own as a weak network makes them."""

    port: int
    patience_s: float = PATIENCE_S
    checks_digest: bool = True
    # What the way to the server makes of a body, after its digest was taken.
    spoil: Callable[[bytes], bytes] = bytes

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """The answer, or Broken."""
        body = self.spoil(body) if body else body
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.patience_s)
        try:
            line.request(method, path, body, {"Connection": "close", **(headers or {})})
            answer = line.getresponse()
            reply = Reply(
                answer.status,
                {name.lower(): value for name, value in answer.getheaders()},
                answer.read(),
            )
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Broken(type(error).__name__) from error
        finally:
            line.close()
        self._believe(method, reply)
        return reply

    def _believe(self, method: str, reply: Reply) -> None:
        if method == "HEAD" or not self.checks_digest:
            return
        announced = reply.headers.get("content-length")
        if announced is not None and announced != str(len(reply.body)):
            raise Broken("length")
        # What is not ours (a portal's page) has no digest; what is ours and was altered, another.
        if reply.body and reply.headers.get("content-digest") != content_digest(reply.body):
            raise Broken("digest")


def content_digest(payload: bytes) -> str:
    """RFC 9530: ``sha-256=:<base64>:``."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(payload).digest()).decode()}:"

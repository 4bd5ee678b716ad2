"""Fault 15: the server's certificate is not trusted any more."""

from __future__ import annotations

import base64
import hashlib
import ssl
import subprocess
from pathlib import Path

from playwright.sync_api import Playwright, expect

from tests.e2e.browsing import FLAGS, find_chromium
from tests.e2e.serving import Server, free_port
from tests.faults.browser.checker import violations
from tests.faults.browser.conftest import new_inspector, phone_like
from tests.faults.browser.front import standing_front
from tests.faults.browser.handset import Handset
from tests.faults.tally import Tally


def openssl(*words: str) -> bytes:
    return subprocess.run(["openssl", *words], check=True, capture_output=True).stdout


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, str]:
    """A certificate for 127.0.0.1, and the hash of its key by which a browser may trust it."""
    key, file = folder / f"{name}.key", folder / f"{name}.crt"
    new = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1"]
    alt = ["-addext", "subjectAltName=IP:127.0.0.1", "-days", "400"]
    openssl(*new, *alt, "-keyout", str(key), "-out", str(file))
    public = openssl("x509", "-in", str(file), "-pubkey", "-noout")
    (folder / f"{name}.pub").write_bytes(public)
    der = openssl("pkey", "-pubin", "-in", str(folder / f"{name}.pub"), "-outform", "DER")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    return context, base64.b64encode(hashlib.sha256(der).digest()).decode()


def test_without_a_good_certificate_nothing_is_sent_and_nothing_lost(
    house: Server, playwright: Playwright, tmp_path: Path, picture: Path, tally: Tally
) -> None:
    good, trusted = certificate(tmp_path, "good")
    bad, _ = certificate(tmp_path, "bad")
    port = free_port()
    flags = [*FLAGS, f"--ignore-certificate-errors-spki-list={trusted}"]
    browser = playwright.chromium.launch(executable_path=find_chromium(), args=flags)
    context = browser.new_context(**phone_like({}))
    with standing_front(house, tmp_path, port, good) as front:
        handset = Handset(house, context, new_inspector(house), picture, url=front.url)
        handset.enrol()
    with standing_front(house, tmp_path, port, bad):
        handset.check_bus()
        handset.sync()
        expect(handset.page.get_by_text("现在没有网络")).to_be_visible()
        found = violations(handset)
    with standing_front(house, tmp_path, port, good):
        handset.sync()
        handset.arrive()
        found += violations(handset)
    browser.close()
    tally.add(15, 1, len(found))
    assert found == []

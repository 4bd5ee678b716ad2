"""Sends a signed head to those who keep it elsewhere."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from server.config import Settings
from server.evidence.heads import HeadText
from server.words import LANGUAGES, say

SECONDS = 20


def send_head(settings: Settings, head: HeadText) -> None:
    """One message to all addresses; an ``smtplib.SMTPException`` or OSError when it did not go."""
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = settings.heads_to
    message["Subject"] = " · ".join(
        say(language, "heads.mail_subject", day=head.day) for language in LANGUAGES
    )
    lead = "\n\n".join(say(language, "heads.what_this_is") for language in LANGUAGES)
    message.set_content(f"{lead}\n\n{head.line}\n")
    # As a file too, for a mail program that folds long lines.
    message.add_attachment(
        f"{head.line}\n".encode(),
        maintype="application",
        subtype="json",
        filename=f"{head.day}.json",
    )
    _send(settings.smtp_url, message)


def _send(url: str, message: EmailMessage) -> None:
    place = urlsplit(url)
    if place.scheme not in ("smtp", "smtps") or not place.hostname:
        raise smtplib.SMTPException("MINGCHA_SMTP_URL is smtp://host:port or smtps://host:port")
    tls = ssl.create_default_context()
    if place.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            place.hostname, place.port or 465, timeout=SECONDS, context=tls
        )
    else:
        server = smtplib.SMTP(place.hostname, place.port or 25, timeout=SECONDS)
    with server:
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=tls)
        elif place.username and place.scheme == "smtp":
            raise smtplib.SMTPException("a password is not sent over a line that is not encrypted")
        if place.username:
            server.login(unquote(place.username), unquote(place.password or ""))
        server.send_message(message)

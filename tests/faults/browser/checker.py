"""The phone's promises, held against what is on its disk, on the server, and on the screen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tests.faults.browser.handset import Handset, Shown
from tests.faults.browser.rows import PhoneRows, ServerRows

ACKED = ("accepted", "late")
PENDING = ("open", "frozen", "refused")
PATIENCE = 15
STATES = (*ACKED, *PENDING)


def violations(handset: Handset) -> list[str]:
    """Every promise that does not hold now; the delivery screen must be open. The screen follows
    the disk a moment later, so it has a moment.
    """
    found: list[str] = []
    for _ in range(PATIENCE):
        found = _look(handset)
        if not found:
            break
        handset.page.wait_for_timeout(100)
    return found


def _look(handset: Handset) -> list[str]:
    phone, server = handset.rows(), handset.server_rows()
    screen = handset.page.locator(".content").inner_text()
    return [
        *missing_work(handset.shown, phone, server),
        *wrong_delivery(phone, server),
        *wrong_photos(phone, server),
        *wrong_counts(phone, screen),
    ]


def missing_work(shown: Mapping[str, Shown], phone: PhoneRows, server: ServerRows) -> Iterable[str]:
    """I1, I11: what the screen called saved is on the phone, or the server has it."""
    for record, said in shown.items():
        row = phone.record(record)
        state = plain(row["state"]) if row else {}
        held = said_by(phone, server, record)
        for item, value in said.answers.items():
            for where, fields in (("state", state), ("edits", held)):
                answer = fields.get(f"answers/{item}") or {}
                if answer.get("value") != value:
                    yield f"{record}: {item} was saved as {value}, the {where} have {answer}"
        for item, count in said.photos.items():
            names = (state.get(f"answers/{item}") or {}).get("photos") or []
            if len(names) != count:
                yield f"{record}: {count} photos were saved at {item}, there are {len(names)}"
        if said.is_finished and state.get("state") != "finished":
            yield f"{record}: was finished and is {state.get('state')}"


def said_by(phone: PhoneRows, server: ServerRows, record: str) -> dict[str, Any]:
    """What the record's edits say, those that wait here and those that the server has."""
    edits = [
        row
        for row in phone.edits
        if row["record"] == record and (row["state"] in PENDING or row["stamp"] in server.edits)
    ]
    fields: dict[str, Any] = {}
    for edit in sorted(edits, key=lambda row: str(row["stamp"])):
        fields.update(edit["fields"])
    return fields


def wrong_delivery(phone: PhoneRows, server: ServerRows) -> Iterable[str]:
    """I1, I2, I3: acknowledged edits are there, once, unaltered; nothing there is unknown here."""
    known = {str(row["stamp"]): row for row in phone.edits}
    for stamp, row in known.items():
        there = server.edits.get(stamp)
        if row["state"] not in STATES:
            yield f"{stamp}: is in a state of its own, {row['state']}"
        if row["state"] in ACKED and (not there or there["hash"] != row["hash"]):
            yield f"{stamp}: has a receipt, and the server has {there}"
        if row["state"] == "refused" and not (there or stamp in server.refused):
            yield f"{stamp}: was refused and is not in quarantine"
    for stamp in (server.edits.keys() | server.refused) - known.keys():
        yield f"{stamp}: the server has it, and the phone has not"
    yield from (f"{stamp}: stands in the log twice" for stamp in server.repeated)


def wrong_photos(phone: PhoneRows, server: ServerRows) -> Iterable[str]:
    """I10: a photo has arrived when the server has proved its bytes."""
    for row in phone.photos:
        if row["state"] == "arrived" and row["sha256"] not in server.photos:
            yield f"{row['sha256']}: arrived, and the server has not proved it"
    kept = {str(row["sha256"]) for row in phone.photos}
    for record in phone.records:
        for name in photos_of(plain(record["state"])):
            if name not in kept:
                yield f"{name}: is named by {record['record']} and is not on the phone"


def wrong_counts(phone: PhoneRows, screen: str) -> Iterable[str]:
    """I11: the screen counts what is there. One state a record: waiting, arrived, refused."""
    truth = {"等待发送": 0, "已送达": 0, "被拒收": 0}
    for record in phone.records:
        if plain(record["state"]).get("state") == "finished" or is_refused(phone, record):
            truth[word_of(phone, record)] += 1
    said = {word: len(re.findall(rf"^{word}$", screen, re.MULTILINE)) for word in truth}
    said["等待发送"] += len(re.findall("^正在发送$", screen, re.MULTILINE))
    if said != truth:
        yield f"the screen says {said}, the truth is {truth}"


def word_of(phone: PhoneRows, record: dict[str, Any]) -> str:
    if is_refused(phone, record):
        return "被拒收"
    arrived = {row["sha256"] for row in phone.photos if row["state"] == "arrived"}
    edits = [row for row in phone.edits if row["record"] == record["record"]]
    waits = any(row["state"] in PENDING and not row["isReplaced"] for row in edits)
    is_whole = not waits and photos_of(plain(record["state"])) <= arrived
    return "已送达" if is_whole else "等待发送"


def is_refused(phone: PhoneRows, record: dict[str, Any]) -> bool:
    return any(
        row["state"] == "refused" and not row["isReplaced"]
        for row in phone.edits
        if row["record"] == record["record"]
    )


def photos_of(fields: Mapping[str, Any]) -> set[str]:
    answers = [value for name, value in fields.items() if name.startswith("answers/")]
    return {name for answer in answers for name in answer.get("photos") or []}


def plain(state: Mapping[str, Any]) -> dict[str, Any]:
    return {name: held["value"] for name, held in state.items()}

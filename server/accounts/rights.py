"""Who may do what: the roles of the trade and their rights, in one place."""

from __future__ import annotations

from typing import Literal

Right = Literal[
    "inspect",  # enrol a phone and push records
    "read_company",  # every released record of the company
    "read_station",  # records at the user's own station
    "read_undercover",  # undercover records before their release
    "review",  # confirm, return
    "void",
    "answer_refusals",  # release or explain what phones sent and the server refused
    "match",  # match what was typed to a vehicle or person
    "read_original",  # a photo's bytes as sent
    "read_heads",  # the evidence log's size and signed heads; no record, no name
]

_READER: frozenset[Right] = frozenset({"read_company"})
_STATION: frozenset[Right] = frozenset({"read_station"})
# Who may keep the log's fingerprint: those who answer for it, and those who speak for the other
# side. It says nothing about anybody, and the more hands hold one, the less can be altered.
_WITNESS: frozenset[Right] = frozenset({"read_heads"})
_NOTHING: frozenset[Right] = frozenset()

ROLES: dict[str, frozenset[Right]] = {
    "team_leader": _READER,
    "deputy_leader": _READER,
    "discipline_secretary": _WITNESS,
    "quality_head": frozenset(
        {
            *("read_company", "read_undercover", "read_original", "read_heads"),
            *("review", "void", "match", "answer_refusals"),
        }
    ),
    "quality_officer": frozenset(
        {"read_company", "read_undercover", "review", "match", "answer_refusals"}
    ),
    "identity_custodian": frozenset({"read_company", "read_undercover"}),
    "inspector_fulltime": frozenset({"inspect"}),
    "inspector_social": frozenset({"inspect"}),
    "hotline_agent": _NOTHING,
    "station_manager": _STATION,
    "station_service_lead": frozenset({"read_station", "inspect"}),
    "dispatcher": _NOTHING,
    "maintenance": _NOTHING,
    "crew": _NOTHING,
    "unit_head": _NOTHING,
    "hr": _NOTHING,
    "finance": _NOTHING,
    "union_rep": _WITNESS,
    "csc_officer": frozenset({"read_company", "inspect", "review"}),
    "privacy_officer": _NOTHING,
    "auditor": _READER | _WITNESS,
    "sysadmin": _WITNESS,
    "regulator": _WITNESS,
}


def may(role: str, right: Right) -> bool:
    """True when the role has the right; an unknown role has none."""
    return right in ROLES.get(role, _NOTHING)

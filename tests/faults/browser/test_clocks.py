"""Faults 35, 36 and 37: the phone's clock is wrong by years, jumps, or is in another zone."""

from __future__ import annotations

import pytest

from tests.faults.browser.checker import violations
from tests.faults.browser.conftest import NewHandset
from tests.faults.browser.handset import Handset
from tests.faults.tally import Tally

YEARS = {"15 years behind": "2011-11-20T01:00:00Z", "10 years ahead": "2036-11-20T01:00:00Z"}


def stamps_rise(handset: Handset) -> list[str]:
    """A later edit has a greater serial and a greater stamp, whatever the clock does."""
    edits = [row for row in handset.rows().edits if row["serial"] > 0]
    by_serial = [row["stamp"] for row in sorted(edits, key=lambda row: row["serial"])]
    return [] if by_serial == sorted(by_serial) else [f"stamps do not rise: {by_serial}"]


@pytest.mark.parametrize("clock", YEARS)
def test_a_clock_wrong_by_years_stops_nothing(
    new_handset: NewHandset, tally: Tally, clock: str
) -> None:
    handset = new_handset()
    handset.page.clock.set_system_time(YEARS[clock])
    handset.enrol()
    handset.check_bus()
    handset.arrive()
    found = violations(handset) + stamps_rise(handset)
    tally.add(35, 1, len(found))
    assert found == []


def test_a_clock_that_jumps_in_the_middle_keeps_the_order(handset: Handset, tally: Tally) -> None:
    found: list[str] = []
    for year in ("2036", "2001", "2027"):
        handset.start()
        handset.judge("P2-01", "pass")
        handset.page.clock.set_system_time(f"{year}-01-01T00:00:00Z")
        handset.judge("P2-02", "na")
        handset.finish()
        handset.arrive()
        found += violations(handset) + stamps_rise(handset)
    tally.add(36, 3, len(found))
    assert found == []


# London leaves summer time between the start and the end of the check.
ZONES = {
    "Europe/London": ("+01:00", "+00:00"),
    "America/St_Johns": ("-02:30", "-02:30"),
    "Pacific/Kiritimati": ("+14:00", "+14:00"),
}


def test_time_is_kept_with_its_offset_wherever_the_phone_is(
    new_handset: NewHandset, tally: Tally, scale: int
) -> None:
    for zone, offsets in list(ZONES.items())[:scale]:
        handset = new_handset(timezone_id=zone)
        handset.page.clock.set_system_time("2026-10-25T00:50:00Z")
        handset.enrol()
        record = handset.start()
        handset.page.clock.set_system_time("2026-10-25T01:00:01Z")
        handset.finish()
        handset.arrive()
        found = violations(handset)
        held = handset.rows().record(record)
        assert held
        claims = [held["state"][name]["value"] for name in ("started_at", "finished_at")]
        assert tuple(claim[23:] for claim in claims) == offsets, claims
        tally.add(37, 1, len(found))
        assert found == []

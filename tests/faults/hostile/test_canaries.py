"""Nothing of an undercover rider shows: in no answer to those who may not know, in no log."""

from __future__ import annotations

import http.client
from contextlib import closing

from tests.faults.hostile.canaries import AGENT, find_traces, send_out, tell_tales
from tests.faults.hostile.conftest import Live
from tests.server.office.staff import Seat, sit_down
from tests.support.world import World

SOURCE = "127.0.0.77"


READERS = ("station_manager", "auditor", "csc_officer", "quality_officer")


def test_no_reader_meets_a_trace_of_the_rider(world: World) -> None:
    """Also those who read undercover records read no name in them; nor does a stranger."""
    rider = send_out(world)
    for role in READERS:
        seat = sit_down(world, f"a-{role}", role, world.stations[0])
        assert find_traces(world, rider, seat, world.token(f"a-{role}")) == []
    assert find_traces(world, rider, Seat(world.app.test_client()), {}) == []


def test_the_scan_sees_what_is_there(world: World) -> None:
    rider = send_out(world)
    mine = rider.phone.sync()
    assert tell_tales(mine.data, rider.traces) == ["device"]
    assert rider.photo in mine.get_data(as_text=True)


def ask(live: Live, method: str, path: str, **headers: str) -> int:
    address = (SOURCE, 0)
    with closing(
        http.client.HTTPConnection("127.0.0.1", live.port, timeout=60, source_address=address)
    ) as line:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        line.request(method, path, b"{}" if method == "POST" else None, named)
        return line.getresponse().status


def test_no_log_and_no_counting_file_holds_a_trace(live: Live) -> None:
    """Over a real line, through everything that goes wrong on it: sign-in, sync, photos, bugs."""
    rider = send_out(live.world, "canary-rider-live-77")
    traces = {**rider.traces, "address": SOURCE, "record": rider.record, "photo": rider.photo}
    token = f"Bearer {rider.phone.token}"
    statuses = {
        ask(live, "POST", "/api/v1/sync", Authorization=token, User_Agent=AGENT),
        ask(live, "POST", "/api/v1/sync", Authorization=f"{token}x", User_Agent=AGENT),
        ask(live, "GET", f"/api/v1/inspections/{rider.record}", Authorization=token),
        ask(live, "GET", f"/api/v1/photos/{rider.photo}?size=thumb", Authorization=token),
        ask(live, "GET", f"/api/v1/uploads/{rider.record}", Authorization=token),
        ask(live, "GET", f"/{traces['name']}", Referer=traces["phone"]),
        ask(live, "POST", "/api/v1/devices", Content_Type="application/json"),
    }
    assert max(statuses) < 500
    folder = live.world.app.extensions["mingcha"].settings.data_dir
    for path in (live.log, folder / "tries.sqlite3", folder / "jobs.sqlite3"):
        known = {**traces, "photo": "-" * 9} if path.name == "jobs.sqlite3" else traces
        assert tell_tales(path.read_bytes(), known) == [], path.name

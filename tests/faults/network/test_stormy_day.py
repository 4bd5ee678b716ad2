"""A day with a bad line and a dying server: nothing lost, doubled or altered, and all drained."""

from __future__ import annotations

from tests.faults.network.conftest import Check, Proxying
from tests.faults.network.fleet import Progress, Work, drain, make_phones, percentile, run_phones
from tests.faults.network.history import Local
from tests.faults.network.proxy import CALM, Weather
from tests.faults.network.serving import Server
from tests.faults.network.town import Town
from tests.faults.network.troubles import Killer, Office
from tests.faults.tally import Tally

PHONES = 12
EDITS = 264  # times the scale; 20 makes 5,280
# The catalogue's number of each fault that the proxy draws.
NUMBERS = {
    "refuse": 1,
    "cut_response": 2,
    "cut_request": 3,
    "truncate": 4,
    "duplicate": 5,
    "flip_up": 6,
    "flip_down": 7,
    "blackhole": 8,
}


def test_a_stormy_day_loses_doubles_and_alters_nothing(
    server: Server, town: Town, proxying: Proxying, check: Check, scale: int, tally: Tally
) -> None:
    """At least 60 % of the connections fail, workers and the whole tree are killed."""
    weather = Weather(town.seed, share=0.75)
    proxy = proxying(weather)
    phones = make_phones(town, proxy.port, PHONES, repeats=0.15, shuffles=0.1, overtakes=0.1)
    progress, total = Progress(), EDITS * scale
    worker_kills, tree_kills = max(1, 15 * scale // 20), max(1, 7 * scale // 20)
    killer = Killer(server, progress, total, worker_kills, tree_kills, town.seed)
    killer.start()
    office = Office(town, server, progress, total)
    office.start()
    work = Work(total // PHONES, forgeries=0.03, bad_fields=0.03, tries=2)
    run_phones(town, phones, work, progress)
    killer.join()
    office.join()
    share, connections = proxy.faulted, proxy.connections
    proxy.plan = lambda: CALM
    took = drain(phones)
    found = check()
    for kind, number in NUMBERS.items():
        tally.add(number, proxy.fired[kind], len(found))
    tally.add(59, worker_kills, len(found))
    tally.add(60, tree_kills, len(found))
    for what, value, unit in (
        ("edits", len(town.history.of(Local)), ""),
        ("connections", connections, ""),
        ("connections faulted", round(100 * share, 1), "%"),
        ("time to drain, p50", round(percentile(took, 0.5), 2), "s"),
        ("time to drain, p99", round(percentile(took, 0.99), 2), "s"),
        ("restart after a kill of all, longest", round(max(killer.restarts_s), 2), "s"),
    ):
        tally.measured(f"stormy day: {what}", value, unit)
    assert found == []
    assert share >= 0.6, (share, proxy.fired)
    asked = [(phone, size) for phone in phones for size in list(phone.heads)[:: max(1, scale)]]
    assert [size for phone, size in asked if not phone.confirm_head(size)] == []
    assert office.settled, "the office settled nothing: no edit was late"

"""Who inspects which vehicle when: a month of service days, drawn from the demo's seed."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.demo.county import Bus, County, Person

IN_SERVICE = 72
DAYS = 30
FULL_DAYS = (4, 14)  # days of the month
UNDERCOVER_A_DAY = 2
SPOT_CHECKS = 20
SHARE_OF_RAIN = 0.25
SHARE_OF_RELIEF = 0.18
MINUTE_MS = 60_000


@dataclass(frozen=True)
class Visit:
    """One inspection that is made: by whom, of what, when. Times are Unix ms."""

    record: str
    inspector: str
    mode: str
    bus: Bus
    driver: Person
    conductor: Person | None
    day: date
    started_ms: int
    finished_ms: int
    raining: bool


@dataclass(frozen=True)
class Day:
    """A service day: who drives what, and the weather."""

    day: date
    midnight_ms: int
    duty: dict[int, Person]  # driver by vehicle number, of the vehicles in service
    raining: bool


def service_days(end: date, count: int = DAYS) -> list[date]:
    """That many days up to and with ``end``."""
    return [end - timedelta(days=back) for back in range(count - 1, -1, -1)]


def plan_month(county: County, days: list[date], rng: random.Random) -> list[Visit]:
    """Every inspection of these days, in order of their ends."""
    full_days = _full_days(days)
    spot_days = rng.choices(range(len(days)), k=round(SPOT_CHECKS * len(days) / DAYS))
    visits: list[Visit] = []
    for number, day in enumerate(days):
        today = _draw_day(county, day, rng)
        planner = _Planner(county, today, rng)
        planner.plan_daily()
        if day in full_days:
            planner.plan_full()
        for _ in range(spot_days.count(number)):
            planner.plan_spot()
        for ride in range(UNDERCOVER_A_DAY):
            planner.plan_undercover(number * UNDERCOVER_A_DAY + ride)
        visits += planner.visits
    return sorted(visits, key=lambda visit: (visit.finished_ms, visit.record))


def midnight_of(day: date, timezone: str) -> int:
    """Unix ms at which the day begins there."""
    return int(datetime.combine(day, time(), ZoneInfo(timezone)).timestamp() * 1000)


def _full_days(days: list[date]) -> list[date]:
    wanted = [day for day in days if day.day in FULL_DAYS]
    # Every vehicle is seen twice in a month of days, whichever of the month's days these are.
    need = round(len(days) * len(FULL_DAYS) / DAYS)
    return [*wanted, *(day for day in days if day not in wanted)][:need]


def _draw_day(county: County, day: date, rng: random.Random) -> Day:
    serving = sorted(rng.sample(range(len(county.buses)), IN_SERVICE))
    reliefs = list(county.reliefs)
    rng.shuffle(reliefs)
    duty: dict[int, Person] = {}
    for number in serving:
        bus = county.buses[number]
        substitute = next((one for one in reliefs if one.station == bus.station), None)
        if substitute and rng.random() < SHARE_OF_RELIEF:
            reliefs.remove(substitute)
            duty[number] = substitute
        else:
            duty[number] = bus.driver
    midnight = midnight_of(day, county.company.timezone)
    return Day(day, midnight, duty, rng.random() < SHARE_OF_RAIN)


class _Planner:
    """Fills one day."""

    def __init__(self, county: County, today: Day, rng: random.Random) -> None:
        self.county = county
        self.today = today
        self.rng = rng
        self.visits: list[Visit] = []
        self.full_time = [one for one in county.inspectors if one[1] is not None]
        self.social = [name for name, home in county.inspectors if home is None]

    def plan_daily(self) -> None:
        """04:50 to 06:10: every vehicle in service, about two minutes each."""
        self._round("daily", sorted(self.today.duty), 4 * 60 + 50, (90, 125), (5, 25))

    def plan_full(self) -> None:
        """From 12:30 on: the whole fleet, ten to twelve minutes each."""
        self._round(
            "full", list(range(len(self.county.buses))), 12 * 60 + 30, (570, 760), (40, 160)
        )

    def plan_spot(self) -> None:
        name, home = self.rng.choice(self.full_time)
        bus = self.rng.choice([one for one in self.today.duty if self._home(one) == home])
        start = self._at(self.rng.randint(9 * 60, 17 * 60))
        self._add("spot", name, bus, start, self.rng.randint(120, 420))

    def plan_undercover(self, turn: int) -> None:
        """A ride of 20 to 40 minutes; the social inspectors take turns."""
        bus = self.rng.choice(list(self.today.duty))
        start = self._at(self.rng.randint(7 * 60 + 30, 16 * 60))
        name = self.social[turn % len(self.social)]
        self._add("undercover", name, bus, start, self.rng.randint(1200, 2400))

    def _round(
        self, mode: str, buses: list[int], minute: int, work: tuple[int, int], walk: tuple[int, int]
    ) -> None:
        for name, home in self.full_time:
            mates = [mate for mate, place in self.full_time if place == home]
            mine = [bus for bus in buses if self._home(bus) == home][
                mates.index(name) :: len(mates)
            ]
            at_ms = self._at(minute) + self.rng.randint(0, 240) * 1000
            for bus in mine:
                seconds = self.rng.randint(*work)
                self._add(mode, name, bus, at_ms, seconds)
                at_ms += (seconds + self.rng.randint(*walk)) * 1000

    def _add(self, mode: str, inspector: str, number: int, start_ms: int, seconds: int) -> None:
        bus = self.county.buses[number]
        self.visits.append(
            Visit(
                record=str(uuid.UUID(int=self.rng.getrandbits(128), version=4)),
                inspector=inspector,
                mode=mode,
                bus=bus,
                driver=self.today.duty.get(number, bus.driver),
                conductor=bus.conductor,
                day=self.today.day,
                started_ms=start_ms,
                finished_ms=start_ms + seconds * 1000,
                raining=self.today.raining,
            )
        )

    def _home(self, number: int) -> int:
        return self.county.buses[number].station

    def _at(self, minute: int) -> int:
        return self.today.midnight_ms + minute * MINUTE_MS

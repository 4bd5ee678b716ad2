"""Fixtures of the office: an officer, a station's manager, an inspector of another record."""

from __future__ import annotations

import pytest

from tests.server.office.staff import Seat, inspect, sit_down
from tests.support.phone import Phone
from tests.support.world import World


@pytest.fixture
def reviewer(world: World) -> Seat:
    """A quality officer: reads all, reviews, matches; may not void."""
    return sit_down(world, "reviewer", "quality_officer")


@pytest.fixture
def head(world: World) -> Seat:
    """The head of quality: may void too."""
    return sit_down(world, "head", "quality_head")


@pytest.fixture
def manager(world: World) -> Seat:
    """The manager of the station where the records are."""
    return sit_down(world, "manager", "station_manager", world.stations[0])


@pytest.fixture
def record(inspector: Phone, world: World) -> str:
    """An inspection that waits for review."""
    return inspect(inspector, world)

"""Believable names and plates, drawn from the demo's seed."""

from __future__ import annotations

import random
from typing import Any

PROVINCE = "川R"
# Plates have no I and no O.
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
SHARE_OF_WOMEN = 0.3
SHARE_OF_ELECTRIC_COACHES = 0.35


def draw_names(rng: random.Random, plan: dict[str, Any], count: int) -> list[str]:
    """That many names: rare characters among them, and two people who share one."""
    names: list[str] = list(plan["rare_names"])
    # Common surnames stand first and are drawn more often.
    surnames = plan["surnames"]
    weights = [1 / (place + 4) for place in range(len(surnames))]
    while len(names) < count - 1:
        given = plan["given_women" if rng.random() < SHARE_OF_WOMEN else "given_men"]
        name = rng.choices(surnames, weights)[0] + rng.choice(given)
        if name not in names:
            names.append(name)
    names.append(names[-1])
    rng.shuffle(names)
    return names


def draw_plates(rng: random.Random, regimes: list[str]) -> list[str]:
    """A plate for each vehicle: seven characters, or eight for new-energy vehicles."""
    plates: list[str] = []
    for regime in regimes:
        electric = regime == "city_bus" or rng.random() < SHARE_OF_ELECTRIC_COACHES
        plate = _draw_plate(rng, electric)
        while plate in plates:
            plate = _draw_plate(rng, electric)
        plates.append(plate)
    return plates


def _draw_plate(rng: random.Random, electric: bool) -> str:
    if electric:
        # Large new-energy vehicles end in D (battery) or F (hybrid).
        return f"{PROVINCE}{rng.randrange(100_000):05d}{rng.choice('DDDF')}"
    if rng.random() < 0.5:
        return f"{PROVINCE}{rng.randrange(100_000):05d}"
    return f"{PROVINCE}{rng.choice(LETTERS)}{rng.randrange(10_000):04d}"

"""What was typed badly is still proposed: widths, letters for digits, provinces, rare signs."""

from __future__ import annotations

import pytest

from tests.server.office.staff import Seat, inspect
from tests.support.phone import Phone
from tests.support.world import World


def proposed(seat: Seat, phone: Phone, world: World, what: str, typed: str) -> list[str]:
    """The choices for what was typed, likeliest first."""
    record = inspect(phone, world, **{what: None, f"{what}_typed": typed})
    page = seat.page(f"/office/inspections/{record}/match/{what}")
    listed = page.split('class="choices"')[1].split("</ul>")[0] if "choices" in page else ""
    return [one.split("</li>")[0] for one in listed.split("<li>")[1:]]


@pytest.mark.parametrize(
    ("typed", "exact"),
    [
        ("川Ｂ１２３４２", True),
        ("川b 123 42", True),
        ("川B·12342", True),
        ("川B-12342", True),
        ("川B.12342", True),
        ("川B12342\u200b", True),
        ("B12342", False),  # province forgotten
        ("渝B12342", False),  # province mistaken
        ("12342", False),
        ("川B1234Z", False),
        ("川BD12342", False),  # typed as a new-energy plate
    ],
)
def test_a_plate_is_proposed_however_it_was_typed(
    world: World, inspector: Phone, reviewer: Seat, typed: str, exact: bool
) -> None:
    first, *_ = proposed(reviewer, inspector, world, "vehicle", typed)
    found = "川B12342" in first or (typed == "川B1234Z" and "川B1234" in first)
    assert found
    assert ("完全一致" in first) is exact


@pytest.mark.parametrize(
    ("typed", "meant", "exact"),
    [
        ("王　建　国", "王建国", True),
        ("欧阳\u00b7䶮", "欧阳䶮", True),
        ("欧阳龑", "欧阳䶮", False),
        ("Ｄ００２", "李秀英", True),
        ("d-2", "李秀英", False),
        ("DOO2", "李秀英", False),
    ],
)
def test_a_driver_is_proposed_however_typed(
    world: World, inspector: Phone, reviewer: Seat, typed: str, meant: str, exact: bool
) -> None:
    first, *_ = proposed(reviewer, inspector, world, "driver", typed)
    assert meant in first
    assert ("完全一致" in first) is exact

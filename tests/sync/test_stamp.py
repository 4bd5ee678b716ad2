"""Stamps: parse, print, and rise whatever the clock does."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.stamp import MAX_MS, Stamp, StampsExhausted, next_stamp, parse_stamp
from tests.sync.vectors import named, vectors

CASES = vectors("stamps.json")
DEVICES = st.text("0123456789abcdef", min_size=16, max_size=16)
STAMPS = st.builds(Stamp, st.integers(0, MAX_MS), st.integers(0, 0xFFFF), DEVICES)
CLOCKS = st.integers() | st.integers(0, 2 * 10**12)


@pytest.mark.parametrize("case", CASES["valid"])
def test_a_stamp_reads_and_prints(case: dict[str, Any]) -> None:
    stamp = parse_stamp(case["text"])
    assert stamp == Stamp(case["ms"], case["counter"], case["device"])
    assert str(stamp) == case["text"]


@pytest.mark.parametrize("text", [*CASES["invalid"], None, 1763600000123, b""])
def test_other_text_is_no_stamp(text: object) -> None:
    assert parse_stamp(text) is None


@pytest.mark.parametrize("case", **named(CASES["next"]))
def test_the_next_stamp(case: dict[str, Any]) -> None:
    last = parse_stamp(case["last"])
    if case["next"] is None:
        with pytest.raises(StampsExhausted):
            next_stamp(last, case["now_ms"], CASES["device"])
    else:
        assert str(next_stamp(last, case["now_ms"], CASES["device"])) == case["next"]


def test_text_order_is_merge_order() -> None:
    rising = CASES["rising"]
    stamps = [stamp for text in rising if (stamp := parse_stamp(text)) is not None]
    assert sorted(rising) == rising
    assert [str(stamp) for stamp in sorted(stamps)] == rising


@pytest.mark.parametrize(
    ("ms", "counter", "device"),
    [(-1, 0, "0" * 16), (MAX_MS + 1, 0, "0" * 16), (0, -1, "0" * 16), (0, 65536, "0" * 16)]
    + [(0, 0, device) for device in ("", "0" * 15, "0" * 17, "A" * 16)],
)
def test_a_stamp_that_cannot_be_printed_cannot_be_made(ms: int, counter: int, device: str) -> None:
    with pytest.raises(ValueError, match=r"range|device"):
        Stamp(ms, counter, device)


@given(st.lists(CLOCKS, min_size=2), DEVICES)
def test_stamps_rise_whatever_the_clock_does(clocks: list[int], device: str) -> None:
    made: list[str] = []
    last: Stamp | None = None
    for now_ms in clocks:
        last = next_stamp(last, now_ms, device)
        made.append(str(last))
    assert made == sorted(set(made))


@given(STAMPS, CLOCKS, DEVICES)
def test_the_next_stamp_is_above_any_other_devices(last: Stamp, now_ms: int, device: str) -> None:
    if (last.ms, last.counter) < (MAX_MS, 0xFFFF):
        assert str(next_stamp(last, now_ms, device)) > str(last)


@given(STAMPS)
def test_a_printed_stamp_reads_back(stamp: Stamp) -> None:
    assert parse_stamp(str(stamp)) == stamp


@given(STAMPS, STAMPS)
def test_two_stamps_compare_as_their_texts_do(a: Stamp, b: Stamp) -> None:
    assert (a < b) == (str(a) < str(b))

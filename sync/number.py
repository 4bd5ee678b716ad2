"""Measured numbers without fractions: every limit and answer is a count of ten-thousandths."""

import re

# Nine digits before the point and four behind it: what scoring multiplies stays below 2^53,
# so a phone computes it exactly as well.
MAX_WHOLE = 10**9 - 1
E4 = 10**4

_DECIMAL = re.compile(r"(-?)([0-9]{1,9})(?:\.([0-9]{1,4}))?")


def parse_e4(value: object) -> int | None:
    """An integer or a decimal text ("3.2") in ten-thousandths, or None if it is neither."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value * E4 if abs(value) <= MAX_WHOLE else None
    found = _DECIMAL.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    size_e4 = int(found[2]) * E4 + int((found[3] or "").ljust(4, "0"))
    return -size_e4 if found[1] else size_e4

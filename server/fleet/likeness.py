"""How alike two plates, names or staff numbers are, however they were typed. Pure."""

from __future__ import annotations

import re
import unicodedata

from sync.plate import name_key, plate_key

SAME, TAIL, NEAR, APART = range(4)  # the smaller, the more alike
_PROVINCE = re.compile("^[\u3400-\u9fff]")
_NO_LETTERS = str.maketrans("OI", "01")
_LONG_ENOUGH = 4  # fewer characters in common say nothing
_TAIL = 5


def bare_plate(text: str) -> str:
    """A plate without its province's character, which is forgotten or mistaken easily, and without
    the letters that no plate has behind its first: B·O1234 and 川B01234 are one.
    """
    bare = _PROVINCE.sub("", plate_key(text))
    return bare[:1] + bare[1:].translate(_NO_LETTERS)


def plate_likeness(one: str, other: str) -> int:
    """SAME but for the province; TAIL where the five last characters agree; NEAR where one
    character is wrong, missing, too many, or two neighbours are the other way round.
    """
    a, b = bare_plate(one), bare_plate(other)
    if min(len(a), len(b)) < _LONG_ENOUGH:
        return APART
    if a == b:
        return SAME
    if a[-_TAIL:].translate(_NO_LETTERS) == b[-_TAIL:].translate(_NO_LETTERS):
        return TAIL
    return NEAR if _is_one_slip(a, b) else APART


def bare_number(text: str) -> str:
    """A staff number without separators, case and filling zeros: D-007 and d7 are one."""
    key = name_key(unicodedata.normalize("NFKC", text)).translate(_NO_LETTERS)
    return re.sub("(?<![0-9])0+(?=[0-9])", "", key)


def name_likeness(one: str, other: str) -> int:
    """SAME name however written; NEAR where one character of three or more is wrong."""
    a, b = name_key(one), name_key(other)
    if not a or not b:
        return APART
    if a == b:
        return SAME
    return NEAR if min(len(a), len(b)) >= 3 and _is_one_slip(a, b) else APART


def _is_one_slip(a: str, b: str) -> bool:
    if len(a) == len(b):
        wrong = [place for place in range(len(a)) if a[place] != b[place]]
        if len(wrong) == 2 and wrong[1] == wrong[0] + 1:
            first, second = wrong
            return a[first] == b[second] and a[second] == b[first]
        return len(wrong) == 1
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    if len(longer) != len(shorter) + 1:
        return False
    return any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))

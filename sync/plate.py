"""Keys under which plates and names meet, however they were typed."""

import re
import unicodedata

# Spaces (those without width among them), dots of every height, hyphens and dashes. Listed one
# by one, because "white space" is not the same set in Python and in JavaScript.
_SEPARATORS = re.compile(
    "[ \t\n\v\f\r\u0085\u00ad\u1680\u200b-\u200d\u2028\u2029\u2060\ufeff"
    ".\u3002\u00b7\u2022\u2027\u2219\u22c5\u30fb"
    "\u2010-\u2015\u2212-]"
)
_PLATE = re.compile("[\u4e00-\u9fff][A-Z]")
_NO_LETTERS = str.maketrans("OI", "01")


def plate_key(text: str) -> str:
    """The plate as it is matched: 豫d·O1234 and 豫D 01234 are one vehicle.

    Plates carry no letter O or I behind the place, so these can only be a mistyped 0 and 1.
    """
    key = _folded(text)
    if _PLATE.match(key):
        return key[:2] + key[2:].translate(_NO_LETTERS)
    return key


def name_key(text: str) -> str:
    """A person's name as it is matched: no spaces, no dots, one width, one case."""
    return _folded(text)


def _folded(text: str) -> str:
    bare = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
    return unicodedata.normalize("NFKC", bare.upper())

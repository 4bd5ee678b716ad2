"""A QR code in the terminal, two modules a character."""

from __future__ import annotations

import io
import sys

import segno

# White on black whatever the terminal's own colours, so that cameras read it.
COLOURS = ("\x1b[97;40m", "\x1b[0m")


def draw_code(text: str) -> str:
    """The QR code of a text, coloured when a terminal shows it."""
    drawn = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(out=drawn, compact=True, border=2)
    before, after = COLOURS if sys.stderr.isatty() else ("", "")
    return "\n".join(f"{before}{line}{after}" for line in drawn.getvalue().rstrip().splitlines())

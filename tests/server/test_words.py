"""Every word is there in both languages, and every word that is asked for exists."""

from __future__ import annotations

import re
import string

import pytest

from server.accounts.rights import ROLES
from server.inspections.listing import GRADES, QUEUES, STATUSES
from server.inspections.match_pages import KINDS, REGIMES
from server.inspections.review import MOVES
from server.inspections.rules import CRITICAL_SOURCES, MODES, STATES, SUBJECTS
from server.inspections.wording import FIELDS, KNOWN_UNITS
from server.words import LANGUAGES, read_words, say
from tests.tools.tree import files_ending, read

# A key spoken in full, in a template or in the server's own code.
ASKED = re.compile(r"""\b(?:t|_translate|flash)\(\s*["']([a-z_]+\.[a-z_A-Z]+)["']\s*[,)]""")
SERVER = [name for name in files_ending(".html", ".py") if name.startswith("server/")]
# Keys put together from a value: every value that can occur, by the key's beginning.
GROUPS: dict[str, tuple[str, ...]] = {
    "terms.mode_": MODES,
    "terms.state_": STATES,
    "terms.status_": STATUSES,
    "terms.grade_": GRADES,
    "terms.severity_": ("minor", "major", "critical"),
    "terms.subject_": SUBJECTS,
    "terms.verdict_": ("pass", "fail", "na", "open", "dropped"),
    "terms.source_": CRITICAL_SOURCES,
    "terms.kind_": KINDS,
    "terms.regime_": REGIMES,
    "terms.role_": tuple(ROLES),
    "terms.unit_": tuple("percent" if unit == "%" else unit for unit in KNOWN_UNITS),
    "inspections.field_": (*FIELDS, "criticals"),
    "inspections.queue_": tuple(QUEUES),
    "inspections.move_": tuple(MOVES),
    "inspections.do_": tuple(MOVES),
    "inspections.done_": (
        *("confirmed", "returned", "void", "match", "settled"),
        *("released", "explained"),
    ),
    "inspections.answer_": ("released", "explained"),
    "files.merge_": ("vehicle", "crew"),
    "files.likeness_": ("0", "1", "2"),
    "inspections.seat_": ("phone", "office"),
    "inspections.none_yet_": ("lead", "station", "own"),
    "heads.check_": ("good", "other_key", "signature", "malformed"),
    "office.": tuple(
        f"{unit}{one}" for unit in ("days", "hours", "minutes") for one in ("", "_one")
    ),
}


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_word_has_both_languages() -> None:
    missing = {
        key: texts
        for key, texts in read_words().items()
        if set(texts) != set(LANGUAGES) or not all(text.strip() for text in texts.values())
    }
    assert read_words()
    assert missing == {}


def test_both_languages_have_the_same_places_to_fill() -> None:
    unlike = [
        key
        for key, texts in read_words().items()
        # The command line prints both languages in one line, and fills either of them.
        if not key.startswith("cli.")
        and len({frozenset(_places(text)) for text in texts.values()}) != 1
    ]
    assert unlike == []


def test_every_word_that_pages_ask_for_exists() -> None:
    asked = {key for name in SERVER for key in ASKED.findall(read(name))}
    assert len(asked) > 100
    assert sorted(asked - set(read_words())) == []


@pytest.mark.parametrize("beginning", GROUPS)
def test_every_value_that_can_occur_has_its_word(beginning: str) -> None:
    wanted = {f"{beginning}{value}" for value in GROUPS[beginning]}
    assert sorted(wanted - set(read_words())) == []


def test_every_beginning_of_a_key_in_a_template_is_known() -> None:
    joined = re.compile(r"""["']([a-z]+\.[a-z_]*)["'] ~""")
    beginnings = {key for name in SERVER for key in joined.findall(read(name))}
    others = {"problems.", "inspections.col_", "inspections.note_", "inspections.search_"}
    assert beginnings
    assert beginnings - set(GROUPS) - others - {"inspections.new_", "terms."} == set()


def test_words_are_filled_as_asked() -> None:
    assert say("en", "office.days", n=3) == "3 days"
    assert say("zh-CN", "office.days", n=3) == "3 天"

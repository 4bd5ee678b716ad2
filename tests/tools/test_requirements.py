"""docs/requirements.csv: each requirement once, in its own words, with a true state and a proof."""

import csv
import hashlib
import io
import json
import re

import pytest

from tests.tools.tree import own_files, read

ORIGINAL = ["id", "group", "file", "line", "original_zh", "english", "realisation"]
HEADER = [*ORIGINAL, "state", "shown_by"]
# Over the original columns as they came; a later wording needs a new requirement instead.
WORDS = "f9d4ad347a76b94c3b3aa94ea5bcd84d67328f548c316667992e30c2bb72dd6f"
STATES = ("works", "planned", "refused")
DECISIONS = "docs/decisions.md"


def rows() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(read("docs/requirements.csv"))))


def in_state(state: str) -> list[dict[str, str]]:
    return [row for row in rows() if row["state"] == state]


def is_shown(proof: str) -> bool:
    """A test that is there by name, a file of the phone's tests, or a page of the documents."""
    path, _, test = proof.partition("::")
    if path not in own_files():
        return False
    if path.endswith(".py"):
        return re.search(rf"^def {re.escape(test)}\(", read(path), re.MULTILINE) is not None
    return not test and path.endswith((".test.ts", ".md"))


def section(page: str, anchor: str) -> str:
    """The text under the heading that a link with this anchor leads to; empty when none does."""
    for part in re.split(r"^#+ ", read(page), flags=re.MULTILINE)[1:]:
        heading, _, text = part.partition("\n")
        if re.sub(r"[^\w -]", "", heading.strip().lower()).replace(" ", "-") == anchor:
            return text
    return ""


def test_every_requirement_stands_there_once_and_in_order() -> None:
    assert [row["id"] for row in rows()] == [f"R{number:03d}" for number in range(1, 279)]


def test_the_original_words_are_unchanged() -> None:
    table = [ORIGINAL, *([row[name] for name in ORIGINAL] for row in rows())]
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == WORDS


def test_every_row_has_a_known_state_and_no_other_column() -> None:
    assert read("docs/requirements.csv").splitlines()[0].split(",") == HEADER
    assert [row["id"] for row in rows() if row["state"] not in STATES or len(row) != 9] == []


def test_what_works_is_shown() -> None:
    for row in in_state("works"):
        proofs = row["shown_by"].split(" ")
        assert [proof for proof in proofs if not is_shown(proof)] == [], row["id"]


def test_what_is_planned_claims_no_proof() -> None:
    assert [row["id"] for row in in_state("planned") if row["shown_by"]] == []


def test_what_is_refused_has_its_reason_among_the_decisions() -> None:
    for row in in_state("refused"):
        page, _, anchor = row["shown_by"].partition("#")
        assert page == DECISIONS
        assert row["id"] in section(page, anchor)


@pytest.mark.parametrize(
    "proof",
    [
        "",
        "tests/tools/test_requirements.py",
        "tests/tools/test_requirements.py::test_that_is_nowhere",
        "tests/tools/test_nowhere.py::test_what_works_is_shown",
        "pwa/src/core/score.ts",
        "docs/nowhere.md",
    ],
)
def test_a_proof_that_is_none_is_found(proof: str) -> None:
    assert not is_shown(proof)

"""The checker sees: every planted bug is reported by its scene, and the app itself by none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.serving import Server
from tests.faults.browser.bugs import BUGS, build_with_bugs
from tests.faults.browser.conftest import new_inspector, phone_like
from tests.faults.browser.front import Front, standing_front
from tests.faults.browser.handset import Handset
from tests.faults.browser.scenes import SCENES
from tests.faults.tally import Tally

NOBODY = "no bug at all"
SHORT = ("a refused edit is deleted", "the canary is not written")


@pytest.fixture(scope="module")
def buggy(house: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """The server behind an app that holds every bug."""
    folder = tmp_path_factory.mktemp("bugs")
    (folder / "dist").symlink_to(build_with_bugs(folder))
    with standing_front(house, folder) as front:
        yield front


def played(front: Front, browser: Browser, picture: Path, scene: str, bug: str) -> list[str]:
    """What the checker says at the end of the scene, with that bug awake."""
    context = browser.new_context(**phone_like({}))
    context.add_init_script(f"window.planted = {bug!r};")
    user = new_inspector(front.house)
    handset = Handset(front.house, context, user, picture, url=front.url)
    handset.enrol()
    found = SCENES[scene](handset)
    context.unroute_all(behavior="ignoreErrors")
    context.close()
    return found


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_caught_and_the_app_without_it_is_not(
    buggy: Front, browser: Browser, picture: Path, tally: Tally, scale: int, bug: str
) -> None:
    caught = played(buggy, browser, picture, bug, bug)
    tally.planted(bug, bool(caught))
    assert caught, f"nobody saw that {bug}"
    # The scenes without a bug are long; other tests play much of them on the app as it is.
    if scale > 1 or bug in SHORT:
        assert played(buggy, browser, picture, bug, NOBODY) == []

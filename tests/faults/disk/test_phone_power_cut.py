"""The phone's battery falls out right after "saved": what the screen said is there again."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.e2e.browsing import PHONE, open_profile
from tests.e2e.serving import Server as House
from tests.faults.browser.handset import Handset
from tests.faults.browser.rows import read_phone
from tests.faults.disk.cutting import LONGEST
from tests.faults.disk.powercut import TRACED, Disk, disk_of
from tests.faults.tally import Tally

pytestmark = pytest.mark.skipif(
    os.environ.get("MINGCHA_FAULTS_SCALE", "1") == "1",
    reason="needs browsers and a server of its own for half a minute: part of the long form",
)

DATABASES = Path("Default") / "IndexedDB"
ITEMS = ("P2-01", "P2-02", "P2-07")
RELAXED = """(() => {
  const begin = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (names, mode) {
    return begin.call(this, names, mode, { durability: "relaxed" });
  };
})()"""


@dataclass(frozen=True)
class Told:
    """What the phone's screen had called saved, and every call up to that moment."""

    record: str
    answers: dict[str, str]
    before: Disk
    log: Path


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A running server with an inspector."""
    with pytest.MonkeyPatch.context() as patch:
        data = tmp_path_factory.mktemp("house") / "data"
        data.mkdir()
        patch.setenv("MINGCHA_DATA", str(data))
        served = House(data)
        served.fill().add_user("inspector", "inspector_fulltime")
        served.start()
        yield served
        served.stop()


def test_what_the_screen_calls_saved_survives_a_power_cut(
    playwright: Playwright, house: House, tmp_path: Path, tally: Tally
) -> None:
    lost = lost_answers(playwright, house, tmp_path, "")
    tally.add(17, len(ITEMS) - 1, len(lost))
    assert lost == set()


def test_a_phone_that_does_not_ask_for_strict_writes_is_found(
    playwright: Playwright, house: House, tmp_path: Path, tally: Tally
) -> None:
    lost = lost_answers(playwright, house, tmp_path, RELAXED)
    tally.planted("relaxed_durability", bool(lost))
    assert lost


def lost_answers(playwright: Playwright, house: House, folder: Path, script: str) -> set[str]:
    """Answers that were shown as saved and are gone after the cut."""
    profile = folder / "profile"
    told = work_until_the_cut(playwright, house, profile, script, folder / "calls")
    disk = told.before
    for _call in disk.replay(told.log):
        pass
    disk.materialise(profile / DATABASES, "strict", random.Random(17))
    with open_profile(playwright, profile, PHONE) as context:
        phone = Handset(house, context, "inspector", folder)
        phone.page.goto(phone.app)
        row = read_phone(phone.page).record(told.record)
    kept = (row or {}).get("state", {})
    return {
        item
        for item, value in told.answers.items()
        if kept.get(f"answers/{item}", {}).get("value", {}).get("value") != value
    }


def work_until_the_cut(
    playwright: Playwright, house: House, profile: Path, script: str, log: Path
) -> Told:
    with open_profile(playwright, profile, PHONE) as context:
        if script:
            context.add_init_script(script)
        phone = Handset(house, context, "inspector", profile)
        phone.enrol()
        record = phone.start()
        phone.judge(ITEMS[0], "pass")
        with traced_databases(profile / DATABASES, log):
            before = disk_of(profile / DATABASES)
            for item in ITEMS[1:]:
                phone.judge(item, "pass")
            kept = profile.with_name("kept")
            shutil.copy(log, log.with_name("until"))
        shutil.copytree(profile, kept, ignore=shutil.ignore_patterns("Singleton*"), symlinks=True)
        answers = dict(phone.shown[record].answers)
    shutil.rmtree(profile)
    kept.rename(profile)
    return Told(record, answers, before, log.with_name("until"))


@contextmanager
def traced_databases(folder: Path, log: Path) -> Iterator[None]:
    """strace on the process of the browser's that has these files open."""
    options = ["-f", "-y", "-xx", "-s", str(LONGEST), "-o", str(log), "-e", f"trace={TRACED}"]
    command = ["strace", "-p", str(owner_of(folder)), *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
        assert tracer.stderr
        assert "attached" in tracer.stderr.readline()
        try:
            yield
        finally:
            tracer.terminate()


def owner_of(folder: Path) -> int:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            opened = [str(handle.readlink()) for handle in (process / "fd").iterdir()]
        except OSError:
            continue
        if any(name.startswith(f"{folder}/") for name in opened):
            return int(process.name)
    raise AssertionError("no process has the phone's database open")

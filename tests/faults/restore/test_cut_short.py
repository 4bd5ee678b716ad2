"""A backup or a restore that is killed at any of its steps leaves something whole, or nothing."""

from __future__ import annotations

import os
import uuid
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server import create_app
from server.backup.place import list_content
from server.backup.restoring import Restoring, restore_backup
from server.config import RESTORING, BadSetting, read_settings
from tests.faults.restore.check import check_drill
from tests.faults.restore.check_backup import Moment, check_backup
from tests.faults.restore.drill import Drill, quiet
from tests.faults.tally import Tally
from tests.server.backup.house import close

KILLED = 9
STEPS = ("fsync", "rename", "replace", "rmdir", "mkdir")


def killed_at(step: int, act: Callable[[], object]) -> bool:
    """Do it in a process that is gone before its so-many-th step; False when it ended first.

    A step is a call that makes something durable or changes a name.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forking where threads are
        child = os.fork()
    if child == 0:
        try:
            _die_before(step)
            act()
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, KILLED), code
    return code == KILLED


def _die_before(step: int) -> None:
    left = [step]

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **options: Any) -> Any:
            left[0] -= 1
            if left[0] <= 0:
                os._exit(KILLED)  # as SIGKILL: nothing is cleaned up
            return call(*arguments, **options)

        return run

    for name in STEPS:
        setattr(os, name, counted(getattr(os, name)))


def test_a_backup_that_is_killed_at_any_step_is_whole_or_not_there(
    drill: Drill, tally: Tally, scale: int
) -> None:
    drill.work()
    first = drill.back_up().name
    drill.work()
    answered = {stamp for handset in drill.handsets for stamp in handset.answered()}
    step, violations = 1, []
    while killed_at(step, drill.back_up):
        drill.clock.at_ms += 5000  # the clock of the one that was killed went with it
        violations += [f"{step}: {first} is gone"] if first not in list_whole(drill) else []
        for name in list_whole(drill):
            if name != first:
                violations += check_backup(drill, Moment(name, answered))
        step += 1 if scale > 1 else 3
    drill.clock.at_ms += 5000
    violations += check_backup(drill, Moment(drill.back_up().name, answered))
    tally.add(61, step, len(violations))
    assert step > 10
    assert violations == []


def list_whole(drill: Drill) -> list[str]:
    return drill.folder.list_generations()


def test_a_restore_that_is_killed_at_any_step_is_whole_or_starts_nothing(
    drill: Drill, tally: Tally, scale: int
) -> None:
    drill.work()
    generation = drill.back_up().name
    step, killed, violations = 1, 0, []
    while True:
        data = drill.root / f"cut-{step}"
        if not killed_at(step, lambda place=data: _restore(drill, place, aside=False)):
            break
        killed += 1
        violations += _look_at(data, step)
        if killed % (2 if scale > 1 else 6) == 0:
            # What was cut short is done again with the same words, or put aside in its last moment.
            _restore(drill, data, aside=list_content(data) not in ([], [RESTORING]))
            violations += [f"{step}: not done again"] if RESTORING in list_content(data) else []
        step += 1 if scale > 1 else 5
    drill.lose_server(generation)
    drill.work()
    violations += check_drill(drill)
    tally.add(61, killed, len(violations))
    assert killed > 5
    assert violations == []


def _restore(drill: Drill, data: Path, *, aside: bool) -> None:
    how = Restoring(create_app, drill.clock, lambda: str(uuid.uuid4()), quiet)
    restore_backup(data, drill.folder, None, how, aside=aside)


def _look_at(data: Path, step: int) -> list[str]:
    """Nothing there, or nothing that starts, or all of it."""
    content = list_content(data)
    if not content:
        return []
    if RESTORING in content:
        with pytest.raises(BadSetting):
            read_settings(data)
        return []
    if content != ["mingcha.sqlite3", "photos", "secret"]:
        return [f"{step}: {content}"]
    close(create_app(read_settings(data)))
    return []

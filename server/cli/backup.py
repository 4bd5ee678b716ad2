"""Commands that keep a copy of everything elsewhere, and bring it back."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import click

from server import create_app
from server.backup.content import Bad
from server.backup.facts import Facts
from server.backup.folder import BackupFolder
from server.backup.keeping import make_backup
from server.backup.restoring import Restoring, restore_backup
from server.backup.trouble import BackupTrouble
from server.cli.opening import open_settings
from server.cli.saying import Refused, tell
from server.clock import system_now_ms
from server.config import BadSetting, find_data_dir

QUIET_SECONDS = 1.0
folder_of_backups = click.argument(
    "folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path)
)


@dataclass
class Speaking:
    """Says how far it is, once a second and not in the first."""

    spoke_at: float = field(default_factory=time.monotonic)

    def __call__(self, what: str, done: int, total: int) -> None:
        if time.monotonic() - self.spoke_at >= QUIET_SECONDS:
            self.spoke_at = time.monotonic()
            tell(f"backup.progress_{what}", done=done, total=total)


@click.command()
@folder_of_backups
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    default=30,
    show_default=True,
    help="保留几份 / How many backups to keep.",
)
@click.option(
    "--check", is_flag=True, help="重新校验已备份的照片 / Hash the photos again that are there."
)
def backup(folder: Path, keep: int, check: bool) -> None:
    """备份到 DIR,可在使用中进行,末行为其名 / Back up to DIR while in use; last line: its name."""
    with expected():
        kept = BackupFolder(folder)
        made = make_backup(
            open_settings(), kept, system_now_ms, Speaking(), keep=keep, recheck=check
        )
    tell(
        "backup.made",
        edits=count(made.facts, "edit"),
        photos=len(made.facts.photos),
        copied=made.photos.files,
        size=f"{made.photos.size_bytes / 1024 / 1024:.1f} MiB",
    )
    tell("backup.uploads_left")
    if made.dropped:
        tell("backup.dropped", names=", ".join(made.dropped))
    name_bad(made.bad)
    click.echo(made.name)
    if made.bad:
        raise Refused("backup.bad_photos", count=len(made.bad), name=made.name)


@click.command()
@folder_of_backups
@click.option(
    "--generation", metavar="T", help="哪一份,缺省为最新 / Which one; the newest if none."
)
@click.option(
    "--aside/--no-aside",
    default=True,
    show_default=True,
    help="现有数据先移到旁边的目录,不删除 / What is there goes to a folder beside it first.",
)
def restore(folder: Path, generation: str | None, aside: bool) -> None:
    """从 DIR 恢复到数据目录,末行为新纪元 / Restore into the data folder; deletes nothing."""
    how = Restoring(create_app, system_now_ms, lambda: str(uuid.uuid4()), Speaking())
    with expected():
        done = restore_backup(find_data_dir(), BackupFolder(folder), generation, how, aside=aside)
    if done.aside:
        tell("backup.moved_aside", folder=done.aside)
    facts = done.facts
    tell("backup.restored", name=done.name, edits=count(facts, "edit"), photos=len(facts.photos))
    tell("backup.office_again", name=done.name)
    name_bad(done.bad)
    click.echo(done.epoch)
    if done.bad:
        raise Refused("backup.bad_restored", count=len(done.bad), name=done.name)


@contextmanager
def expected() -> Iterator[None]:
    """What can be expected to go wrong is said in a sentence."""
    try:
        yield
    except BackupTrouble as trouble:
        raise Refused(f"backup.{trouble.key}", **trouble.values) from trouble
    except BadSetting as error:
        raise Refused("bad_setting", why=error) from error
    except OSError as error:
        raise Refused("backup.disk", why=error) from error


def name_bad(bad: list[Bad]) -> None:
    for one in bad:
        tell("backup.bad_photo", why=one.why, company=one.company, sha256=one.sha256)


def count(facts: Facts, table: str) -> int:
    return sum(one.counts.get(table, 0) for one in facts.companies)

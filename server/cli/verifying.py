"""`mingcha verify`: walks log, records, signatures and photos, and names each damage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import click
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from server.accounts.models import Company
from server.cli.opening import list_companies, opened
from server.cli.saying import Refused, both, tell
from server.clock import HOUR_MS
from server.db import be_patient, db
from server.evidence.heads import BadHead, HeadText, check_signed_head, read_key
from server.evidence.store import Head, read_head
from server.photos.checking import check_photos
from server.photos.models import Photo
from server.verify.damage import Damage, readable
from server.verify.whole import check_company, check_owners
from server.web import now_ms, wiring

# One head a line, as `mingcha head` prints them; a file may hold many.
head_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--head",
    "files",
    type=head_file,
    multiple=True,
    help="另处留存的证据指纹文件,可多次 / A file of signed heads that was kept elsewhere.",
)
@click.option(
    "--key",
    metavar="TEXT",
    help="签名公钥,缺省用本机的 / The public key they were signed by; this installation's else.",
)
@click.option("--no-photos", is_flag=True, help="不读照片原件 / Do not read the photos' bytes.")
@click.pass_context
def verify(
    context: click.Context, files: tuple[Path, ...], key: str | None, no_photos: bool
) -> None:
    """核对日志、记录、签名、照片,逐处指出损坏 / Name each damage; exit code 1 if there is any."""
    with opened():
        companies = list_companies(db.session)
        folder = wiring().settings.data_dir
        public = key or read_key(folder).public
        heads = _read_heads(files, public, {company.id for company in companies})
        _begin_snapshot()
        count = sum(_say(damage) for damage in _shared_damages(db.session))
        count += sum(
            _verify_company(company, heads[company.id], public, not no_photos)
            for company in list_companies(db.session)
        )
    if count:
        tell("verify.damaged", count=count)
        context.exit(1)
    if not companies:  # as with a wrong folder: nothing was verified, so nothing is whole
        raise Refused("verify.nothing_here", folder=folder.absolute())


def _read_heads(
    files: tuple[Path, ...], key: str, companies: set[str]
) -> defaultdict[str, list[HeadText]]:
    heads: defaultdict[str, list[HeadText]] = defaultdict(list)
    for path in files:
        for line in filter(str.strip, path.read_text("utf-8", "replace").splitlines()):
            try:
                head = check_signed_head(line, key)
            except BadHead as error:
                raise Refused(f"verify.head_bad_{error.code}", name=path.name) from error
            if head.company not in companies:
                raise Refused("verify.head_foreign", name=path.name)
            heads[head.company].append(head)
    return heads


def _read_folder(company: Company, key: str) -> tuple[list[HeadText], list[Damage]]:
    """The heads of this epoch that the installation itself put outside, and what is wrong there.

    Those of an earlier epoch may lie beyond the size at which a restore went on.
    """
    heads: list[HeadText] = []
    bad: list[Damage] = []
    for path in sorted((wiring().settings.heads_dir / company.id).glob("*.json")):
        try:
            head = check_signed_head(path.read_text("utf-8", "replace"), key)
        except BadHead as error:
            bad.append(Damage("head_signature", path.name, error.code))
            continue
        if (head.company, head.epoch) == (company.id, company.epoch):
            heads.append(head)
    return heads, bad


def _begin_snapshot() -> None:
    """One view of the database for the whole walk, whatever is written meanwhile."""
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        be_patient(db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"}))


def _verify_company(company: Company, heads: list[HeadText], key: str, photos: bool) -> int:
    """Say each damage of one company; how many there were."""
    name, company_id = company.name, company.id
    tell("verify.begins", company=name)
    own, bad = _read_folder(company, key)
    remembered = [Head(head.size, head.hash) for head in (*heads, *own)]
    head = read_head(db.session, company_id)
    count = sum(_say(damage) for damage in bad)
    for damage in _all_damages(db.session, company, remembered, key, photos):
        count += _say(damage)
    if not count:
        click.echo(both("verify.whole", company=name, size=head.size, hash=head.hash))
        for kept in heads:
            click.echo(both("verify.head_confirmed", day=kept.day, size=kept.size))
    return count


def _say(damage: Damage) -> int:
    click.echo(both(f"verify.{damage.code}", place=damage.place, detail=damage.detail))
    return 1


def _shared_damages(session: Session) -> Iterator[Damage]:
    """What is wrong with the database as a whole, whichever company's it is."""
    yield from readable("file", _file_damages(session))
    yield from readable("company", check_owners(session))


def _all_damages(
    session: Session, company: Company, remembered: list[Head], key: str, photos: bool
) -> Iterator[Damage]:
    company_id = company.id
    yield from check_company(session, company, remembered, key, lambda part: tell(f"verify.{part}"))
    if photos:
        yield from readable("photos", _photo_damages(session, company_id))


def _file_damages(session: Session) -> Iterator[Damage]:
    """SQLite's own look at its file. An index may still hold what a row has lost: reading through
    the one does not show the damage of the other.
    """
    if db.engine.dialect.name == "sqlite":
        for line in session.scalars(text("PRAGMA integrity_check(20)")):
            if line != "ok":
                yield Damage("database_file", "", line)


def _photo_damages(session: Session, company: str) -> Iterator[Damage]:
    count = session.scalar(select(func.count(Photo.sha256)).where(Photo.company == company)) or 0
    tell("verify.photos", count=count)
    settled = now_ms() - HOUR_MS
    for found in check_photos(session, wiring().blobs, company, settled_before_ms=settled):
        yield Damage(f"photo_{found.problem}", found.sha256)

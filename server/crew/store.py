"""Reads crew members and their files."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.fleet.merges import CREW, is_called, is_standing
from server.fleet.models import CrewMember
from server.inspections.files import File, read_file
from server.inspections.reading import Filters
from server.problems import Problem
from sync.plate import name_key


@dataclass(frozen=True)
class CrewPage:
    """Crew in order of staff number; ``after`` continues the list."""

    rows: list[CrewMember]
    after: str | None


def list_crew(session: Session, user: User, text: str, after: str | None, most: int) -> CrewPage:
    """The company's drivers and conductors whose name or staff number holds the text."""
    query = select(CrewMember).where(CrewMember.company == user.company, is_standing(CREW))
    if text.strip():
        hits = or_(
            CrewMember.name_key.contains(name_key(text), autoescape=True),
            CrewMember.staff_number.contains(text.strip(), autoescape=True),
        )
        query = query.where(is_called(CREW, user.company, hits))
    if after:
        query = query.where(CrewMember.staff_number > after)
    rows = list(session.scalars(query.order_by(CrewMember.staff_number).limit(most + 1)))
    return CrewPage(rows[:most], rows[most - 1].staff_number if len(rows) > most else None)


def read_member(session: Session, user: User, member: str) -> CrewMember:
    """The crew member, or 404 when this company has none of that id."""
    row = session.get(CrewMember, (user.company, member))
    if not row:
        raise Problem("not_found")
    return row


def read_crew_file(
    session: Session, user: User, member: CrewMember, after: str | None, most: int
) -> File:
    """The person's file: inspections they were on duty at, problems charged to their duty."""
    return read_file(session, user, Filters(crew=member.id), (member.duty,), after, most)

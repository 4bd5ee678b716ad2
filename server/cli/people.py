"""Commands about companies, people and what lets them in."""

from __future__ import annotations

import click
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from server.accounts.models import Company
from server.accounts.rights import ROLES, may
from server.accounts.store import (
    UserCard,
    read_user_by_name,
    renew_secret,
    save_enrolment,
    save_user,
    save_user_token,
)
from server.cli.opening import (
    choose_company,
    choose_user,
    list_companies,
    opened_for_writing,
)
from server.cli.qr import draw_code
from server.cli.saying import Refused, both, tell
from server.edits.founding import found_company
from server.fleet.models import Station
from server.web import now_ms, wiring

REGIMES = ("road_passenger", "city_bus")
DEFAULT_COMPANY = ("新公交公司", "New bus company")

in_company = click.option(
    "--company", metavar="NAME|ID", help="公司名称或编号;只有一家时可省略 / Needed with several."
)


class Name(click.ParamType):
    """A name that can be typed and shown: no control characters, not too long."""

    name = "name"

    def __init__(self, most: int, spaces: bool = True) -> None:
        self.most = most
        self.spaces = spaces

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = value.strip()
        fits = 1 <= len(text) <= self.most and text.isprintable()
        if not fits or (not self.spaces and any(char.isspace() for char in text)):
            self.fail(both("bad_name", most=self.most, name=text[:80]), param, ctx)
        return text


@click.group()
def company() -> None:
    """公司 / Companies."""


@company.command("add")
@click.argument("name", type=Name(100))
@click.option("--regime", type=click.Choice(REGIMES), required=True, help="运营性质 / Licence.")
@click.option("--name-en", type=Name(100), default=None, help="英文名称 / English name.")
def add_company(name: str, regime: str, name_en: str | None) -> None:
    """新增公司,末行为其编号 / Add a company; the last line is its id."""
    with opened_for_writing() as (_, session):
        if any(one.name == name for one in list_companies(session)):
            raise Refused("company_taken", name=name)
        made = found_company(session, name, regime, now_ms(), name_en or "")
        session.commit()
        click.echo(made.id)


@click.group()
def user() -> None:
    """人员 / People who sign in."""


@user.command("add")
@click.argument("name", type=Name(64, spaces=False))
@click.option("--role", type=click.Choice(sorted(ROLES)), required=True, help="角色 / Role.")
@click.option("--display-name", type=Name(100), default=None, help="显示姓名 / Name shown.")
@click.option("--station", metavar="NAME|ID", help="所属站场 / Station.")
@in_company
def add_user(
    name: str, role: str, display_name: str | None, station: str | None, company: str | None
) -> None:
    """新增人员,末行为初始口令 / Add a person; the last line is their first secret."""
    with opened_for_writing() as (_, session):
        home = _company_or_first(session, company)
        if read_user_by_name(session, home.id, name):
            raise Refused("user_taken", name=name, company=home.name)
        place = find_station(session, home, station) if station else None
        card = UserCard(name, role, display_name or "", place)
        _, secret = save_user(session, home.id, card, now_ms())
        session.commit()
        tell("user_added", name=name, role=role, company=home.name)
        click.echo(secret)


@user.command("secret")
@click.argument("name")
@in_company
def renew_user_secret(name: str, company: str | None) -> None:
    """重置口令,末行为新口令 / Give a person a new secret, on the last line."""
    with opened_for_writing() as (_, session):
        secret = renew_secret(choose_user(session, name, company))
        session.commit()
        tell("secret_renewed", name=name)
        click.echo(secret)


@click.command()
@click.argument("name")
@in_company
def enrol(name: str, company: str | None) -> None:
    """登记手机:链接、二维码,末行为登记码 / A link, a QR code, and the code on the last line."""
    with opened_for_writing() as (_, session):
        person = choose_user(session, name, company)
        if not may(person.role, "inspect"):
            tell("role_never_inspects", name=name, role=person.role)
        settings = wiring().settings
        code = save_enrolment(session, person, now_ms(), settings.enrolment_hours)
        session.commit()
        tell("enrol_with", name=name, hours=settings.enrolment_hours)
        link = enrolment_link(settings.base_url, code)
        click.echo(f"{link}\n{draw_code(link)}", err=True)
        click.echo(code)


@click.command()
@click.argument("name")
@in_company
def token(name: str, company: str | None) -> None:
    """接口令牌,在此人权限之内,位于末行 / An API token with this person's rights, last line."""
    with opened_for_writing() as (_, session):
        text = save_user_token(session, choose_user(session, name, company), now_ms())
        session.commit()
        tell("token_made", name=name)
        click.echo(text)


def enrolment_link(base_url: str, code: str) -> str:
    """What a phone opens to enrol; the code stays behind the #, so no server log holds it."""
    return f"{base_url}/app/#enrol={code}"


def _company_or_first(session: Session, wanted: str | None) -> Company:
    if wanted is None and not list_companies(session):
        name, name_en = DEFAULT_COMPANY
        tell("company_made", name=name)
        return found_company(session, name, REGIMES[0], now_ms(), name_en)
    return choose_company(session, wanted)


def find_station(session: Session, home: Company, wanted: str) -> str:
    """The id of the station of that name or id."""
    found = session.scalar(
        select(Station.id).where(
            Station.company == home.id, or_(Station.id == wanted, Station.name == wanted)
        )
    )
    if not found:
        raise Refused("station_unknown", name=wanted, company=home.name)
    return found

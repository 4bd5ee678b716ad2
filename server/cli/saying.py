"""What the command line says: both languages on one line, zh-CN first, and its refusals."""

from __future__ import annotations

import click

from server.problems import Problem
from server.words import LANGUAGES, say


def both(key: str, **values: object) -> str:
    """The text of ``cli.<key>``, or of a key with an area of its own: Chinese, then English."""
    full = key if "." in key else f"cli.{key}"
    return " · ".join(say(language, full, **values) for language in LANGUAGES)


def tell(key: str, **values: object) -> None:
    """Say it to the person, not to the program that reads the output."""
    click.echo(both(key, **values), err=True)


class Refused(click.ClickException):
    """The command was understood and not done. Exit code 1."""

    exit_code = 1

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(both(key, **values))


def refuse_for(problem: Problem) -> click.ClickException:
    """A problem of the catalogue, as the command line says it."""
    titles = " · ".join(str(problem.as_json(language)["title"]) for language in LANGUAGES)
    detail = f" ({problem.detail})" if problem.detail else ""
    return click.ClickException(titles + detail)

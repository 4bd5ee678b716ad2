"""The command line: `mingcha <command>`. Answers go to stdout, words to people to stderr."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from server.cli import (
    backup,
    demonstration,
    fleet,
    grants,
    heads,
    people,
    serving,
    upkeep,
    verifying,
)
from server.cli.saying import both
from server.logs import send_lines


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mingcha", prog_name="mingcha")
def mingcha() -> None:
    """明察:公交服务质量检查 / Mingcha: bus service-quality inspection.

    数据在 $MINGCHA_DATA,缺省为 var / Data lies in $MINGCHA_DATA, var by default.
    """


COMMANDS = (
    people.company,
    people.user,
    people.enrol,
    people.token,
    fleet.station,
    fleet.route,
    fleet.vehicle,
    fleet.crew,
    demonstration.demo,
    serving.serve,
    upkeep.migrate,
    upkeep.worker,
    upkeep.openapi,
    grants.grants,
    verifying.verify,
    backup.backup,
    backup.restore,
    heads.head,
)
for command in COMMANDS:
    mingcha.add_command(command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and leave: 0 done, 1 refused, 2 not understood."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without Chinese gets question marks
    # A program that reads the last line of stdout finds no log there.
    send_lines(lambda: sys.stderr)
    try:
        ended = mingcha.main(arguments, prog_name="mingcha", standalone_mode=False)
    except click.UsageError as error:
        if error.ctx:
            click.echo(error.ctx.get_usage(), err=True)
        click.echo(both("misused", why=_one_line(error)), err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        click.echo(both("refused", why=_one_line(error)), err=True)
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    sys.exit(ended if isinstance(ended, int) else 0)


def _one_line(error: click.ClickException) -> str:
    return " ".join(error.format_message().split())

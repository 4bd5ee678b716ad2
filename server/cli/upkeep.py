"""Commands of installation: tables, job worker, API description."""

from __future__ import annotations

import json
from pathlib import Path

import click

from server.cli.opening import open_app, opened
from server.cli.saying import Refused, tell
from server.jobs import run_worker


@click.command()
def migrate() -> None:
    """建立或更新数据表 / Make or update the database's tables."""
    with opened():
        tell("up_to_date")


@click.command()
def worker() -> None:
    """后台任务(生成缩略图等),直到停止 / Work outside requests until stopped."""
    with opened() as app:
        pass
    run_worker(app)


@click.command()
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="写入文件,缺省为标准输出 / A file to write; standard output otherwise.",
)
def openapi(output: Path | None) -> None:
    """接口说明 / The API's OpenAPI description, as JSON."""
    described = open_app().test_client().get("/api/v1/openapi.json").get_json()
    text = json.dumps(described, ensure_ascii=False, indent=2)
    if output is None:
        click.echo(text)
        return
    try:
        output.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise Refused("not_written", file=output, why=error) from error
    tell("written", file=output)

"""`mingcha demo` on a database that is not empty; the loading itself is tried with the demo."""

from __future__ import annotations

from tests.server.cli.terminal import Terminal


def test_it_is_never_loaded_over_another_company(terminal: Terminal) -> None:
    terminal.last_line("company", "add", "甲公司", "--regime", "city_bus")
    done = terminal.run("demo")
    assert (done.code, done.out) == (1, "")
    assert "empty database only" in done.err
    assert terminal.run("company", "add", "甲公司", "--regime", "city_bus").code == 1

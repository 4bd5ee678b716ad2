"""No file above 300 lines, no Python function above 40; Biome counts those in TypeScript."""

import ast

from tests.tools.tree import files_ending, read

FILE_LINES = 300
FUNCTION_LINES = 40


def long_functions(source: str) -> list[str]:
    return [
        f"{node.name} has {length} lines"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    ]


def test_no_file_is_longer_than_300_lines() -> None:
    names = files_ending(".py", ".ts", ".tsx", ".css", ".html", ".js", ".mjs")
    lengths = {name: len(read(name).splitlines()) for name in names}
    assert names
    assert {name: length for name, length in lengths.items() if length > FILE_LINES} == {}


def test_no_python_function_is_longer_than_40_lines() -> None:
    long = {name: found for name in files_ending(".py") if (found := long_functions(read(name)))}
    assert long == {}


def test_a_function_of_41_lines_is_found_and_one_of_40_is_not() -> None:
    body = "    pass\n"
    assert long_functions("def short():\n" + body * 39) == []
    assert long_functions("async def long():\n" + body * 40) == ["long has 41 lines"]

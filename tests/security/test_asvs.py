"""`docs/security.md` says how many of its rows are open, and names tests and modules that exist."""

import ast
import re
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_DOC = (_ROOT / "docs" / "security.md").read_text()
_STATES = {"kept", "open", "operator", "not here"}
_TABLE = _DOC.partition("| no. |")[2].partition("## ")[0]
_ROWS = [[cell.strip() for cell in line.split("|")[1:-1]] for line in _TABLE.splitlines()[2:] if line]
_NAMED = sorted(set(re.findall(r"`((?:\w+/)+[\w.]+\.(?:py|md|json|txt))(?:::([\w:]+))?`", _DOC)))


def test_it_counts_what_is_open() -> None:
    stated = re.search(r"^Open rows: (\d+)$", _DOC, re.MULTILINE)
    assert stated
    assert int(stated[1]) == sum(row[2] == "open" for row in _ROWS)


def test_each_row_has_a_state_and_each_that_is_kept_a_test() -> None:
    assert {row[2] for row in _ROWS} == _STATES
    assert [row[0] for row in _ROWS if row[2] == "kept" and not row[4].startswith("`tests/")] == []


def test_no_requirement_is_there_twice() -> None:
    numbers = [number for row in _ROWS for number in row[0].split(", ")]
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize(("path", "name"), _NAMED)
def test_what_is_named_exists(path: str, name: str) -> None:
    file = _ROOT / path
    assert file.is_file()
    if name:
        found = {node.name for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, _NAMES)}
        assert set(name.split("::")) <= found


_NAMES = (ast.FunctionDef, ast.ClassDef)

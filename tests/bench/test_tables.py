from pathlib import Path

import pytest

from tests.bench.__main__ import measured
from tests.bench.tables import README, keep, machine, table

MARKS = "<!-- make bench writes from here -->", "<!-- to here -->"


def test_a_table_is_markdown() -> None:
    lines = table(["set", "IoU"], [["davis", "0.84"], ["voc", "0.78"]]).splitlines()
    assert lines == ["| set | IoU |", "| --- | --: |", "| davis | 0.84 |", "| voc | 0.78 |"]


def test_figures_take_the_place_of_older_ones(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n\n{MARKS[0]}\n\nold\n\n{MARKS[1]}\n\nafter\n")
    keep("new", readme)
    keep("newer\n", readme)
    assert readme.read_text() == f"before\n\n{MARKS[0]}\n\nnewer\n\n{MARKS[1]}\n\nafter\n"


@pytest.mark.parametrize("text", ["", MARKS[0], MARKS[1]])
def test_without_a_place_nothing_is_written(tmp_path: Path, text: str) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(text)
    with pytest.raises(ValueError, match="no place for figures"):
        keep("new", readme)
    assert readme.read_text() == text


def test_the_real_readme_has_a_place() -> None:
    text = README.read_text()
    assert [text.count(mark) for mark in MARKS] == [1, 1]
    assert text.index(MARKS[0]) < text.index(MARKS[1])


def test_the_machine_is_told_by_kind() -> None:
    assert "cores of" in machine()
    assert "\n" not in machine()


def test_part_that_cannot_be_measured_does_not_end_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    def broken() -> str:
        raise OSError("no such network")

    assert (measured(broken), measured(lambda: "0.5 s")) == (None, "0.5 s")
    assert "no such network" in capsys.readouterr().err

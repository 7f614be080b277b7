"""What an erased account leaves in the bytes of the files, where no query looks (promise P16)."""

import os
import subprocess
import sys

import pytest

from tests import migrated
from tests.stack import ROOT

_ALICE = ("alice@example.org", "Alice Archer", "4930901820")
_BOB = ("bob@example.org", "Bob Baker", "4915112345678")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Every file of a service that still runs, as the clock has left it."""
    folder = tmp_path_factory.mktemp("erased")
    migrated.put_into(folder)
    variables = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "STORAGE_URL"}
    }
    variables |= {"BGBEGONE_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "bgbegone.settings"}
    command = [sys.executable, "-m", "tests.accounts.leaving.erased"]
    log = folder / "log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            command, cwd=ROOT, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
        )
        assert process.stdout
        said = process.stdout.readline()
        found = {file.name: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
        process.communicate()
    assert said == b"erased\n", log.read_text()
    return found


def _holding(files: dict[str, bytes], words: str) -> list[str]:
    return [name for name, content in files.items() if words.encode() in content]


@pytest.mark.parametrize("words", _ALICE)
def test_p16_the_erased_are_in_no_file(files: dict[str, bytes], words: str) -> None:
    assert _holding(files, words) == []


@pytest.mark.parametrize("words", _BOB)
def test_p16_others_are_found_by_the_same_search(files: dict[str, bytes], words: str) -> None:
    assert "db.sqlite3" in _holding(files, words)


def test_p16_the_log_of_the_database_is_empty(files: dict[str, bytes]) -> None:
    assert files["db.sqlite3-wal"] == b""

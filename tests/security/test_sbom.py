"""The list of parts is that of the lock, whole, and holds nothing that only tests need."""

import json
import subprocess
import sys
from importlib.metadata import version

from tests.sbom import LOCK, bill


def test_every_part_of_the_lock_is_there_with_its_hashes() -> None:
    text = LOCK.read_text()
    parts = bill(text)["components"]
    assert len(parts) == sum(line[:1].isalpha() for line in text.splitlines())
    assert all(part["hashes"] for part in parts)
    assert sum(len(part["hashes"]) for part in parts) == text.count("--hash=")
    assert {part["name"]: part["version"] for part in parts}["django"] == version("django")


def test_no_two_are_the_same() -> None:
    references = [part["bom-ref"] for part in bill(LOCK.read_text())["components"]]
    assert len(references) == len(set(references))


def test_what_only_tests_need_is_not_in_it() -> None:
    names = {part["name"] for part in bill(LOCK.read_text())["components"]}
    assert not names & {"pytest", "playwright", "moto", "rembg", "mypy", "ruff"}


def test_the_command_prints_it_and_no_address_of_a_server() -> None:
    run = subprocess.run([sys.executable, "-m", "tests.sbom"], capture_output=True, text=True, check=True)
    assert json.loads(run.stdout)["bomFormat"] == "CycloneDX"
    assert "://" not in run.stdout

"""The country, when the operator gives a database."""

from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from tests.base import reader
from tests.bgbegone.test_env import _start
from tests.policy.analytics import mmdb
from tests.policy.analytics.base import one, seen

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.policy.analytics.pages")]


@pytest.fixture
def database(tmp_path: Path, settings: Any) -> None:
    entries = {
        "198.51.100.0/24": {"country": {"iso_code": "DE", "names": {"en": "Germany"}}},
        "203.0.113.0/25": {"country": {"iso_code": "NZ"}},
        "203.0.113.128/25": {"country": "FR"},
        "192.0.2.0/24": {"continent": {"code": "EU"}},
    }
    settings.COUNTRY_DATABASE = mmdb.write(tmp_path / "countries.mmdb", entries)


def _country_of(address: str) -> str:
    reader().get("/", REMOTE_ADDR=address)
    return one().country


@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("198.51.100.7", "DE"),
        ("203.0.113.127", "NZ"),
        ("203.0.113.128", "FR"),
        ("192.0.2.1", ""),
        ("10.0.0.1", ""),
        ("2001:db8::1", ""),
        ("", ""),
        ("unix:", ""),
    ],
)
@pytest.mark.usefixtures("database")
def test_the_country_is_looked_up(address: str, country: str) -> None:
    assert _country_of(address) == country


@pytest.mark.usefixtures("database")
def test_behind_a_proxy_the_address_is_that_of_the_visitor() -> None:
    with override_settings(TRUST_PROXY=True):
        reader(**{"x-forwarded-for": "198.51.100.7, 203.0.113.9"}).get("/", REMOTE_ADDR="10.0.0.1")
    assert one().country == "NZ"


def test_without_a_database_nothing_is_kept() -> None:
    reader().get("/", REMOTE_ADDR="198.51.100.7")
    assert one().country == ""


def test_a_file_that_broke_after_the_start_costs_nobody_the_view(tmp_path: Path, settings: Any) -> None:
    settings.COUNTRY_DATABASE = mmdb.write(tmp_path / "broken.mmdb", {"198.51.100.0/24": {"country": "DE"}})
    data = settings.COUNTRY_DATABASE.read_bytes()
    settings.COUNTRY_DATABASE.write_bytes(b"\xff" * 140 + data[140:])
    reader().get("/", REMOTE_ADDR="198.51.100.7")
    assert [view.country for view in seen()] == [""]


def test_a_file_that_is_no_database_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "words.mmdb").write_text("no database at all")
    for file in ("words.mmdb", "missing.mmdb"):
        started = _start(COUNTRY_DATABASE=str(tmp_path / file), BGBEGONE_DATA=str(tmp_path))
        assert started.stderr.startswith(
            "Wrong setting: COUNTRY_DATABASE must name a database in MaxMind's format"
        )
        assert len(started.stderr.strip().splitlines()) == 1


def test_a_database_is_accepted_at_the_start(tmp_path: Path) -> None:
    file = mmdb.write(tmp_path / "countries.mmdb", {"198.51.100.0/24": {"country": "DE"}})
    assert _start(COUNTRY_DATABASE=str(file), BGBEGONE_DATA=str(tmp_path)).returncode == 0

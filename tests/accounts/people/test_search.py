"""Finding somebody by whatever they tell us about themselves."""

from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from accounts.people.search import find

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def people(settings: Any) -> None:
    settings.PHONE_REGION = "DE"
    for name, full_name, phone in (
        ("alice", "Alice Archer", "+4930901820"),
        ("bob", "Bob Østergård", "+4530901820"),
        ("carol", "", ""),
    ):
        User.objects.create_user(name, f"{name}@example.org", "x", full_name=full_name, phone=phone)


def _found(words: str) -> list[str]:
    return sorted(find(User.objects.all(), words).values_list("username", flat=True))


@pytest.mark.parametrize(
    "words",
    [
        "alice",
        "LIC",
        "alice@example.org",
        " ALICE@Example.ORG ",
        "030 901820",
        "+49 (30) 90-18-20",
        "Archer",
        "archer alice",
    ],
)
def test_a_person_is_found(words: str) -> None:
    assert _found(words) == ["alice"]


@pytest.mark.parametrize("words", ["Østergård", "ØSTERGÅRD", "østergård bob", "+45 30 90 18 20"])
def test_in_any_script_and_country(words: str) -> None:
    assert _found(words) == ["bob"]


@pytest.mark.parametrize(
    "words",
    [
        "alice@",
        "@example.org",
        "ice@example.org",
        "Arch",
        "3090182",
        "90182",
        "+4930",
        "Archer Bob",
        "%",
        "_",
    ],
)
def test_p06_parts_of_contact_data_find_nobody(words: str) -> None:
    assert _found(words) == []


@pytest.mark.parametrize("words", ["\x00", "'; --", "\\", "＠", "a" * 300, "+" * 50, "٠٣٠"])
def test_odd_input_finds_nobody(words: str) -> None:
    assert _found(words) == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads the plan of SQLite")
@pytest.mark.parametrize(
    ("words", "index"), [("alice@example.org", "user_email"), ("030 901820", "user_phone")]
)
def test_address_and_number_are_looked_up_by_an_index(words: str, index: str) -> None:
    assert index in find(User.objects.order_by(), words).explain()

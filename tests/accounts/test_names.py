"""Spellings of names and addresses."""

import pytest
from django.core.exceptions import ValidationError

from accounts import names


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Alice@Example.ORG", "alice@example.org"),
        (" alice@example.org ", "alice@example.org"),
        ("alice@bücher.example", "alice@xn--bcher-kva.example"),
        ("alice@BÜCHER.example", "alice@xn--bcher-kva.example"),
        ("ａｌｉｃｅ@example.org", "alice@example.org"),
        ("alice", "alice"),
        ("", ""),
        ("alice@" + "x" * 80 + ".org", "alice@" + "x" * 80 + ".org"),
    ],
)
def test_an_address_has_one_spelling(typed: str, stored: str) -> None:
    assert names.canonical_email(typed) == stored


@pytest.mark.parametrize("name", ["alice", "Jürgen", "алиса", "アリス", "a.b+c-d_e", "élise"])
def test_user_names_of_every_script(name: str) -> None:
    names.validate_username(name)


@pytest.mark.parametrize(
    "name",
    ["a b", "a@b", "a\nb", "a\x00b", "<b>", "", "\u0430lice", "\u03bfmega", "a\u200bb", "a/b", "alice\n"],
)
def test_user_names_that_deceive_are_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        names.validate_username(name)


@pytest.mark.parametrize("name", ["Dr. Ana-María O’Neill", "محمد علی", "李小龍", "می‌خواهم"])
def test_full_names_of_every_script(name: str) -> None:
    names.validate_full_name(name)


@pytest.mark.parametrize("name", ["A\nBcc: x@y.org", "A\rB", "A\x00", "A\u2028B", "A\u202eB", "A\x1b[2J"])
def test_full_names_with_something_hidden_are_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        names.validate_full_name(name)

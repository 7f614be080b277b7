"""Phone numbers, as people write them."""

import pytest
from django.core.exceptions import ValidationError
from django.test import override_settings

from accounts.fields import PhoneField


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("+49 30 901820", "+4930901820"),
        ("0049 30 901820", "+4930901820"),
        ("(030) 90 18-20", "+4930901820"),
        ("+41 44 668 18 00", "+41446681800"),
        ("＋４９ ３０ ９０１８２０", "+4930901820"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_a_number_is_stored_in_one_form(typed: str, stored: str) -> None:
    with override_settings(PHONE_REGION="DE"):
        assert PhoneField(required=False).clean(typed) == stored


@pytest.mark.parametrize(
    "typed", ["12", "+49", "hello", "+49 30 901820 ext. 7", "+999 123456", "+1 555", "9" * 41, "030\n1"]
)
def test_what_cannot_be_a_number_gets_a_sentence(typed: str) -> None:
    with override_settings(PHONE_REGION="DE"), pytest.raises(ValidationError) as refusal:
        PhoneField().clean(typed)
    assert refusal.value.messages[0].endswith(".")


@pytest.mark.parametrize("typed", ["0049 30 901820", "00 49 (30) 901820"])
def test_without_a_country_two_noughts_stand_for_a_plus(typed: str) -> None:
    assert PhoneField().clean(typed) == "+4930901820"


def test_without_a_country_the_country_code_is_asked_for() -> None:
    with pytest.raises(ValidationError, match="country code"):
        PhoneField().clean("030 901820")

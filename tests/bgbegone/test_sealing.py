"""Encryption of what must be read again."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import override_settings

from bgbegone.lib.sealing import Unreadable, seal, unseal


@pytest.mark.parametrize("text", ["", "secret", "Grüße 🙂", "x" * 100_000])
def test_what_was_sealed_can_be_read_again(text: str) -> None:
    assert unseal(seal(text)) == text


def test_it_does_not_look_like_the_text_and_never_twice_alike() -> None:
    assert "secret" not in seal("secret")
    assert seal("secret") != seal("secret")


@pytest.mark.parametrize("damaged", ["", "secret", "gAAAAA", "ä"])
def test_what_was_not_sealed_is_unreadable(damaged: str) -> None:
    with pytest.raises(Unreadable):
        unseal(damaged)


def test_it_can_be_good_for_a_while_only() -> None:
    assert unseal(seal("secret"), seconds=60) == "secret"
    with time_machine.travel(datetime.now(tz=UTC) - timedelta(minutes=2)):
        sealed = seal("secret")
    with pytest.raises(Unreadable):
        unseal(sealed, seconds=60)


def test_another_key_does_not_open_it_unless_it_is_kept_as_the_former_one() -> None:
    sealed = seal("secret")
    with override_settings(SECRET_KEY="new"), pytest.raises(Unreadable):
        unseal(sealed)
    from django.conf import settings

    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert unseal(sealed) == "secret"

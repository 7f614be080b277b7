"""The signed name of a view."""

import time
import uuid

import pytest
import time_machine
from django.core import signing
from django.test import override_settings

from policy.analytics import tokens

NOW = 1_780_000_000.0
VIEW = uuid.UUID("0f8fad5b-d9cb-469f-a165-70867728950e")


def _read(seconds: float, ms: int) -> tuple[uuid.UUID, int] | None:
    """What comes of a time that is told so many seconds after the page was made."""
    with time_machine.travel(NOW, tick=False):
        token = tokens.issue(VIEW)
    with time_machine.travel(NOW + seconds, tick=False):
        return tokens.read(token, ms)


def test_it_names_its_view() -> None:
    assert _read(10, 2500) == (VIEW, 2500)


def test_no_more_time_than_has_passed() -> None:
    assert _read(10, 11_000) == (VIEW, 10_000)
    assert _read(10, 10**12) == (VIEW, 10_000)
    assert _read(0, 5) == (VIEW, 0)


def test_no_more_than_an_hour_whatever_has_passed() -> None:
    assert _read(5 * 3600, 4 * 3_600_000) == (VIEW, 3_600_000)


def test_it_ends_after_a_day() -> None:
    assert _read(86_400, 1000) == (VIEW, 1000)
    assert _read(86_401, 1000) is None


def test_one_from_the_future_is_worth_nothing() -> None:
    assert _read(-5, 1000) is None


def _forgeries() -> dict[str, str]:
    """With names that are the same in each process of a parallel run, as the tokens are not."""
    token = tokens.issue(VIEW)
    view, issued, signature = token.split(":")
    return {
        "empty": "",
        "a colon": ":",
        "two colons": "::",
        "cut off": token[:-1],
        "padded": token + "=",
        "of another view": token.replace(view, uuid.uuid4().hex),
        "of another time": f"{view}:{int(issued) - 3600}:{signature}",
        "of another signer": signing.Signer().sign(f"{view}:{issued}"),
        "of another salt": signing.TimestampSigner().sign(view),
        "not ASCII": "ü" * 20,
        "a null byte": "\x00",
    }


@pytest.mark.parametrize("token", [pytest.param(t, id=name) for name, t in _forgeries().items()])
def test_a_forged_one_is_worth_nothing(token: str) -> None:
    assert tokens.read(token, 1000) is None


def test_a_new_key_ends_old_ones_unless_it_is_kept_as_a_fallback() -> None:
    token = tokens.issue(VIEW)
    with override_settings(SECRET_KEY="another"):
        assert tokens.read(token, 0) is None


def test_it_opens_nothing_else() -> None:
    with pytest.raises(signing.BadSignature):
        signing.loads(tokens.issue(VIEW))
    with pytest.raises(signing.BadSignature):
        signing.Signer(salt="accounts.opt-out").unsign(tokens.issue(VIEW))


def test_making_and_reading_one_is_quick() -> None:
    started = time.process_time()
    for _ in range(1000):
        tokens.read(tokens.issue(VIEW), 10)
    assert time.process_time() - started < 1

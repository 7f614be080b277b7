"""Counting in the cache."""

import pytest
from django.test import RequestFactory, override_settings

from bgbegone.lib import ratelimit


def _client(address: str, **headers: str) -> str:
    return ratelimit.client_of(RequestFactory().get("/", REMOTE_ADDR=address, headers=headers))


def test_one_over_the_limit_is_over() -> None:
    assert [ratelimit.is_over("x", "me", 2, 60) for _ in range(4)] == [False, False, True, True]


def test_what_is_given_back_does_not_count() -> None:
    ratelimit.is_over("x", "me", 2, 60)
    ratelimit.give_back("x", "me")
    assert [ratelimit.is_over("x", "me", 2, 60) for _ in range(3)] == [False, False, True]


def test_giving_back_what_has_expired_is_no_error() -> None:
    ratelimit.give_back("x", "nobody")


def test_what_is_forgotten_begins_anew() -> None:
    for _ in range(3):
        ratelimit.is_over("x", "me", 2, 60)
    ratelimit.forget("x", "me")
    assert not ratelimit.is_over("x", "me", 2, 60)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("", "", True),
        ("unix:", "unix:", True),
    ],
)
def test_who_counts_as_one_client(one: str, other: str, is_same: bool) -> None:
    assert (_client(one) == _client(other)) is is_same


def test_the_name_does_not_say_the_address() -> None:
    assert "192" not in _client("192.0.2.1")


def test_behind_a_proxy_only_the_proxys_own_word_counts() -> None:
    with override_settings(TRUST_PROXY=True):
        names = [_client("10.0.0.1", **{"x-forwarded-for": f"{lie}, 192.0.2.1"}) for lie in ("a", "b")]
    assert names[0] == names[1]

"""What is read from the cookie `choice` and from the browser's signals."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from policy.cookies import consent, registry
from policy.cookies.consent import Consent
from policy.cookies.models import CookieConsent
from policy.cookies.registry import Category

_NOBODY_ASKED = Consent()


def _cookie(version: str = "", convenience: bool = True, statistics: bool = False) -> str:
    record = CookieConsent(
        version=version or registry.version(), convenience=convenience, statistics=statistics
    )
    response = HttpResponse()
    consent.write(response, record)
    return response.cookies["choice"].value


def _asked(**headers: str) -> Consent:
    request = RequestFactory(headers=headers).get("/")
    request.COOKIES["choice"] = _cookie(convenience=True, statistics=True)
    return consent.of(request)


@pytest.mark.parametrize("convenience", [True, False])
@pytest.mark.parametrize("statistics", [True, False])
def test_what_was_written_is_read(convenience: bool, statistics: bool) -> None:
    found = consent.read(_cookie(convenience=convenience, statistics=statistics))
    assert (found.convenience, found.statistics) == (convenience, statistics)
    assert isinstance(found.receipt, uuid.UUID)
    assert not found.is_asked


def test_without_a_cookie_nobody_was_asked() -> None:
    assert consent.of(RequestFactory().get("/")) == _NOBODY_ASKED
    assert _NOBODY_ASKED.is_asked
    assert _NOBODY_ASKED.statistics is None


@given(st.text(max_size=200))
def test_any_other_text_is_no_answer(text: str) -> None:
    assert consent.read(text) == _NOBODY_ASKED


@given(st.integers(0, 200), st.characters(codec="ascii"))
def test_p11_a_single_changed_letter_is_no_answer(place: int, letter: str) -> None:
    cookie = _cookie()
    at = place % len(cookie)
    changed = cookie[:at] + letter + cookie[at + 1 :]
    assert changed == cookie or consent.read(changed) == _NOBODY_ASKED


@given(st.text(alphabet="0123456789abcdef.", max_size=60))
def test_even_our_own_signature_under_another_form_is_no_answer(text: str) -> None:
    assert consent.read(consent._signer.sign(text)) == _NOBODY_ASKED


def test_a_signature_made_for_something_else_is_no_answer() -> None:
    value = _cookie().rsplit(":", 2)[0]
    assert consent.read(signing.TimestampSigner(salt="else").sign(value)) == _NOBODY_ASKED


def test_p11_another_list_of_cookies_is_another_question() -> None:
    assert consent.read(_cookie(version="00000000")).is_asked


def test_after_a_year_it_is_asked_again() -> None:
    cookie = _cookie()
    with time_machine.travel(timezone.now() + timedelta(days=364), tick=False):
        assert not consent.read(cookie).is_asked
    with time_machine.travel(timezone.now() + timedelta(days=366), tick=False):
        assert consent.read(cookie).is_asked


@pytest.mark.parametrize("signal", ["Sec-GPC", "DNT"])
def test_p11_a_signal_of_the_browser_means_no(signal: str) -> None:
    found = _asked(**{signal: "1"})
    assert (found.convenience, found.statistics, found.is_asked) == (False, False, False)
    assert found.is_refused_by_signal


@pytest.mark.parametrize("value", ["0", "", "null", "yes"])
def test_any_other_value_of_the_signal_means_nothing(value: str) -> None:
    assert _asked(**{"Sec-GPC": value, "DNT": value}).convenience


def test_each_category_has_its_own_answer() -> None:
    only_convenience = Consent(convenience=True, statistics=False)
    allowed = [category for category in Category if only_convenience.allows(category)]
    assert allowed == [Category.NECESSARY, Category.CONVENIENCE]
    assert [category for category in Category if _NOBODY_ASKED.allows(category)] == [Category.NECESSARY]


def test_it_is_read_once_for_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    request = RequestFactory().get("/")
    request.COOKIES["choice"] = _cookie()
    first = consent.of(request)
    monkeypatch.setattr(consent, "read", None)
    assert consent.of(request) is first

"""The convenience cookie: what is in it, and when it is set."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from policy.cookies import comforts, consent
from policy.cookies.comforts import Comforts
from policy.cookies.consent import Consent


def _remember(kept: str = "", *, allowed: bool = True, **changes: Any) -> HttpResponse:
    request = RequestFactory().get("/")
    request.COOKIES["comforts"] = kept
    consent.remember(request, Consent(convenience=allowed))
    response = HttpResponse()
    comforts.remember(request, response, **changes)
    return response


@pytest.mark.parametrize(
    "kept",
    [
        Comforts(),
        Comforts("webp"),
        Comforts("png", "transparent"),
        Comforts("jpeg", "1f8a70", "de"),
        Comforts(language="en"),
    ],
)
def test_what_is_written_is_read(kept: Comforts) -> None:
    assert comforts.read(str(kept)) == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "webp",
        "webp..xx",
        "webp.red.",
        "webp.#ffffff.",
        "WEBP..",
        "webp...",
        "a" * 13 + "..",
        "wébp..",
        "..\n",
    ],
)
def test_anything_else_counts_as_nothing(text: str) -> None:
    assert comforts.read(text) == Comforts()


@given(st.text(max_size=60) | st.text(alphabet="webp1f8a70d.", max_size=30))
def test_any_text_is_read_as_it_stands_or_as_nothing(text: str) -> None:
    kept = comforts.read(text)
    assert kept == Comforts() or str(kept) == text


def test_a_change_keeps_the_rest() -> None:
    response = _remember("webp.ffffff.de", format="png")
    assert response.cookies["comforts"].value == "png.ffffff.de"


def test_the_same_again_sets_no_cookie() -> None:
    assert not _remember("webp.ffffff.de", format="webp").cookies


def test_p11_nothing_is_remembered_without_a_yes() -> None:
    assert not _remember(allowed=False, format="png").cookies


@pytest.mark.parametrize("change", [{"format": "../etc"}, {"background": "red"}, {"language": "xx"}])
def test_a_value_that_would_not_come_back_is_a_mistake(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="remember"):
        _remember(**change)


def test_p11_it_is_not_even_read_without_a_yes() -> None:
    request = RequestFactory().get("/")
    request.COOKIES["comforts"] = "webp.ffffff.de"
    assert comforts.of(request) == Comforts()

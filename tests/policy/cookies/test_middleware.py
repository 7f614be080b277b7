"""No cookie reaches a browser that is not in the list, or not allowed."""

import logging
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from bgbegone.urls import urlpatterns as real
from policy.cookies.middleware import UnlistedCookieError
from tests.policy.cookies.steps import GPC, deleted, given, visitor

pytestmark = pytest.mark.django_db


def _sets(**cookie: Any) -> Any:
    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse("ok")
        response.set_cookie(**cookie)
        return response

    return view


def _raw(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", headers={"Set-Cookie": "tracker=1"})


def _deletes(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("ok")
    response.delete_cookie("from-an-old-release")
    return response


urlpatterns = [
    *real,
    path("unlisted/", _sets(key="tracker", value="1")),
    path("long/", _sets(key="language", value="de", max_age=60, httponly=True)),
    path(
        "expires/", _sets(key="language", value="de", expires="Wed, 01 Jan 2031 00:00:00 GMT", httponly=True)
    ),
    path("scripts/", _sets(key="language", value="de")),
    path("domain/", _sets(key="language", value="de", domain="example.org", httponly=True)),
    path("listed/", _sets(key="language", value="de", httponly=True)),
    path("comforts/", _sets(key="comforts", value="webp..", max_age=60, httponly=True)),
    path("raw/", _raw),
    path("deletes/", _deletes),
]
_here = override_settings(ROOT_URLCONF=__name__)
_FAULTS = ["unlisted", "long", "expires", "scripts", "domain", "raw"]


@_here
@pytest.mark.parametrize("page", _FAULTS)
def test_p11_a_cookie_that_is_set_and_not_listed_so_fails_a_test(page: str) -> None:
    with pytest.raises(UnlistedCookieError):
        Client().get(f"/{page}/")


@_here
@override_settings(UNLISTED_COOKIES_RAISE=False)
@pytest.mark.parametrize("page", _FAULTS)
def test_p11_it_never_reaches_a_visitor(page: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        response = Client().get(f"/{page}/")
    assert response.status_code == 200
    assert not response.cookies
    assert "Set-Cookie" not in response.headers
    assert "cookie held back" in caplog.text


@_here
def test_a_listed_one_passes() -> None:
    assert given(Client().get("/listed/")) == {"language": "de"}


@_here
def test_deleting_is_always_allowed() -> None:
    assert deleted(Client().get("/deletes/")) == ["from-an-old-release"]


@_here
@pytest.mark.parametrize(("says", "expected"), [("yes", {"comforts": "webp.."}), ("no", {})])
def test_p11_an_optional_one_needs_a_yes(says: str, expected: dict[str, str]) -> None:
    assert given(visitor(says).get("/comforts/")) == expected


@_here
def test_p11_without_an_answer_there_is_no_optional_one() -> None:
    assert given(Client().get("/comforts/")) == {}


@_here
def test_p11_nor_when_the_browser_says_no() -> None:
    assert given(visitor("yes").get("/comforts/", headers=GPC)) == {}


def test_p11_one_whose_yes_is_gone_is_deleted_from_the_browser() -> None:
    client = Client()
    client.cookies["comforts"] = "webp.."
    assert deleted(client.get("/cookies/")) == ["comforts"]


def test_one_that_is_allowed_stays() -> None:
    client = visitor("yes")
    client.cookies["comforts"] = "webp.."
    assert not client.get("/cookies/").cookies


def test_no_cache_may_mix_visitors() -> None:
    varies = Client().get("/cookies/").headers["Vary"]
    assert {"Cookie", "Sec-GPC", "DNT", "Accept-Language"} <= set(varies.split(", "))

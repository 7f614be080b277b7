"""Error pages: designed, short, and with nothing of the inside."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, override_settings
from django.urls import path

from bgbegone.urls import handler400  # noqa: F401
from bgbegone.urls import urlpatterns as real

pytestmark = pytest.mark.django_db


def _broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("the inside")


urlpatterns = [*real, path("broken/", _broken)]


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "405", "413", "429", "500", "503"])
def test_every_page_needs_nothing_to_render(code: str) -> None:
    assert "<h1" in render_to_string(f"{code}.html")


@override_settings(ROOT_URLCONF=__name__)
def test_a_bug_shows_nothing_of_the_inside() -> None:
    response = Client(raise_request_exception=False).get("/broken/")
    assert response.status_code == 500
    assert b"the inside" not in response.content
    assert b"<h1" in response.content


def test_a_page_that_is_not_there() -> None:
    response = Client().get("/nowhere/")
    assert response.status_code == 404
    assert b"<h1" in response.content


def test_a_form_without_its_token() -> None:
    response = Client(enforce_csrf_checks=True).post("/", {})
    assert response.status_code == 403
    assert b"<h1" in response.content


def test_a_forms_address_that_is_opened_like_a_page() -> None:
    response = Client().post("/guides/", headers={"Accept": "text/html"})
    assert response.status_code == 405
    assert b"This is not a page" in response.content
    assert response["Allow"] == "GET, HEAD"


def test_programs_get_no_page_for_it() -> None:
    assert Client().post("/guides/").content == b""

"""Addresses with one page of each kind, before the real ones, which their templates name."""

import time

from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.urls import include, path


def page(request: HttpRequest, token: str = "") -> HttpResponse:
    return HttpResponse("<p>hello")


def guide(request: HttpRequest) -> HttpResponse:
    request.page_slug = "pets"
    return HttpResponse("<p>pets")


def slow(request: HttpRequest) -> HttpResponse:
    time.sleep(0.05)
    return HttpResponse("<p>at last")


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


def timed(request: HttpRequest) -> HttpResponse:
    words = Template("{% load analytics %}{% page_view %}").render(Context({"request": request}))
    return HttpResponse(words, headers={"Cache-Control": "public, max-age=60"})


urlpatterns = [
    path("", page, name="home"),
    path("photos/", page, name="photos"),
    path("login/", page, name="login"),
    path("r/<str:token>/", page, name="shared"),
    path("pets/", guide, name="guide"),
    path("slow/", slow, name="slow"),
    path("broken/", broken, name="broken"),
    path("timed/", timed, name="timed"),
    path("status/", page, name="photo_status"),
    path("nameless/", page),
    path("", include("bgbegone.urls")),
]

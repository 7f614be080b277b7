"""What becomes of a request: one row, or none."""

import logging
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from policy.analytics import middleware
from policy.analytics.buffer import page_views
from policy.models import PageView
from tests.base import reader
from tests.policy.analytics.base import one, seen

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.policy.analytics.pages")]


def test_p08_a_view_says_which_page_when_and_how_it_went() -> None:
    with time_machine.travel(datetime(2026, 3, 1, 14, 59, 59, tzinfo=UTC), tick=False):
        reader().get("/photos/")
    view = one()
    assert (view.route, view.method, view.status) == ("photos", "GET", 200)
    assert view.hour == datetime(2026, 3, 1, 14, tzinfo=UTC)
    assert (view.referrer_host, view.country, view.active_ms) == ("", "", None)


def test_p08_a_capability_path_is_recorded_as_its_route() -> None:
    reader().get("/r/3kT0p-secret-token/")
    assert one().route == "shared"
    assert "secret" not in str(PageView.objects.values().get())


def test_pages_that_share_a_route_are_told_apart_by_a_public_slug() -> None:
    reader().get("/pets/")
    assert one().route == "guide/pets"


def test_the_duration_is_in_milliseconds() -> None:
    reader().get("/slow/")
    assert 50 <= one().duration_ms < 5000


def test_whatever_no_route_knows_is_one_route() -> None:
    for path in ("/wp-login.php", "/%00/", "/a/b/c/?token=x"):
        reader().get(path)
    assert {(view.route, view.status) for view in seen()} == {("unknown", 404)}


def test_a_route_without_a_name_is_counted_too() -> None:
    reader().get("/nameless/")
    assert one().route == "tests.policy.analytics.pages.page"


def test_an_error_is_counted_as_one() -> None:
    client = reader()
    client.raise_request_exception = False
    client.get("/broken/")
    assert (one().route, one().status) == ("broken", 500)


@pytest.mark.parametrize(("sent", "kept"), [("POST", "POST"), ("DELETE", "DELETE"), ("PROPFINDALL", "OTHER")])
def test_an_odd_method_is_just_another_one(sent: str, kept: str) -> None:
    reader().generic(sent, "/")
    assert one().method == kept


@pytest.mark.parametrize("path", ["/status/", "/beacon/"])
def test_polls_and_the_beacon_are_no_views(path: str) -> None:
    reader().get(path)
    reader().post(path)
    assert seen() == []


def test_a_picture_in_a_page_is_part_of_the_page_but_its_failure_counts() -> None:
    client = reader(**{"sec-fetch-dest": "image"})
    client.get("/photos/")
    client.get("/no-such-picture/")
    assert (one().route, one().status) == ("unknown", 404)


def test_a_view_costs_the_request_no_query() -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        reader(referer="https://example.org/").get("/")
    assert len(queries) == 0
    assert len(page_views) == 1


def test_a_counter_that_fails_does_not_cost_the_page(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(request: Any) -> str:
        raise RuntimeError("on purpose")

    monkeypatch.setattr(middleware, "country_of", fail)
    assert reader().get("/").status_code == 200
    assert [r.message for r in caplog.records if r.levelno == logging.ERROR] == ["page view not counted"]


def test_a_host_that_is_not_ours_is_counted_like_any_error() -> None:
    response = reader().get("/photos/", headers={"host": "evil.example.org"})
    assert response.status_code == 400
    assert (one().route, one().status) == ("unknown", 400)


def test_a_client_without_a_name_is_not_counted() -> None:
    Client().get("/")
    assert seen() == []

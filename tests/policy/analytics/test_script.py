"""What a page carries so that its time can be told."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from policy.analytics import tokens
from tests.base import reader
from tests.policy.analytics.base import one, seen

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.policy.analytics.pages")]


def test_the_script_is_smaller_than_a_kilobyte() -> None:
    assert Path(str(finders.find("js/beacon.js"))).stat().st_size < 1000


def test_a_page_names_its_own_view() -> None:
    page = reader().get("/timed/").content.decode()
    match = re.search(r'<meta name="view" content="([^"]+)">', page)
    assert match
    assert tokens.read(match[1], 0) == (one().pk, 0)
    assert page.count("js/beacon.js") == 1


def test_a_page_that_nobody_counts_carries_nothing() -> None:
    page = reader(**{"user-agent": "curl/8"}).get("/timed/").content.decode()
    assert page.strip() == ""


def test_a_page_that_names_a_view_is_kept_by_no_shared_cache() -> None:
    assert "private" in reader().get("/timed/")["Cache-Control"]
    assert "public" not in reader().get("/timed/")["Cache-Control"]
    # For a crawler nothing in it is personal.
    assert "public" in reader(**{"user-agent": "curl/8"}).get("/timed/")["Cache-Control"]


def test_a_page_that_does_not_want_to_know_is_not_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_view: object) -> str:
        raise AssertionError("signed for nothing")

    monkeypatch.setattr(tokens, "issue", fail)
    assert reader().get("/photos/").status_code == 200
    assert len(seen()) == 1


@pytest.mark.parametrize("template", ["base.html", "404.html", "500.html", "error.html"])
def test_a_page_made_without_a_request_does_not_break(template: str) -> None:
    assert 'name="view"' not in render_to_string(template)


def test_every_real_page_has_it() -> None:
    assert 'name="view"' in reader().get("/privacy/").content.decode()

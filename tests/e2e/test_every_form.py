"""Every form and button on every page of every role, sent by a real browser.

What a client of the tests can send, a browser may not be able to: it says where a form comes from, keeps
cookies to itself, and obeys the policies of the page. A form that was met and not sent fails the test.
CRAWLED=file keeps the list of what was sent, and of the routes that were not met.

Not collected with the suite yet, since the rooms that came last are not in its cast:
`python -m pytest -n0 tests/e2e/every_form.py`.
"""

import json
import os
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Page

from tests.e2e.campaign import in_service
from tests.e2e.conftest import Watch
from tests.e2e.crawl import Crawl
from tests.e2e.pictures import ball
from tests.stack import Stack, Visitor, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.model]

# What is asked for by more than its type.
_SOON = (date.today() + timedelta(days=40)).isoformat()
_VALUES = {"username": "some.body", "login": "alice", "code": "123456", "until": _SOON}
# (route, words of the button): why it is not sent here.
_NOT_SENT: dict[tuple[str, str], str] = {
    ("mfa_login_webauthn", "Sign in with a passkey"): "needs a passkey: test_accounts",
    ("mfa_reauthenticate_webauthn", "Use a passkey"): "needs a passkey: test_accounts",
    ("mfa_add_webauthn", "Add"): "needs a passkey: test_accounts",
}
# Roles for whom the forms of the same pages do something else.
_APART = {"member who is asked again"}
# Routes that are no pages, or whose page is met elsewhere: why.
_NOT_MET: dict[str, str] = {
    **dict.fromkeys(
        ("export_file", "mfa_download_recovery_codes", "photo_file", "policy_text", "shared_file"), "a file"
    ),
    **dict.fromkeys(("staff_dashboard_table", "admin:images_photo_pixels"), "a file"),
}


@pytest.fixture
def roles(stack: Stack) -> dict[str, Any]:
    visitor = Visitor(stack.address)
    visitor.upload(ball(), ball(), ball(), ball())
    done = "from images.models import Cutout; print(Cutout.objects.filter(status='done').count())"
    wait_for(lambda: int(in_service(stack, done)) >= 4, "no results")
    session = next(cookie.value for cookie in visitor.jar if cookie.name == "sessionid")
    told = in_service(stack, f"from tests.e2e.cast import tell; tell({session!r})")
    return dict(json.loads(told.splitlines()[-1]))


def _every_route(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _every_route(
                pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else prefix
            )
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield prefix + pattern.name


def test_every_form_of_every_page_is_sent(
    stack: Stack, roles: dict[str, Any], new_page: Callable[..., Page], watch: Watch
) -> None:
    watch.expect("status of 4(00|04|09|22)")
    crawl = Crawl(stack.data / "var", set(_NOT_MET), _VALUES, _NOT_SENT, _APART)
    for name, role in roles.items():
        cookies = [
            {"name": key, "value": value, "url": stack.address} for key, value in role["cookies"].items()
        ]
        crawl.walk(name, new_page().context, cookies, role["pages"])
    missed = set(_every_route(get_resolver().url_patterns)) - crawl.routes - set(_NOT_MET)
    Path(os.environ.get("CRAWLED", os.devnull)).write_text(
        "\n".join(sorted([*map(str, crawl.sent), *missed]))
    )
    assert crawl.faults == []
    assert {what for what in crawl.found - crawl.sent if (what.action, what.words) not in _NOT_SENT} == set()

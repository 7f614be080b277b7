"""Every form and button on every page of every role, sent by a real browser: not in the suite.

`python -m pytest tests/e2e/every_form.py`, some minutes.

What a client of the tests can send, a browser may not be able to: it says where a form comes from, keeps
cookies to itself, and obeys the policies of the page. A form that was met and not sent fails the test.
Addresses come from the URL map: one that no page led to fails, too, until the cast has a way there or it has
a reason below. CRAWLED=file keeps the list of what was sent.
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

# In a process of its own, beside the other tests of the browser: it puts the database back again and again.
pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.xdist_group("crawl")]

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
    **dict.fromkeys(("rendition_preview", "ground_file", "gallery_picture", "studio_look"), "a file"),
    **dict.fromkeys(("batch_archive", "batch_preview", "photos_archive"), "a file"),
    **dict.fromkeys(("shared_batch_archive", "shared_batch_picture"), "a file"),
    **dict.fromkeys(("healthz", "readyz", "metrics", "robots", "security", "sitemap"), "for programs"),
    "mail_reports": "for programs",
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


# Addresses of which every name begins like this are for programs, and have no page.
_PROGRAMS = ("api_v1_", "api_v2_", "api_openapi")
# Asked by scripts of pages, each with tests of its own in `tests/e2e`.
_SCRIPTS = {
    *("beacon", "batch_begin", "batch_announce", "batch_changes", "batch_upload", "batch_uploads"),
    *("photo_status", "studio_ready", "studio_square", "studio_alpha", "studio_mark", "studio_choose"),
    *("studio_box", "studio_check", "studio_file"),
}


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
    Path(os.environ.get("CRAWLED", os.devnull)).write_text("\n".join(sorted(map(str, crawl.sent))))
    missed = set(_every_route(get_resolver().url_patterns)) - crawl.routes - set(_NOT_MET) - _SCRIPTS
    missed = {name for name in missed if not name.startswith(_PROGRAMS)}
    unsent = {what for what in crawl.found - crawl.sent if (what.action, what.words) not in _NOT_SENT}
    assert (crawl.faults, sorted(missed), sorted(map(str, unsent))) == ([], [], [])

"""Every form and button on every page of every role, sent by a real browser.

What a client of the tests can send, a browser may not be able to: it says where a form comes from, keeps
cookies to itself, and obeys the policies of the page. A form that was met and not sent fails the test.
Addresses come from the URL map: one that no page led to fails, too, until the cast has a way there or it has
a reason below. CRAWLED=file keeps the list of what was sent.
"""

import os
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Page

from tests.e2e.conftest import Role, Watch
from tests.e2e.crawl import Crawl, Sent
from tests.stack import Stack

# With a service that nobody else changes: it puts the database back again and again.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("peopled")]

# What is asked for by more than its type.
_SOON = (date.today() + timedelta(days=40)).isoformat()
_VALUES = {"username": "some.body", "login": "alice", "code": "123456", "until": _SOON}
# (route, words of the button): why it is not sent here.
_NOT_SENT: dict[tuple[str, str], str] = {
    ("mfa_login_webauthn", "Sign in with a passkey"): "needs a passkey: test_accounts",
    ("mfa_reauthenticate_webauthn", "Use a passkey"): "needs a passkey: test_accounts",
    ("mfa_add_webauthn", "Add"): "needs a passkey: test_accounts",
}
# Buttons of Django's that do the same as “Save” and lead elsewhere.
_LIKE_SAVE = {"Save and add another", "Save and continue editing", "Save and view"}
# Roles for whom the forms of the same pages do something else.
_APART = {"member who is asked again"}
# Routes that are no pages, or whose page is met elsewhere: why.
_NOT_MET: dict[str, str] = {
    **dict.fromkeys(
        ("export_file", "mfa_download_recovery_codes", "photo_file", "policy_text", "shared_file"), "a file"
    ),
    **dict.fromkeys(("staff_dashboard_table", "admin:images_photo_pixels"), "a file"),
    **dict.fromkeys(("rendition_preview", "ground_file", "gallery_picture", "studio_look"), "a file"),
    **dict.fromkeys(("batch_archive", "batch_preview", "photo_download", "photos_archive"), "a file"),
    **dict.fromkeys(("shared_batch_archive", "shared_batch_picture"), "a file"),
    **dict.fromkeys(("healthz", "readyz", "metrics", "robots", "security", "sitemap"), "for programs"),
    "mail_reports": "for programs",
    **dict.fromkeys(
        ("admin:images_galleryentry_picture", "admin:accounts_campaign_message"), "within a page"
    ),
    **dict.fromkeys(("studio_click", "studio_back"), "without a script: test_without_javascript"),
    "batch_twins": "needs the same photo twice: tests/images/batches",
    "mfa_authenticate": "between password and account: test_accounts",
    **dict.fromkeys(("mfa_login_webauthn", "mfa_reauthenticate_webauthn"), "needs a passkey: test_accounts"),
    **dict.fromkeys(("mfa_list_webauthn", "mfa_edit_webauthn"), "needs a passkey: test_accounts"),
    "mfa_remove_webauthn": "needs a passkey: test_accounts",
    "photos_links": "needs chosen photos: tests/images/batches",
    "account_set_password": "for accounts without a password, and there are none",
    # Django's, which lead to ours, or to which nobody may go.
    **dict.fromkeys(("login", "logout", "admin:login", "admin:password_change"), "leads to ours"),
    **dict.fromkeys(("admin:password_change_done", "admin:view_on_site"), "leads to ours"),
    **dict.fromkeys(("admin:autocomplete", "admin:jsi18n"), "for scripts"),
    **dict.fromkeys(
        (
            *("admin:accounts_disclosure_delete", "admin:accounts_writtenpermission_delete"),
            *("admin:accounts_disclosureconsent_add", "admin:accounts_disclosureconsent_delete"),
            *("admin:accounts_user_add", "admin:accounts_user_delete"),
            *("admin:images_galleryentry_add", "admin:images_galleryentry_delete"),
            *("admin:images_photo_add", "admin:images_photo_delete"),
            *("admin:policy_aggregatereport_delete", "admin:policy_contactmessage_add"),
            "admin:policy_contactmessage_delete",
        ),
        "closed, for staff too",
    ),
    **dict.fromkeys(
        (
            *("admin:accounts_disclosure_history", "admin:images_galleryentry_history"),
            *("admin:images_galleryentry_change", "admin:images_photo_history"),
            "admin:policy_aggregatereport_history",
        ),
        "Django's, to which nothing of ours leads",
    ),
}


@pytest.fixture(scope="module")
def stack(peopled: Stack) -> Stack:
    return peopled


# Addresses of which every name begins like this are for programs, and have no page.
_PROGRAMS = ("api_v1_", "api_v2_", "api_openapi")
# Asked by scripts of pages, each with tests of its own in `tests/e2e`.
_SCRIPTS = {
    *("beacon", "batch_begin", "batch_announce", "batch_changes", "batch_upload", "batch_uploads"),
    *("photo_status", "studio_ready", "studio_square", "studio_alpha", "studio_mark", "studio_choose"),
    *("studio_box", "studio_check", "studio_file"),
}


def _is_left_out(what: Sent) -> bool:
    return (what.action, what.words) in _NOT_SENT or what.words in _LIKE_SAVE


def _every_route(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _every_route(
                pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else prefix
            )
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield prefix + pattern.name


def test_every_form_of_every_page_is_sent(
    stack: Stack, roles: dict[str, Role], new_page: Callable[..., Page], watch: Watch
) -> None:
    watch.expect("status of 4(00|04|09|22)")
    crawl = Crawl(stack.data / "var", set(_NOT_MET), _VALUES, _is_left_out, _APART)
    for name, role in roles.items():
        cookies = [
            {"name": key, "value": value, "url": stack.address} for key, value in role["cookies"].items()
        ]
        crawl.walk(name, new_page(reduced_motion="reduce"), cookies, role["pages"], tuple(role["below"]))
    Path(os.environ.get("CRAWLED", os.devnull)).write_text("\n".join(sorted(map(str, crawl.sent))))
    missed = set(_every_route(get_resolver().url_patterns)) - crawl.routes - set(_NOT_MET) - _SCRIPTS
    missed = {f"no way to {name}" for name in missed if not name.startswith(_PROGRAMS)}
    unsent = crawl.found - crawl.sent
    assert not (problems := [*crawl.faults, *sorted(missed), *map(str, unsent)]), "\n".join(problems)

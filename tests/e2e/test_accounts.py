"""An account in the browser: from signing up to the admin, with an app and with a passkey.

SCREENSHOTS=folder keeps a picture of each page, to be looked at.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from tests.e2e import accessible, people, steps
from tests.e2e.conftest import Watch
from tests.stack import ROOT, Stack

pytestmark = [pytest.mark.browser, pytest.mark.model]


def _expect_good(page: Page, name: str) -> None:
    """One heading, nothing beyond the edge, and nothing that axe complains about."""
    assert accessible.findings(page) == []
    for width in accessible.WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        _keep_pictures(page, f"{name}-{width}")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)


def _keep_pictures(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        for scheme in accessible.SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=Path(folder) / f"{name}-{scheme}.png", full_page=True)


def _code(secret: str, later: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later)))


def _set_up_app(page: Page, *, is_asked: bool = True) -> str:
    """Who came by a mailed link is asked for the password; who has just typed it is not."""
    page.goto("/accounts/security/")
    page.get_by_role("link", name="Set up Authenticator app").click()
    if is_asked:
        people.prove(page)
    expect(page.get_by_alt_text("QR code with the key below")).to_be_visible()
    steps.expect_drawn(page.get_by_alt_text("QR code with the key below"))
    _expect_good(page, "totp")
    secret = page.locator("code.key").inner_text().replace(" ", "")
    page.get_by_label("Authenticator code").fill(_code(secret))
    page.get_by_role("button", name="Switch on").click()
    expect(page.locator(".codes li")).to_have_count(10)
    return secret


@pytest.fixture
def superuser(stack: Stack) -> str:
    """Made at the console, as README says."""
    name = f"sara{time.time_ns()}"
    variables = {
        "DJANGO_SETTINGS_MODULE": "bgbegone.settings",
        "BGBEGONE_DATA": str(stack.data / "var"),
        "DJANGO_SUPERUSER_PASSWORD": people.PASSWORD,
    }
    command = [
        "manage.py",
        "createsuperuser",
        "--noinput",
        "--username",
        name,
        "--email",
        f"{name}@example.org",
    ]
    subprocess.run([sys.executable, *command], cwd=ROOT, env={**os.environ, **variables}, check=True)
    return name


@pytest.fixture
def passkey(page: Page) -> Iterator[None]:
    """A phone or computer that holds passkeys and has just seen its owner's finger."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield
    device.send("WebAuthn.disable")


def _agree(page: Page) -> None:
    """Staff from the console have not agreed to the policy yet; they are asked like anybody."""
    if "/privacy/accept/" in page.url:
        page.get_by_role("button", name=re.compile("agree", re.IGNORECASE)).first.click()


def test_from_signing_up_to_a_second_factor_and_in_again(page: Page, stack: Stack) -> None:
    people.sign_up(page, stack, "dora")
    secret = _set_up_app(page)
    _expect_good(page, "recovery-codes")
    people.sign_out(page)
    people.sign_in(page, "DORA@example.org")
    expect(page.get_by_role("heading", level=1)).to_have_text("Second factor")
    _expect_good(page, "second-factor")
    page.get_by_label("Code").fill(_code(secret, later=1))  # the one of now has been used
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(steps.LIST_PAGE)


def test_staff_are_led_into_the_admin(page: Page, superuser: str) -> None:
    page.goto("/admin/")
    people.sign_in(page, superuser, page.url)
    _agree(page)
    page.goto("/admin/")
    expect(page.get_by_text("The admin needs a second factor")).to_be_visible()
    secret = _set_up_app(page, is_asked=False)
    page.goto("/admin/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Is it you?")
    _expect_good(page, "show-code")
    page.get_by_label("Code").fill(_code(secret, later=1))
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_url(re.compile(r"/admin/$"))
    expect(page.get_by_role("link", name="Users")).to_be_visible()


def test_a_passkey_signs_in_alone(page: Page, stack: Stack, passkey: None) -> None:
    people.sign_up(page, stack, "petra")
    page.goto("/accounts/security/webauthn/add/")
    people.prove(page)
    _expect_good(page, "passkey-add")
    page.get_by_label("A name that you will recognise").fill("Petra's phone")
    page.get_by_label("Sign in with it alone").check()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.goto("/accounts/security/webauthn/")
    expect(page.get_by_text("Signs in without a password.")).to_be_visible()
    _expect_good(page, "passkeys")
    people.sign_out(page)
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(steps.LIST_PAGE)
    page.goto("/accounts/")
    expect(page.locator(".account-who")).to_have_text("petra")


def test_a_passkey_that_is_not_there_gets_a_sentence(page: Page, watch: Watch, passkey: None) -> None:
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("The passkey was not used")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_enabled()


_PAGES: dict[str, str] = {
    "profile": "/accounts/",
    "security": "/accounts/security/",
    "sessions": "/accounts/sessions/",
    "email": "/accounts/email/",
    "password": "/accounts/password/change/",
    "signing-out": "/accounts/logout/",
}


def test_every_page_of_an_account_is_good(page: Page, stack: Stack) -> None:
    people.sign_up(page, stack, "gina")
    for name, path in _PAGES.items():
        page.goto(path)
        _expect_good(page, name)


_OPEN = (
    "login",
    "signup",
    "password/reset",
    "password/reset/sent",
    "confirm-email",
    "confirm-email/x",
    "inactive",
)


@pytest.mark.parametrize("path", _OPEN)
def test_every_page_before_it_is_good(page: Page, path: str) -> None:
    page.goto(f"/accounts/{path}/")
    _expect_good(page, path.replace("/", "-"))


def test_a_form_with_mistakes_is_good(page: Page) -> None:
    page.goto("/accounts/signup/")
    page.get_by_label("User name").fill("a b")
    page.get_by_label("E-mail address").fill("a@b.org")
    page.get_by_label("Password").fill("short")
    page.get_by_label("Phone").fill("hello")
    page.get_by_label("I have read").check()
    page.get_by_role("button", name="Sign up").click()
    expect(page.locator(".field-error")).to_have_count(3)
    _expect_good(page, "signup-mistakes")


def test_signing_in_works_without_javascript(new_page: Callable[..., Page], superuser: str) -> None:
    page: Any = new_page(java_script_enabled=False)
    people.sign_in(page, superuser)
    _agree(page)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()

"""Writing to us and leaving the site, in a real browser that runs no script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from policy.contact.tickets import LEAST_SECONDS
from tests.e2e.conftest import Watch

pytestmark = [pytest.mark.browser, pytest.mark.model]


@pytest.fixture
def plain(new_page: Callable[..., Page]) -> Page:
    return new_page(java_script_enabled=False)


def _fill(page: Page, email: str) -> None:
    page.goto("/contact/")
    page.get_by_label("Your e-mail address").fill(email)
    page.get_by_label("What it is about").select_option("privacy")
    page.get_by_label("Your message").fill("What do you store of me?")
    page.wait_for_timeout((LEAST_SECONDS + 0.5) * 1000)


def test_p01_somebody_can_write_to_us(plain: Page) -> None:
    _fill(plain, "dora@example.org")
    plain.get_by_role("button", name="Send the message").dblclick()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Your message has arrived")


def test_the_focus_goes_to_what_is_wrong(plain: Page, watch: Watch) -> None:
    watch.expect("status of 422")
    _fill(plain, "dora")
    plain.get_by_role("button", name="Send the message").click()
    problems = plain.get_by_role("group", name="Your message has not been sent yet")
    expect(problems).to_be_focused()
    problems.get_by_role("link").click()
    expect(plain.get_by_role("textbox", name="Your message")).to_have_value("What do you store of me?")


def test_the_field_for_machines_cannot_be_reached_by_people(plain: Page) -> None:
    plain.goto("/contact/")
    expect(plain.get_by_role("textbox")).to_have_count(3)
    plain.get_by_label("Your message").focus()
    plain.keyboard.press("Tab")
    expect(plain.get_by_role("button", name="Send the message")).to_be_focused()


def test_p12_a_link_to_another_site_leads_to_the_notice(plain: Page) -> None:
    plain.goto("/guides/marketplace-rules/")
    plain.get_by_role("link", name="picture policy of eBay").click()
    expect(plain.get_by_text("www.ebay.com", exact=True)).to_be_visible()
    plain.get_by_role("link", name="Stay here").click()
    expect(plain).to_have_url("/guides/marketplace-rules/")

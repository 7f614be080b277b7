"""Main ways, each from its beginning to its end, by clicks and mailed links alone."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import people
from tests.e2e.conftest import Known
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.model]


def _account(page: Page, *links: str) -> None:
    """From the head of any page to one of the account's own."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Account").click()
    for link in links:
        page.get_by_role("link", name=link).first.click()


def _expect_heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def _leave(page: Page) -> None:
    """Close the account, and sign in again before its days are over."""
    _account(page, "My data", "Close the account")
    people.prove(page)
    page.get_by_role("button", name="Close my account").click()
    _expect_heading(page, "Your account is closed")


def test_p07_a_member_asks_for_news_confirms_and_stops_them(page: Page, stack: Stack) -> None:
    people.sign_up(page, stack, "nils")
    _account(page, "News by e-mail")
    page.get_by_role("button", name="Get news").click()
    page.goto(people.mailed_link(stack, "nils@example.org", 2))
    page.get_by_role("button", name="Yes, send me news").click()
    _expect_heading(page, "You will hear from us")
    _account(page, "News by e-mail")
    page.get_by_role("button", name="Stop the news").click()
    expect(page.get_by_text("You get no more news from us.")).to_be_visible()


def test_p16_who_closed_an_account_comes_back(page: Page, stack: Stack) -> None:
    people.sign_up(page, stack, "rita")
    _leave(page)
    people.sign_in(page, "rita")
    page.get_by_role("button", name="Keep my account").click()
    expect(page.get_by_text("Good to have you back.")).to_be_visible()


def test_p16_who_closed_an_account_lets_it_go(page: Page, stack: Stack) -> None:
    people.sign_up(page, stack, "egon")
    _leave(page)
    page.get_by_role("link", name="Open the receipt").click()
    expect(page.get_by_role("status")).to_contain_text("Not erased yet.")
    people.sign_in(page, "egon")
    page.get_by_role("button", name="Sign out, and let it be erased").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def test_p16_a_package_is_made_after_the_password(page: Page, stack: Stack) -> None:
    people.sign_up(page, stack, "paul")
    _account(page, "My data")
    page.get_by_role("button", name="Make a package").click()
    people.prove(page)
    expect(page.get_by_text("Your package is being made.")).to_be_visible()


def test_what_was_typed_outlasts_the_password(page: Page, stack: Stack) -> None:
    people.sign_up(page, stack, "mona")
    _account(page, "E-mail address")
    page.get_by_label("New e-mail address").fill("mona-2@example.org")
    page.get_by_role("button", name="Change the address").click()
    people.prove(page)
    expect(page.get_by_text("takes its place as soon as")).to_contain_text("mona-2@example.org")
    page.goto(people.mailed_link(stack, "mona-2@example.org"))
    page.get_by_role("button", name="Yes, confirm").click()
    _account(page, "E-mail address")
    expect(page.locator(".big-fact")).to_have_text("mona-2@example.org")


def test_who_has_just_signed_in_is_not_asked_again(page: Page, stack: Stack) -> None:
    people.sign_up(page, stack, "karl")
    people.sign_out(page)
    people.sign_in(page, "karl")
    _account(page, "My data")
    page.get_by_role("button", name="Make a package").click()
    expect(page.get_by_text("Your package is being made.")).to_be_visible()


def test_p14_the_page_behind_a_link_changes_its_language(known: Known, page: Page) -> None:
    page.goto(known.link)
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    assert page.url == known.link

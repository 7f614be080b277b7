"""Members as the browser meets them: signing up and in, showing that it is them, and their mail."""

import email
import re
from email.policy import default as modern

from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.stack import Stack, wait_for

PASSWORD = "violet-harbour-93"
_LINK = re.compile(r"http://localhost:\d+/\S+")


def mails(stack: Stack, address: str) -> list[str]:
    """What was mailed to somebody, oldest first: without a mail server it lies in files."""
    files = sorted((stack.data / "var" / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime)
    messages = [email.message_from_bytes(file.read_bytes(), policy=modern) for file in files]
    plain = [message.get_body(("plain",)) for message in messages if message["To"] == address]
    return [part.get_content() for part in plain if part]


def mailed_link(stack: Stack, address: str, number: int = 1) -> str:
    wait_for(lambda: len(mails(stack, address)) >= number, f"no mail {number} to {address}", 30)
    match = _LINK.search(mails(stack, address)[number - 1])
    assert match
    return match[0]


def sign_up(page: Page, stack: Stack, name: str) -> None:
    page.goto("/accounts/signup/")
    page.get_by_label("User name").fill(name)
    page.get_by_label("E-mail address").fill(f"{name}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("I have read").check()
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")
    page.goto(mailed_link(stack, f"{name}@example.org"))
    page.get_by_role("button", name="Yes, confirm").click()
    expect(page).to_have_url(steps.LIST_PAGE)


def sign_in(page: Page, name: str, path: str = "/accounts/login/") -> None:
    page.goto(path)
    page.get_by_label("User name or e-mail address").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def prove(page: Page) -> None:
    """The page that asks once more for the password."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Is it you?")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()

"""News, from the box at sign-up to the button of a mail program that ends them (promise P7).

SCREENSHOTS=folder keeps the message as it arrived.
"""

import os
import re
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e import steps
from tests.e2e.campaign import has_ended, in_service, mail_settings
from tests.mailserver import Inbox, mail_server
from tests.stack import Stack, serving, wait_for

pytestmark = pytest.mark.browser

ADDRESS = "nora@example.org"
_SEND = "from tests.accounts.campaigns.steps import campaign; campaign(subject={!r})"
_SOMEBODY = "from tests.accounts.campaigns.steps import many_subscribers; many_subscribers(1)"


class Service(NamedTuple):
    stack: Stack
    inbox: Inbox

    def mails(self, address: str = ADDRESS) -> list[EmailMessage]:
        """What somebody has got so far."""
        return [message for message in self.inbox.messages if message["To"] == address]  # type: ignore[misc]

    def wait_for_mail(self, number: int) -> EmailMessage:
        wait_for(lambda: len(self.mails()) >= number, f"no mail {number}", 60)
        return self.mails()[number - 1]

    def send_campaign(self, subject: str) -> None:
        in_service(self.stack, _SEND.format(subject))
        wait_for(lambda: has_ended(self.stack), "the campaign does not end")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service with a mail server."""
    folder = tmp_path_factory.mktemp("news")
    with mail_server() as (inbox, port), serving(folder, **mail_settings(port)) as stack:
        stack.wait_until("database", "broker")
        yield Service(stack, inbox)


@pytest.fixture
def page(browser: Browser, service: Service) -> Iterator[Page]:
    with browser.new_context(base_url=service.stack.address, locale="en-GB") as context:
        yield context.new_page()


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body
    return str(body.get_content())


def _sign_up_for_news(page: Page, service: Service) -> None:
    page.goto("/accounts/signup/")
    page.get_by_label("User name").fill("nora")
    page.get_by_label("E-mail address").fill(ADDRESS)
    page.get_by_label("Password").fill("violet-harbour-93")
    page.get_by_label("I have read").check()
    expect(page.locator("[name=news]")).not_to_be_checked()
    page.locator("[name=news]").check()
    page.get_by_role("button", name="Sign up").click()
    link = re.search(r"http://localhost:\d+/accounts/\S+", _text(service.wait_for_mail(1)))
    assert link
    page.goto(link[0])
    page.get_by_role("button", name="Yes, confirm").click()
    expect(page).to_have_url(steps.LIST_PAGE)


def _press_the_button_of_the_mail_program(message: EmailMessage) -> None:
    """As RFC 8058 has it: a POST to the https address of the header, with neither cookie nor redirect."""
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    request = urllib.request.Request(
        message["List-Unsubscribe"].strip(" <>"), b"List-Unsubscribe=One-Click", method="POST"
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200
        assert answer.geturl() == request.full_url


def _keep(inbox: Inbox, message: EmailMessage) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        name = message["Message-ID"].strip().encode()
        (Path(folder) / "news.eml").write_bytes(next(raw for raw in inbox.contents if name in raw))


def test_p07_from_the_box_at_sign_up_to_the_last_news(page: Page, service: Service) -> None:
    in_service(service.stack, _SOMEBODY)
    _sign_up_for_news(page, service)
    service.send_campaign("New: holes in rings stay open")
    news = service.wait_for_mail(2)
    assert news["Subject"] == "New: holes in rings stay open"
    _keep(service.inbox, news)
    _press_the_button_of_the_mail_program(news)
    service.send_campaign("More news")
    assert [message["Subject"] for message in service.mails("reader0@example.org")][-1] == "More news"
    assert len(service.mails()) == 2
    page.goto("/accounts/news/")
    expect(page.get_by_text("By the mail program’s own button")).to_be_visible()

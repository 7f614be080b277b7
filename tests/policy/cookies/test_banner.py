"""The question at the foot of every page, and the foot itself."""

import re
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from tests.base import Cast, finished
from tests.policy.cookies.steps import GPC, visitor

pytestmark = pytest.mark.django_db

_QUESTION = 'id="cookie-choice"'


def _page(client: Client | None = None, address: str = "/guides/", headers: Any = None) -> str:
    return (client or Client()).get(address, headers=headers).content.decode()


def _button(page: str, answer: str) -> str:
    match = re.search(rf'<button class="([^"]+)" name="answer" value="{answer}"', page)
    assert match
    return match[1]


def test_everybody_is_asked_on_any_page() -> None:
    assert _QUESTION in _page()
    assert _QUESTION in _page(address="/")


def test_it_is_not_in_the_way() -> None:
    page = _page()
    assert page.index("</main>") < page.index(_QUESTION)
    assert "dialog" not in page
    assert '<a class="skip" href="#cookie-choice">' in page


def test_p11_no_is_as_easy_as_yes() -> None:
    page = _page()
    assert _button(page, "no") == _button(page, "yes")
    assert page.index('value="no"') < page.index('value="yes"')


@pytest.mark.parametrize("says", ["yes", "no"])
def test_whoever_has_answered_is_not_asked_again(says: str) -> None:
    assert _QUESTION not in _page(visitor(says))


@pytest.mark.parametrize("signal", ["Sec-GPC", "DNT"])
def test_p11_whose_browser_says_no_is_not_asked_at_all(signal: str) -> None:
    assert _QUESTION not in _page(headers={signal: "1"})


def test_p11_it_works_without_a_script_and_leads_back() -> None:
    client = Client()
    page = _page(client, "/guides/?x=1")
    assert 'action="/cookies/choice/"' in page
    match = re.search(r'name="how" value="banner">\s*<input type="hidden" name="next" value="([^"]+)"', page)
    assert match
    data = {"answer": "no", "how": "banner", "next": match[1]}
    response = client.post("/cookies/choice/", data)
    assert response.headers["Location"] == "/guides/?x=1"
    assert _QUESTION not in _page(client)


def test_a_page_that_came_by_post_is_not_asked_for_again() -> None:
    page = Client().post("/", {}).content.decode()
    assert re.search(r'name="next" value=""', page)


def test_the_foot_leads_to_everything_and_reopens_the_question() -> None:
    page = _page(visitor("no"))
    footer = page[page.index("<footer") :]
    for name in ("guides", "privacy", "transparency", "cookies", "contact"):
        assert f'href="{reverse(name)}"' in footer


def test_an_error_asks_nothing_and_says_nothing_of_its_address() -> None:
    first, second = (Client().get(f"/{name}/").content for name in ("nowhere", "elsewhere"))
    assert first == second
    assert _QUESTION not in first.decode()


def test_a_broken_server_can_still_show_the_foot() -> None:
    page = render_to_string("500.html")
    assert f'href="{reverse("cookies")}"' in page
    assert _QUESTION not in page


def test_no_signal_no_answer_no_row_no_cookie() -> None:
    response = Client().get("/nowhere/", headers=dict.fromkeys(GPC, "0"))
    assert not response.cookies


class TestResults(Cast):
    def test_the_page_of_a_link_shows_the_picture_and_asks_nothing(self) -> None:
        token = finished(self.guest).links.get().token
        page = _page(address=f"/r/{token}/")
        assert _QUESTION not in page
        assert f'href="{reverse("cookies")}"' in page

"""The language at the foot of every page: the browser's, the one picked, the one remembered."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.policy.cookies.steps import deleted, given, visitor

pytestmark = pytest.mark.django_db


def _pick(client: Client, language: str = "de", **fields: Any) -> Any:
    headers = fields.pop("headers", {"Sec-Fetch-Site": "same-origin"})
    return client.post("/language/", {"language": language, **fields}, headers=headers)


def _spoken(client: Client, **headers: str) -> str:
    page = client.get("/cookies/", headers=headers).content.decode()
    match = re.search(r'<html lang="(\w+)"', page)
    assert match
    return match[1]


def test_a_picked_language_holds_until_the_browser_is_closed() -> None:
    client = Client()
    response = _pick(client)
    assert given(response) == {"language": "de"}
    assert response.cookies["language"]["max-age"] == ""
    assert _spoken(client, **{"Accept-Language": "en"}) == "de"


def test_with_the_convenience_cookie_it_is_remembered_there_and_only_there() -> None:
    client = visitor("yes")
    assert given(_pick(client)) == {"comforts": "..de"}
    assert _spoken(client, **{"Accept-Language": "en"}) == "de"


def test_one_picked_before_the_yes_moves_over_at_the_next_pick() -> None:
    client = visitor("yes")
    client.cookies["language"] = "en"
    response = _pick(client, "de")
    assert deleted(response) == ["language"]
    assert _spoken(client) == "de"


def test_p11_after_a_no_the_browsers_language_is_spoken() -> None:
    client = visitor("yes")
    _pick(client)
    client.post("/cookies/choice/", {"answer": "no", "how": "page"})
    assert _spoken(client, **{"Accept-Language": "en"}) == "en"


def test_a_forged_language_is_ignored() -> None:
    client = Client()
    client.cookies["language"] = "../../etc"
    assert _spoken(client) == "en"


def test_it_leads_back_to_the_page() -> None:
    assert _pick(Client(), next="/cookies/").headers["Location"] == "/cookies/"
    assert _pick(Client(), next="//example.org").headers["Location"] == "/"


@pytest.mark.parametrize("language", ["xx", "", "de\nx"])
def test_what_is_not_spoken_here_is_refused(language: str) -> None:
    assert _pick(Client(), language).status_code == 400


def test_the_page_behind_a_share_link_can_pick_without_a_name() -> None:
    """Over plain HTTP browsers say “null” for its origin, and nothing beside it."""
    assert _pick(Client(), headers={"Origin": "null"}).status_code == 302


def test_another_site_cannot_pick() -> None:
    response = _pick(Client(), headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
    assert not response.cookies


def test_every_page_offers_the_other_languages_by_their_own_name() -> None:
    page = Client().get("/nowhere/").content.decode()
    assert re.search(r'value="de" lang="de">Deutsch</button>', page)
    assert '<span aria-current="true" lang="en">English</span>' in page

"""/cookies/: the list, and the choice as it stands."""

import html
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from policy.cookies import registry
from policy.cookies.registry import Category
from policy.models import CookieConsent
from tests.base import staff
from tests.policy.cookies.steps import visitor

pytestmark = pytest.mark.django_db


def _page(client: Client | None = None, headers: Any = None) -> str:
    return (client or Client()).get("/cookies/", headers=headers).content.decode()


def test_p11_the_list_is_the_one_in_the_code() -> None:
    page = _page()
    for category in Category:
        assert f'<h2 id="{category.value}">' in page
        for cookie in registry.of(category):
            assert f'<code dir="ltr">{cookie.name}</code>' in page
            assert str(cookie.lifetime) in page


def test_p11_what_scripts_keep_in_the_browser_is_said() -> None:
    scripts = Path(settings.BASE_DIR) / "static" / "js"
    keeping = {
        str(script.relative_to(scripts))
        for script in scripts.rglob("*.js")
        if re.search(r"\b(localStorage|sessionStorage|indexedDB|caches)\b", script.read_text())
    }
    assert keeping == {each.script for each in registry.stored()}
    page = html.unescape(_page())
    assert all(str(each.purpose) in page and str(each.until) in page for each in registry.stored())


def test_before_an_answer_nothing_is_ticked() -> None:
    page = _page()
    assert "You have not chosen yet" in page
    assert " checked" not in page


def test_p11_after_it_the_page_says_when_and_under_which_number() -> None:
    page = _page(visitor("yes"))
    assert str(CookieConsent.objects.get().pk) in page
    assert str(timezone.localdate().year) in page
    assert page.count(" checked") == 2


def test_an_answer_whose_record_is_gone_is_still_shown() -> None:
    client = visitor("no")
    CookieConsent.objects.all().delete()
    assert "You have chosen." in _page(client)


@pytest.mark.parametrize("signal", ["Sec-GPC", "DNT"])
def test_p11_it_says_when_the_browser_has_answered(signal: str) -> None:
    page = _page(headers={signal: "1"})
    assert "Your browser says no for you" in page
    assert "cookie_choice" not in page
    assert 'action="/cookies/choice/"' not in page


def test_the_question_is_there_once() -> None:
    assert _page().count('id="cookie-choice"') == 1


def test_it_is_not_kept_by_any_cache() -> None:
    assert "no-store" in Client().get("/cookies/").headers["Cache-Control"]


def test_staff_find_a_receipt_and_can_change_nothing() -> None:
    visitor("yes")
    receipt = CookieConsent.objects.get().pk
    client, page = staff(), "/admin/noted/?kind=cookies"
    assert (
        f"<bdi>{receipt}</bdi>" in client.get(page, {"kind": "cookies", "q": str(receipt)}).content.decode()
    )
    assert "Nothing is found" in client.get(page, {"kind": "cookies", "q": "1"}).content.decode()
    assert client.post(page, {"convenience": ""}).status_code == 405

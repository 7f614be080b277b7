"""Every link of a campaign is tried before it is sent."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from django.core.cache import cache
from django.test import override_settings
from django.utils import translation

from accounts.campaigns import links, services
from accounts.campaigns.forms import CampaignForm
from accounts.campaigns.models import Campaign
from images.api.fetching import services as door
from tests.images.api import hostile

pytestmark = pytest.mark.django_db


def draft(body: str) -> Campaign:
    return Campaign(subject="News", body=body)


def said(body: str) -> dict[str, str]:
    return {tried.url: tried.said for tried in links.try_all(draft(body))}


@contextmanager
def another_site(answer: hostile.Answer) -> Iterator[str]:
    cache.clear()
    with hostile.server(answer) as port, override_settings(FETCH_NETWORKS=["127.0.0.0/8"]):
        yield f"http://127.0.0.1:{port}/page"


def test_our_own_pages_are_asked_as_a_visitor_would() -> None:
    home, static = "http://localhost:8000/", "http://localhost:8000/static/css/site.css"
    assert said("[home](/) [policy](privacy/) [mine](/accounts/)") == {
        home: "works",
        f"{home}privacy/": "works",
        f"{home}accounts/": "works",  # it leads to the sign-in
    }
    assert static not in said("![x](/static/css/site.css)")


def test_one_that_leads_nowhere_keeps_it_from_being_sent() -> None:
    made = draft("[guide](/guides/nothing-here/) and [home](/)")
    (dead,) = links.dead(made)
    assert dead.said == "leads nowhere: our own site answers 404"
    assert services.problems_of(made) == [f"http://localhost:8000/guides/nothing-here/: {dead.said}"]


def test_the_language_of_who_looks_stays() -> None:
    with translation.override("de"):
        said("[home](/)")
        assert translation.get_language() == "de"


def test_other_sites_are_asked() -> None:
    with another_site(hostile.sends(b"x" * 1_000_000)) as address:
        assert said(f"[x]({address})") == {address: "works"}


def test_one_that_answers_no_is_said_and_remembered() -> None:
    asked: list[object] = []

    def refuse(handler: object) -> None:
        asked.append(handler)
        hostile.sends(b"", status=410)(handler)  # type: ignore[arg-type]

    with another_site(refuse) as address:
        for _ in range(2):
            (tried,) = links.try_all(draft(f"[x]({address})"))
    assert (tried.said, tried.is_doubtful, tried.is_dead) == ("the other site answers 410", True, False)
    assert len(asked) == 1


def test_private_addresses_are_not_asked() -> None:
    cache.clear()
    asked: list[object] = []
    with hostile.server(asked.append) as port:
        (tried,) = links.try_all(draft(f"[x](http://127.0.0.1:{port}/)"))
    assert tried.is_doubtful
    assert not asked


def test_nobody_is_asked_where_the_operator_said_no() -> None:
    cache.clear()
    with override_settings(FETCH_ADDRESSES=False):
        assert said("[x](https://example.org/)") == {
            "https://example.org/": "not tried, since FETCH_ADDRESSES is off"
        }


def test_mail_is_not_tried() -> None:
    assert said("[x](mailto:a@example.org)") == {"mailto:a@example.org": "not tried"}


def test_while_customers_take_every_place_it_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    with another_site(hostile.sends(b"x")) as address:
        with ExitStack() as places:
            for _ in range(door._PLACES):
                places.enter_context(door._place())
            assert said(f"[x]({address})") == {address: "not tried"}
        assert said(f"[x]({address})") == {address: "works"}


@pytest.mark.parametrize(("number", "is_fine"), [(100, True), (10_000, False)])
def test_no_more_links_than_can_be_tried(number: int, is_fine: bool) -> None:
    body = " ".join(f"[x](/guides/{n}/)" for n in range(number))
    form = CampaignForm({"subject": "x", "language": "", "body": body})
    assert form.is_valid() == is_fine
    assert ("It has more than 100 links" in str(form.errors)) == (not is_fine)


def test_an_address_without_end_is_not_asked() -> None:
    cache.clear()
    (tried,) = links.try_all(draft(f"[x](https://example.org/{'y' * 5000})"))
    assert tried.is_doubtful

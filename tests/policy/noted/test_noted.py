"""/admin/noted/: everything that is noted for staff to read, on one page."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.people.services import look
from policy.models import CookieConsent, OutboundLink
from tests.base import member, signed_in, staff

pytestmark = pytest.mark.django_db

PAGE = "/admin/noted/"


@pytest.fixture
def sara() -> Client:
    return staff()


def answer(client: Client, **asked: str) -> Any:
    found = client.get(PAGE, asked)
    assert found.status_code == 200
    return found


def cells(client: Client, **asked: str) -> list[list[str]]:
    lines: list[list[str]] = answer(client, **asked).context["lines"]
    return lines


def choices(number: int) -> None:
    now = timezone.now()
    CookieConsent.objects.bulk_create(
        CookieConsent(
            version="1",
            convenience=bool(n % 2),
            statistics=False,
            how="page",
            given_at=now - timedelta(hours=n),
        )
        for n in range(number)
    )


def test_every_kind_has_a_page_and_is_found_from_every_other(sara: Client) -> None:
    kinds = answer(sara).context["kinds"]
    assert {kind.key for kind in kinds} == {"contact", "cookies", "files", "handovers", "links", "pictures"}
    for kind in kinds:
        page = answer(sara, kind=kind.key).content.decode()
        assert f'<a href="?kind={kind.key}" aria-current="page">' in page
        assert "Nothing has been noted so far." in page


def test_a_look_at_contact_data(sara: Client) -> None:
    alice, user = member("alice"), User.objects.get(username="sara")
    look(alice, by=user, reason="other", note="<b>Lost phone</b>")
    (line,) = cells(sara, kind="contact")
    assert line[1:] == [
        f'<a href="/admin/accounts/user/{alice.pk}/change/">alice</a>',
        "Another reason",
        "<b>Lost phone</b>",
        "sara",
    ]
    assert "&lt;b&gt;Lost phone" in answer(sara, kind="contact").content.decode()
    assert cells(sara, kind="contact", q="Alice") == [line]
    assert cells(sara, kind="contact", q="sara") == [line]
    assert cells(sara, kind="contact", q="ali") == []


@pytest.mark.parametrize("kind", ["cookies", "links"])
def test_all_are_reached_page_by_page(sara: Client, kind: str) -> None:
    choices(120)
    today = timezone.localdate()
    OutboundLink.objects.bulk_create(
        OutboundLink(day=today - timedelta(days=n // 3), host=f"{n}.example") for n in range(120)
    )
    seen, at = [], ""
    while True:
        page = answer(sara, kind=kind, at=at).context
        seen += [str(line) for line in page["lines"]]
        at = page["page"].older
        if not at:
            break
    assert len(seen) == len(set(seen)) == 120
    assert len(cells(sara, kind=kind, at=page["page"].newer)) == 50


def test_a_place_of_another_list_or_reader_opens_the_first_page(sara: Client) -> None:
    choices(60)
    at = answer(sara, kind="cookies").context["page"].older
    assert len(cells(staff("sam"), kind="cookies", at=at)) == 50
    assert cells(sara, kind="links", at=at) == []


@pytest.mark.parametrize("words", ["\0", "'; --", "x" * 60_000, "%"], ids=["nul", "sql", "long", "any"])
def test_odd_words_find_nothing(sara: Client, words: str) -> None:
    choices(1)
    OutboundLink.objects.create(day=timezone.localdate(), host="example.org")
    for kind in ("contact", "cookies", "links", "handovers", "pictures", "files"):
        assert answer(sara, kind=kind, q=words).status_code == 200


def test_nobody_else_reads_it(sara: Client) -> None:
    for client in (Client(), signed_in(member("alice"))):
        assert client.get(PAGE).status_code == 302


def test_staff_read_what_they_may(sara: Client) -> None:
    user = User.objects.get(username="sara")
    User.objects.filter(pk=user.pk).update(is_superuser=False)
    assert sara.get(PAGE).status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="view_cookieconsent"))
    shown = answer(sara, kind="contact").context
    assert [kind.key for kind in shown["kinds"]] == ["cookies"]
    assert shown["kind"].key == "cookies"

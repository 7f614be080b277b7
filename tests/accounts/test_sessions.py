"""/accounts/sessions/: where somebody is signed in, without keeping from where."""

from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from accounts import devices
from tests.accounts.steps import sign_in
from tests.base import member

pytestmark = pytest.mark.django_db

_FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def _signed_in_with(agent: str = _FIREFOX, address: str = "203.0.113.9") -> Client:
    client = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR=address)
    assert sign_in(client).status_code == 302
    return client


def test_p08_neither_address_nor_browser_text_is_stored() -> None:
    member("alice")
    _signed_in_with()
    stored = str(UserSession.objects.values().get())
    assert "Firefox · Linux" in stored
    assert "203.0.113.9" not in stored
    assert "Gecko" not in stored


def test_every_session_stands_there_and_this_one_is_marked() -> None:
    member("alice")
    here = _signed_in_with()
    _signed_in_with("Mozilla/5.0 (iPhone; CPU) Version/18.0 Safari/604.1")
    page = here.get("/accounts/sessions/").content.decode()
    assert "Firefox · Linux" in page
    assert "Safari · iPhone" in page
    assert page.count("This device") == 1


def test_p04_signing_out_everywhere_else() -> None:
    member("alice")
    here, elsewhere = _signed_in_with(), _signed_in_with()
    here.post("/accounts/sessions/")
    assert here.get("/accounts/").status_code == 200
    assert elsewhere.get("/accounts/").status_code == 302
    assert UserSession.objects.count() == 1


def _pk_of(client: Client) -> int:
    pk: int = UserSession.objects.get(session_key=client.session.session_key).pk
    return pk


def test_p04_one_session_ends_and_the_others_stay() -> None:
    member("alice")
    here, there, lost = _signed_in_with(), _signed_in_with(), _signed_in_with()
    for sentence in ("That session has ended", "over already"):
        answer = here.post("/accounts/sessions/", {"session": _pk_of(lost) if "ended" in sentence else 999})
        assert sentence in here.get(answer["Location"]).content.decode()
    assert [client.get("/accounts/").status_code for client in (here, there, lost)] == [200, 200, 302]


@pytest.mark.parametrize("session", ["x", "-1", "9" * 40, "²"])
def test_a_session_that_there_is_not(session: str) -> None:
    member("alice")
    here, there = _signed_in_with(), _signed_in_with()
    here.post("/accounts/sessions/", {"session": session})
    assert there.get("/accounts/").status_code == 200


def test_two_alike_have_names_of_their_own() -> None:
    member("alice")
    here = _signed_in_with()
    _signed_in_with()
    page = here.get("/accounts/sessions/").content.decode()
    assert page.count(">Firefox · Linux<") == page.count(">Firefox · Linux (2)<") == 1


def test_the_last_use_is_noted_now_and_then(cache_in_memory: None) -> None:
    member("alice")
    client = _signed_in_with()
    long_ago = timezone.now() - timedelta(days=3)
    for hours, is_noted in ((0, False), (1, True), (1, False)):  # signing in was noted itself
        UserSession.objects.update(last_seen_at=long_ago)
        with time_machine.travel(timedelta(hours=hours)):
            client.get("/accounts/")
            seen = UserSession.objects.get().last_seen_at
        assert (seen > long_ago) == is_noted


def test_p04_nobody_ends_the_sessions_of_others() -> None:
    member("alice")
    member("bob")
    alice = _signed_in_with()
    bob = Client()
    sign_in(bob, "bob")
    bob.post("/accounts/sessions/")
    bob.post("/accounts/sessions/", {"session": _pk_of(alice)})
    assert alice.get("/accounts/").status_code == 200
    assert b"Firefox" not in bob.get("/accounts/sessions/").content


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        (_FIREFOX, "Firefox · Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/140 Safari/537 Edg/140", "Edge · Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18 Safari/605", "Safari · macOS"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140 Mobile Safari/537", "Chrome · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) CriOS/140 Safari/604", "Chrome · iPhone"),
        ("curl/8", "Unknown browser"),
        ("", "Unknown browser"),
        ("<script>alert(1)</script> alice@example.org", "Unknown browser"),
    ],
)
def test_a_browser_in_two_words(agent: str, label: str) -> None:
    assert devices.label(agent) == label


def test_a_session_that_a_new_password_has_ended_is_not_listed() -> None:
    alice = member("alice")
    _signed_in_with()
    alice.set_password("violet-harbour-93")
    alice.save()
    here = Client()
    sign_in(here, password="violet-harbour-93")
    assert b"Firefox" not in here.get("/accounts/sessions/").content


def test_the_list_costs_the_same_for_many(django_assert_max_num_queries: object) -> None:
    member("alice")
    for _ in range(4):
        here = _signed_in_with()
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        here.get("/accounts/sessions/")
    assert UserSession.objects.count() == 4

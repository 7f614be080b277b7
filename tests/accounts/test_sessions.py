"""/accounts/sessions/: where somebody is signed in, without keeping from where."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

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


def test_p04_nobody_ends_the_sessions_of_others() -> None:
    member("alice")
    member("bob")
    alice = _signed_in_with()
    bob = Client()
    sign_in(bob, "bob")
    bob.post("/accounts/sessions/")
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

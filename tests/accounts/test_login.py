"""/accounts/login/ and /accounts/logout/: who gets in, and what those who do not get in learn."""

import time
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.test import Client, override_settings

from accounts.models import User
from tests.accounts.steps import PASSWORD, errors_of, link_in, sent, sign_in, sign_up
from tests.base import authenticator_app, code_of, member, signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("login", ["alice", "ALICE", "alice@example.org", " Alice@EXAMPLE.org "])
def test_signing_in_and_out(login: str) -> None:
    member("alice")
    client = Client()
    assert sign_in(client, login).url == "/photos/"
    assert "Sign out" in client.get("/").content.decode()
    client.post("/accounts/logout/")
    assert "Sign in" in client.get("/").content.decode()


def test_signing_out_takes_along_what_the_browser_has_kept() -> None:
    member("alice")
    client = Client()
    sign_in(client)
    assert "Clear-Site-Data" not in client.get("/accounts/logout/")
    assert client.post("/accounts/logout/")["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in client.get("/accounts/logout/")


def _told(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    facts = [(record.message, vars(record)) for record in caplog.records]
    return [
        (said, fact.get("by") or fact["code"]) for said, fact in facts if said in ("signed in", "refused")
    ]


def test_the_log_tells_who_signs_in_by_what_and_not_who(caplog: pytest.LogCaptureFixture) -> None:
    member("alice")
    sign_in(Client(), password="wrong")
    client = Client()
    sign_in(client)
    client.post("/accounts/reauthenticate/", {"password": "wrong"})
    assert _told(caplog) == [
        ("refused", "username_password_mismatch"),
        ("signed in", "password"),
        ("refused", "incorrect_password"),
    ]


def test_following_a_link_does_not_sign_out() -> None:
    client = signed_in(member("alice"))
    assert client.get("/accounts/logout/").status_code == 200
    assert "_auth_user_id" in client.session


@pytest.mark.parametrize("remember", ["", "on"])
def test_the_session_outlives_the_browser_only_when_asked_to(remember: str) -> None:
    member("alice")
    client = Client()
    sign_in(client, remember=remember)
    assert bool(client.cookies["sessionid"]["max-age"]) is bool(remember)


@pytest.mark.parametrize("next_page", ["/accounts/", "/guides/?page=2"])
def test_signing_in_leads_back(next_page: str) -> None:
    member("alice")
    assert sign_in(Client(), next=next_page).url == next_page


@pytest.mark.parametrize(
    "next_page",
    [
        "https://evil.example/",
        "//evil.example",
        "javascript:alert(1)",
        "/\\evil.example",
        "http://127.0.0.1/",
    ],
)
def test_p04_signing_in_leads_to_no_other_site(next_page: str) -> None:
    member("alice")
    assert sign_in(Client(), next=next_page).url == "/photos/"


def _refusals() -> dict[str, tuple[str, str]]:
    """Everybody who does not get in."""
    member("alice")
    sign_up(Client())
    closed = member("carl")
    User.objects.filter(pk=closed.pk).update(is_active=False)
    return {
        "wrong password": ("alice", "wrong"),
        "wrong password for an address": ("alice@example.org", "wrong"),
        "unknown name": ("nobody", "wrong"),
        "unknown address": ("nobody@example.org", "wrong"),
        "not confirmed": ("dora", PASSWORD),
        "closed": ("carl", "wrong"),
    }


def test_p04_every_refusal_reads_alike() -> None:
    sentences = {errors_of(sign_in(Client(), *pair)) for pair in _refusals().values()}
    assert len(sentences) == 1
    assert "do not go together" in sentences.pop()


def test_p04_every_refusal_costs_one_hash() -> None:
    counts = {}
    for name, pair in _refusals().items():
        cache.clear()
        with patch.object(MD5PasswordHasher, "encode", autospec=True, side_effect=_encode) as encode:
            sign_in(Client(), *pair)
        counts[name] = encode.call_count
    assert set(counts.values()) == {1}, counts


_encode = MD5PasswordHasher.encode


@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.Argon2PasswordHasher"])
def test_p04_known_and_unknown_people_wait_equally_long() -> None:
    member("alice")
    logins = ("alice", "alice@example.org", "nobody", "no@no.org")
    rounds = [[_work_of_a_refusal(login) for login in logins] for _ in range(4)]
    least = [min(works) for works in zip(*rounds, strict=True)]
    # The hash takes a multiple of everything else; skipping it, or doing it twice, would show.
    assert max(least) < 1.5 * min(least), least


def _work_of_a_refusal(login: str) -> float:
    """Processor time, which other programs on the machine do not change much."""
    cache.clear()
    started = time.process_time()
    sign_in(Client(), login, "wrong")
    return time.process_time() - started


def test_a_closed_account_says_so_only_to_its_owner() -> None:
    carl = member("carl")
    User.objects.filter(pk=carl.pk).update(is_active=False)
    assert sign_in(Client(), "carl").url == "/accounts/inactive/"


def test_p04_a_list_of_passwords_is_slowed_down() -> None:
    """Two hundred tries within a minute from one address, each for another account."""
    answers = [sign_in(Client(), f"u{n}", "x") for n in range(200)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) >= 165
    assert answers[0].status_code == 200


def test_p04_one_account_is_slowed_down_sooner() -> None:
    member("alice")
    for _ in range(5):
        sign_in(Client(), "alice", "wrong")
    assert "Wait five minutes" in errors_of(sign_in(Client()))


def test_p04_another_spelling_is_no_other_account() -> None:
    member("alice")
    for login in ("alice", "ALICE", "Alice", " alice", "alice "):
        sign_in(Client(), login, "wrong")
    assert "Wait five minutes" in errors_of(sign_in(Client()))


def test_p04_the_wait_does_not_tell_which_address_belongs_to_a_name() -> None:
    member("alice")
    for _ in range(5):
        sign_in(Client(), "alice@example.org", "wrong")
    assert "Wait five minutes" in errors_of(sign_in(Client(), "Alice@Example.org"))
    assert "do not go together" in errors_of(sign_in(Client(), "alice", "wrong"))


def test_p04_the_owner_elsewhere_is_not_locked_out() -> None:
    member("alice")
    for _ in range(10):
        sign_in(Client(), "alice", "wrong")
    assert sign_in(Client(REMOTE_ADDR="192.0.2.7")).url == "/photos/"


@pytest.mark.usefixtures("cache_in_memory")
def test_p04_wrong_tries_do_not_prolong_the_wait() -> None:
    member("alice")
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        for _ in range(10):
            sign_in(Client(), "alice", "wrong")
            clock.shift(29)
        clock.shift(20)
        assert sign_in(Client()).status_code == 302


def _attack_from_everywhere(tries: int, login: str = "alice") -> None:
    for number in range(tries):
        sign_in(Client(REMOTE_ADDR=f"198.51.{number}.1"), login, "wrong")


def test_p04_many_machines_against_one_account_are_slowed_down() -> None:
    member("alice")
    _attack_from_everywhere(100)
    assert "Wait" in errors_of(sign_in(Client(REMOTE_ADDR="192.0.2.7")))


def test_p04_a_new_password_opens_at_once_what_others_have_closed() -> None:
    member("alice")
    _attack_from_everywhere(100)
    _attack_from_everywhere(100, "alice@example.org")
    owner = Client(REMOTE_ADDR="192.0.2.7")
    owner.post("/accounts/password/reset/", {"email": "alice@example.org"})
    page = owner.get(link_in(sent()[0])).url
    owner.post(page, {"password1": PASSWORD, "password2": PASSWORD})
    for login in ("alice", "alice@example.org"):
        assert sign_in(Client(REMOTE_ADDR="192.0.2.7"), login, PASSWORD).url == "/photos/"


def test_p04_a_right_password_does_not_reset_the_count() -> None:
    """Else an attacker with an account of their own could go on for ever."""
    member("alice")
    for _ in range(4):
        sign_in(Client(), "alice", "wrong")
    sign_in(Client())
    sign_in(Client(), "alice", "wrong")
    assert "Wait five minutes" in errors_of(sign_in(Client()))


def test_no_address_lies_in_the_cache() -> None:
    seen: list[str] = []
    with patch.object(cache, "incr", side_effect=_noting(seen)):
        sign_in(Client(REMOTE_ADDR="203.0.113.9"), "alice@example.org", "wrong")
    assert seen
    assert not [key for key in seen if "203.0" in key or "alice" in key]


def _noting(keys: list[str]) -> Any:
    def count(key: str, *_args: object) -> int:
        keys.append(key)
        return 1

    return count


def test_p04_a_session_that_somebody_planted_is_worth_nothing() -> None:
    """Session fixation: the attacker's cookie must not become the session of who signs in with it."""
    member("alice")
    attacker = Client()
    session = attacker.session
    session["planted"] = True
    session.save()
    planted = str(session.session_key)
    victim = Client()
    victim.cookies["sessionid"] = planted
    sign_in(victim)
    assert victim.cookies["sessionid"].value != planted
    attacker.cookies["sessionid"] = planted
    assert attacker.get("/accounts/").status_code == 302


def test_p04_after_another_member_nothing_of_their_session_is_left() -> None:
    client = signed_in(member("alice"))
    session = client.session
    session["secret"] = "Alice's"
    session.save()
    member("bob")
    client.post("/accounts/logout/")
    sign_in(client, "bob")
    assert "secret" not in client.session


class TestSecondFactor:
    """The step between the password and being in."""

    @pytest.fixture(autouse=True)
    def _alice_with_app(self, db: None) -> None:
        self.alice = member("alice")
        self.app = authenticator_app(self.alice)
        self.client = Client()
        self.answer = sign_in(self.client)

    def _enter(self, code: str) -> Any:
        return self.client.post("/accounts/security/authenticate/", {"code": code})

    def test_the_password_alone_opens_nothing(self) -> None:
        assert self.answer.url == "/accounts/security/authenticate/"
        assert self.client.get("/accounts/").status_code == 302
        assert "_auth_user_id" not in self.client.session

    def test_the_code_opens(self) -> None:
        assert self._enter(code_of(self.app)).url == "/photos/"
        assert self.client.get("/accounts/").status_code == 200

    def test_the_log_tells_of_wrong_and_right_codes(self, caplog: pytest.LogCaptureFixture) -> None:
        self._enter("000000")
        self._enter(code_of(self.app))
        assert _told(caplog) == [("refused", "incorrect_code"), ("signed in", "password+mfa")]

    def test_a_wrong_code_gets_a_sentence(self) -> None:
        response = self._enter("000000")
        assert "not right" in errors_of(response)

    def test_a_code_is_good_once(self) -> None:
        with time_machine.travel(1_800_000_000, tick=False) as clock:
            code = code_of(self.app)
            sign_in(self.client)
            assert self._enter(code).url == "/photos/"
            other = Client()
            sign_in(other)
            clock.shift(31)  # allauth alone has forgotten it by now, and would still take it
            response = other.post("/accounts/security/authenticate/", {"code": f"{code[:3]} {code[3:]}"})
            assert "used already" in errors_of(response)

    def test_p04_codes_cannot_be_tried_out(self) -> None:
        answers = [self._enter(f"{number:06}") for number in range(6)]
        assert "Too many" in errors_of(answers[-1])
        assert "Too many" in errors_of(self._enter(code_of(self.app)))

    def test_without_the_password_there_is_no_such_page(self) -> None:
        assert Client().get("/accounts/security/authenticate/").url == "/accounts/login/"

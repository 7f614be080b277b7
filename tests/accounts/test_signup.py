"""/accounts/signup/: what is asked, what is refused, and that nobody learns who has an account."""

from typing import Any
from unittest.mock import patch

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client, override_settings

from accounts.adapter import AccountAdapter
from accounts.models import HeldName, OutgoingMail, User
from policy.models import PolicyAcceptance, PolicyVersion
from tests.accounts.steps import PASSWORD, errors_of, link_in, sent, sign_in, sign_up
from tests.base import member

pytestmark = pytest.mark.django_db


def test_p03_registration_asks_for_nothing_else() -> None:
    form = Client().get("/accounts/signup/").context["form"]
    asked = {field.name: field.field.required for field in form.visible_fields()}
    assert asked == {
        "username": True,
        "email": True,
        "password1": True,
        "full_name": False,
        "phone": False,
        "news": False,
        "policy": True,
    }


@override_settings(REQUIRE_FULL_NAME=True, REQUIRE_PHONE=True)
def test_p03_the_operator_can_require_name_and_phone() -> None:
    response = sign_up(Client())
    assert set(response.context["form"].errors) == {"full_name", "phone"}
    assert not User.objects.exists()


def test_who_signs_up_is_asked_to_confirm_and_then_is_in() -> None:
    client = Client()
    assert sign_up(client).url == "/accounts/confirm-email/"
    assert "_auth_user_id" not in client.session
    path = link_in(sent()[0])
    assert b"dora@example.org" in client.get(path).content
    assert client.post(path).url == "/photos/"
    assert client.session["_auth_user_id"] == str(User.objects.get().pk)


def test_looking_at_the_link_confirms_nothing() -> None:
    client = Client()
    sign_up(client)
    Client().get(link_in(sent()[0]))
    assert not EmailAddress.objects.get().verified


def test_a_link_opened_elsewhere_confirms_and_signs_nobody_in() -> None:
    sign_up(Client())
    other = Client()
    assert other.post(link_in(sent()[0])).status_code == 302
    assert EmailAddress.objects.get().verified
    assert "_auth_user_id" not in other.session


def test_what_was_typed_is_stored_in_one_form() -> None:
    sign_up(Client(), email="Dora@Example.ORG", full_name=" Dora Maar ", phone="+49 30 901820")
    dora = User.objects.get()
    assert (dora.email, dora.full_name, dora.phone) == ("dora@example.org", "Dora Maar", "+4930901820")


def test_p02_the_accepted_version_is_recorded() -> None:
    client = Client()
    version = client.get("/accounts/signup/").context["form"]["version"].value()
    sign_up(client, version=version)
    accepted = PolicyAcceptance.objects.get()
    assert accepted.version == PolicyVersion.objects.in_force()
    assert accepted.user.username == "dora"


def test_p02_nobody_signs_up_without_agreeing() -> None:
    response = sign_up(Client(), policy="")
    assert "agreement" in errors_of(response)
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "ALICE"),
        ("username", "a b"),
        ("username", "bob@example.org"),
        ("username", "a\x00b"),
        ("username", "x" * 151),
        ("email", "nobody"),
        ("email", "a@b.org\nBcc: c@d.org"),
        ("password1", "dora@example.org"),
        ("password1", "short-1"),
        ("password1", "1234567890"),
        ("password1", "password123"),
        ("full_name", "Dora\nBcc: x@y.org"),
        ("full_name", "x" * 201),
        ("phone", "hello"),
    ],
)
def test_what_is_wrong_gets_a_sentence_beside_its_field(field: str, value: str) -> None:
    member("alice")
    response = sign_up(Client(), **{field: value})
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert b'class="field-error"' in response.content


@pytest.mark.parametrize(
    "password", ["background-gone-1", "Backgr0undBeG0ne!", "photos-localhost", "Example-Pictures-7"]
)
@override_settings(OPERATOR_NAME="Example Pictures Ltd")
def test_a_password_of_our_own_words_is_refused(password: str) -> None:
    response = sign_up(Client(), password1=password)
    assert "own words" in errors_of(response)
    assert not User.objects.exists()


@pytest.mark.parametrize("password", ["8305162947", "a gone horse in a photo", "ÄÖÜäöüßßßß"])
def test_any_other_letters_will_do(password: str) -> None:
    assert sign_up(Client(), password1=password).status_code == 302


def test_a_password_like_the_user_name_is_refused() -> None:
    response = sign_up(Client(), username="violet-harbour", password1="violet-harbour")
    assert list(response.context["form"].errors) == ["password1"]


def _answer(client: Client, **fields: Any) -> tuple[object, ...]:
    response = sign_up(client, **fields)
    page = client.get(response.url)
    cookies = sorted(client.cookies)
    return response.status_code, response.url, cookies, page.status_code, page.content


def test_p04_signing_up_does_not_tell_who_has_an_account() -> None:
    member("alice")
    known = _answer(Client(), username="eve1", email="alice@example.org")
    unknown = _answer(Client(), username="eve2", email="nobody@example.org")
    assert known == unknown


def test_p04_the_owner_of_the_address_gets_the_mail() -> None:
    member("alice")
    sign_up(Client(), email="ALICE@example.org")
    (message,) = sent()
    assert message.to == ["alice@example.org"]
    assert "already" in message.subject
    assert link_in(message) == "/accounts/password/reset/"


def test_p04_both_answers_cost_one_hash() -> None:
    member("alice")
    counts = []
    for name, email in [("eve1", "alice@example.org"), ("eve2", "nobody@example.org")]:
        with patch.object(MD5PasswordHasher, "encode", autospec=True, side_effect=_encode) as encode:
            sign_up(Client(), username=name, email=email)
        counts.append(encode.call_count)
    assert counts == [1, 1]


_encode = MD5PasswordHasher.encode


@pytest.mark.parametrize("email", ["alice@example.org", "nobody@example.org"])
def test_p04_nor_does_a_name_that_looks_like_it(email: str) -> None:
    member("alice")
    sign_up(Client(), username="eve0", email=email)
    again = sign_up(Client(), username="eveo", email="third@example.org")
    assert "looks like it" in errors_of(again)


@pytest.mark.parametrize("email", ["alice@example.org", "nobody@example.org"])
def test_p04_neither_the_name_nor_signing_in_tells_it_afterwards(email: str) -> None:
    member("alice")
    sign_up(Client(), username="eve", email=email)
    again = sign_up(Client(), username="eve", email="third@example.org")
    assert "user name already" in errors_of(again)
    response = sign_in(Client(), "eve", PASSWORD)
    assert "do not go together" in errors_of(response)


def test_no_account_is_made_up_for_a_known_address() -> None:
    alice = member("alice")
    sign_up(Client(), username="eve", email="alice@example.org", full_name="Eve")
    assert list(User.objects.all()) == [alice]
    assert "eve" not in str(HeldName.objects.values().get())
    assert not PolicyAcceptance.objects.exclude(user=alice).exists()
    assert EmailAddress.objects.get().user == alice


def test_signing_up_is_slowed_down() -> None:
    answers = [sign_up(Client(), username=f"u{n}", password1="x").status_code for n in range(22)]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_a_mail_server_that_is_down_breaks_nothing() -> None:
    with patch("django.core.mail.message.EmailMessage.send", side_effect=ConnectionRefusedError):
        assert sign_up(Client()).url == "/accounts/confirm-email/"
        sent()
    assert OutgoingMail.objects.count() == 1


def test_the_advice_about_passwords_stands_at_registration() -> None:
    page = Client().get("/accounts/signup/").content.decode()
    assert "where nobody else can get at them" in page
    assert "agreed to it in writing" in page


def test_who_is_signed_in_is_led_away() -> None:
    client = Client()
    client.force_login(member("alice"))
    assert client.get("/accounts/signup/").url == "/photos/"


def test_p04_who_comes_second_with_an_address_is_not_told_either() -> None:
    check = AccountAdapter.validate_unique_email

    def check_and_meanwhile(adapter: AccountAdapter, email: str) -> str:
        email = str(check(adapter, email))
        User.objects.create_user("rival", email)
        return email

    with patch.object(AccountAdapter, "validate_unique_email", check_and_meanwhile):
        assert sign_up(Client()).url == "/accounts/confirm-email/"
    assert HeldName.is_held("dora")
    assert "already" in sent()[0].subject


def test_who_comes_second_in_the_same_moment_gets_a_sentence() -> None:
    """The other one saves between the check of this form and its saving."""
    check = AccountAdapter.clean_username

    def check_and_meanwhile(adapter: AccountAdapter, name: str, shallow: bool = False) -> str:
        name = check(adapter, name, shallow)
        User.objects.create_user(name.upper())
        return name

    client = Client()
    with patch.object(AccountAdapter, "clean_username", check_and_meanwhile):
        assert sign_up(client).url == "/accounts/signup/"
    assert b"a moment ago" in client.get("/accounts/signup/").content
    assert User.objects.get().username == "DORA"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("support", "taken for ours"), ("a1ice", "looks like it"), ("...", "at least one letter")],
)
def test_a_user_name_that_claims_to_be_another_is_refused(name: str, sentence: str) -> None:
    member("alice")
    assert sentence in errors_of(sign_up(Client(), username=name))
    assert User.objects.count() == 1

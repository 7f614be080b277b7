"""/admin/: only for staff who have shown a second factor in this session (promise P4)."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client

from accounts.models import User
from tests.accounts.steps import PASSWORD, sign_in
from tests.base import authenticator_app, code_of, member, show_second_factor, signed_in, staff

pytestmark = pytest.mark.django_db


def _sara() -> User:
    return User.objects.create_superuser("sara", "sara@example.org", PASSWORD)


def test_a_guest_is_sent_to_our_own_sign_in() -> None:
    response = Client().get("/admin/", follow=True)
    assert response.redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2F"


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/admin/accounts/user/", "/admin/jsi18n/"])
def test_p04_staff_without_a_second_factor_get_no_admin_page(path: str) -> None:
    response = signed_in(_sara()).get(path, follow=True)
    assert response.redirect_chain[-1][0] == "/accounts/security/"
    assert b"The admin needs a second factor" in response.content


def test_p04_the_admin_has_no_sign_in_of_its_own() -> None:
    _sara()
    client = Client()
    client.post("/admin/login/?next=/admin/", {"username": "sara", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_p04_a_password_is_not_enough_when_a_factor_is_set_up() -> None:
    sara = _sara()
    authenticator_app(sara)
    response = signed_in(sara).get("/admin/accounts/user/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/accounts/security/reauthenticate/?next=%2Fadmin%2Facc")


def test_p04_after_the_code_the_page_that_was_asked_for_opens() -> None:
    sara = _sara()
    app = authenticator_app(sara)
    client = signed_in(sara)
    data = {"code": code_of(app), "next": "/admin/accounts/user/"}
    assert client.post("/accounts/security/reauthenticate/", data).url == "/admin/accounts/user/"
    assert client.get("/admin/accounts/user/").status_code == 200


def test_the_password_is_not_offered_where_it_is_not_enough() -> None:
    sara = _sara()
    authenticator_app(sara)
    client = signed_in(sara)
    pages = [
        client.get("/accounts/security/reauthenticate/", {"next": page}) for page in ("/admin/", "/accounts/")
    ]
    assert [b"Use your password" in page.content for page in pages] == [False, True]


def test_signing_in_with_the_code_opens_it_as_well() -> None:
    app = authenticator_app(_sara())
    client = Client()
    sign_in(client, "sara", PASSWORD, next="/admin/")
    assert client.post("/accounts/security/authenticate/", {"code": code_of(app)}).url == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_p04_recovery_codes_alone_are_no_second_factor() -> None:
    sara = _sara()
    RecoveryCodes.activate(sara)
    response = signed_in(sara).get("/admin/", follow=True)
    assert response.redirect_chain[-1][0] == "/accounts/security/"


def test_p04_a_factor_that_was_removed_opens_nothing_more() -> None:
    client = staff()
    assert client.get("/admin/").status_code == 200
    Authenticator.objects.all().delete()
    assert client.get("/admin/").status_code == 302


def test_p04_somebody_elses_factor_opens_nothing() -> None:
    sara, bob = _sara(), member("bob")
    client = signed_in(sara)
    show_second_factor(client, sara, authenticator_app(bob))
    assert client.get("/admin/").status_code == 302


def test_p04_what_another_user_has_shown_in_this_session_does_not_count() -> None:
    sara, bob = _sara(), member("bob")
    client = signed_in(sara)
    show_second_factor(client, bob, authenticator_app(sara))
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("change", [{"is_staff": False}, {"is_active": False}])
def test_p04_who_is_staff_no_longer_is_out_at_once(change: dict[str, bool]) -> None:
    client = staff()
    User.objects.update(**change)
    assert client.get("/admin/").status_code == 302


def test_members_are_told_that_they_may_not() -> None:
    client = signed_in(member("alice"))
    assert client.get("/admin/", follow=True).status_code == 403


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_p04_the_way_in_leads_to_no_other_site(wanted: str) -> None:
    assert staff().get("/admin/login/", {"next": wanted}).url == "/admin/"


def test_the_admins_password_form_is_ours() -> None:
    assert staff().get("/admin/password_change/").url == "/accounts/password/change/"


def test_signing_out_of_the_admin() -> None:
    client = staff()
    client.post("/admin/logout/")
    assert "_auth_user_id" not in client.session

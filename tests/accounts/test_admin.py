"""/admin/accounts/: what staff see of people, and what they cannot do."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone

from accounts.models import User, WrittenPermission
from tests.accounts.mailing.steps import confirmed
from tests.base import authenticator_app, member, show_second_factor, signed_in, staff

pytestmark = pytest.mark.django_db


def _clerk() -> Client:
    """Staff with every permission of this app, and no superuser."""
    user = member("clara")
    User.objects.filter(pk=user.pk).update(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    client = signed_in(user)
    show_second_factor(client, user, authenticator_app(user))
    return client


def _alice() -> User:
    alice = member("alice")
    User.objects.filter(pk=alice.pk).update(full_name="Alice Archer", phone="+4930901820")
    return alice


def _form(**fields: Any) -> dict[str, Any]:
    return {
        "is_active": "on",
        "written_permissions-TOTAL_FORMS": 0,
        "written_permissions-INITIAL_FORMS": 0,
        **fields,
    }


def test_p06_contact_data_is_on_no_page() -> None:
    alice = _alice()
    client = staff()
    for path in ("", f"{alice.pk}/change/", f"{alice.pk}/history/", "?q=alice"):
        page = client.get(f"/admin/accounts/user/{path}").content.decode()
        assert "alice" in page
        assert not [text for text in ("alice@example.org", "Archer", "4930901820") if text in page]


def test_p04_no_hash_and_no_secret_is_on_any_page() -> None:
    alice = _alice()
    authenticator_app(alice)
    page = staff().get(f"/admin/accounts/user/{alice.pk}/change/").content.decode()
    assert "md5" not in page
    assert alice.password not in page


@pytest.mark.parametrize("words", ["ali", "alice@example.org", "ALICE@Example.org"])
def test_an_account_is_found_by_name_or_whole_address(words: str) -> None:
    member("alice")
    member("bob")
    page = staff().get("/admin/accounts/user/", {"q": words})
    assert [user.username for user in page.context["cl"].queryset] == ["alice"]


@pytest.mark.parametrize("words", ["alice@", "@example", "example.org"])
def test_p06_addresses_cannot_be_fished_for(words: str) -> None:
    member("alice")
    assert not staff().get("/admin/accounts/user/", {"q": words}).context["cl"].queryset


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_costs_the_same_for_many(number: int, django_assert_num_queries: Any) -> None:
    for index in range(number):
        confirmed(member(f"user{index}"))
    client = staff()
    with django_assert_num_queries(12):
        client.get("/admin/accounts/user/")


@pytest.mark.parametrize("path", ["account/emailaddress/", "mfa/authenticator/", "usersessions/usersession/"])
def test_p04_addresses_factors_and_sessions_cannot_be_touched(path: str) -> None:
    assert staff().get(f"/admin/{path}").status_code == 404


@pytest.mark.parametrize("path", ["add/", "1/delete/", "1/password/"])
def test_p04_accounts_are_not_made_deleted_or_given_passwords_here(path: str) -> None:
    client = staff()
    path = path.replace("1/", f"{member('alice').pk}/")
    assert client.get(f"/admin/accounts/user/{path}").status_code in (302, 403, 404)


def test_an_account_can_be_locked() -> None:
    alice = member("alice")
    client = staff()
    client.post(f"/admin/accounts/user/{alice.pk}/change/", _form(is_active=""))
    alice.refresh_from_db()
    assert not alice.is_active


def test_p04_only_superusers_hand_out_powers() -> None:
    client = _clerk()
    alice = member("alice")
    data = _form(is_staff="on", is_superuser="on", user_permissions=["1"])
    client.post(f"/admin/accounts/user/{alice.pk}/change/", data)
    alice.refresh_from_db()
    assert (alice.is_staff, alice.is_superuser, alice.user_permissions.count()) == (False, False, 0)


def test_pickers_of_permissions_are_out_of_the_way() -> None:
    alice, client = member("alice"), staff()
    Group.objects.create(name="Writers")
    page = client.get(f"/admin/accounts/user/{alice.pk}/change/").content.decode()
    (closed,) = re.findall(r'<fieldset class="module aligned collapse".*?</fieldset>', page, re.DOTALL)
    for name in ("is_staff", "is_superuser", "groups", "user_permissions"):
        assert f'name="{name}"' in closed
        assert f'name="{name}"' not in page.replace(closed, "")
    assert "<details open" not in closed
    assert "/admin/auth/group/" not in client.get("/admin/").content.decode()
    assert client.get("/admin/auth/group/").status_code == 200


def test_p04_staff_cannot_lock_a_superuser() -> None:
    sara = User.objects.create_superuser("sara", "sara@example.org", "x")
    client = _clerk()
    client.post(f"/admin/accounts/user/{sara.pk}/change/", _form(is_active=""))
    sara.refresh_from_db()
    assert sara.is_active


def test_nobody_takes_their_own_power_away() -> None:
    client = staff()
    sara = User.objects.get()
    client.post(f"/admin/accounts/user/{sara.pk}/change/", _form(is_active=""))
    sara.refresh_from_db()
    assert sara.is_active
    assert sara.is_superuser


def _record(client: Client, alice: User) -> None:
    permission = {
        "written_permissions-TOTAL_FORMS": 1,
        "written_permissions-0-given_to": "Bob Bobson",
        "written_permissions-0-document": "File 7/2026",
        "written_permissions-0-valid_until": (timezone.localdate() + timedelta(days=9)).isoformat(),
        "written_permissions-0-user": alice.pk,
    }
    client.post(f"/admin/accounts/user/{alice.pk}/change/", _form(**permission))


def test_p05_staff_record_who_to_whom_document_and_until_when() -> None:
    alice = member("alice")
    _record(staff(), alice)
    permission = WrittenPermission.objects.get()
    assert (permission.user, permission.given_to, permission.document) == (alice, "Bob Bobson", "File 7/2026")
    assert permission.recorded_by is not None
    assert permission.recorded_by.username == "sara"
    assert b"Bob Bobson" in signed_in(alice).get("/accounts/").content


def test_p05_a_record_is_ended_and_never_changed() -> None:
    alice, client = member("alice"), staff()
    _record(client, alice)
    permission = WrittenPermission.objects.get()
    page = f"/admin/accounts/writtenpermission/{permission.pk}/"
    assert client.post(f"{page}change/", {"given_to": "Eve"}).status_code == 403
    assert client.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    action = {"action": "end", "_selected_action": [permission.pk]}
    client.post("/admin/accounts/writtenpermission/", action)
    permission.refresh_from_db()
    assert permission.given_to == "Bob Bobson"
    assert not permission.is_valid

"""/accounts/security/: authenticator app, recovery codes, passkeys."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client, override_settings

from accounts.models import User
from accounts.second_factor import SecondFactorAdapter
from tests.accounts.steps import confirm_again, errors_of, sent, sign_in
from tests.base import authenticator_app, code_of, member, signed_in

pytestmark = pytest.mark.django_db

_TOTP = "/accounts/security/totp/activate/"
_CODES = "/accounts/security/recovery-codes/"


@pytest.fixture
def client() -> Client:
    """Alice's, who has just shown that it is she."""
    client = signed_in(member("alice"))
    confirm_again(client)
    return client


def _set_up(client: Client) -> None:
    secret = client.get(_TOTP).context["form"].secret
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    assert client.post(_TOTP, {"code": code}).url == _CODES


def test_setting_up_an_app_ends_at_the_recovery_codes(client: Client) -> None:
    _set_up(client)
    assert len(client.get(_CODES).context["unused_codes"]) == 10
    assert Authenticator.objects.count() == 2


def test_the_picture_needs_nothing_that_the_policy_forbids(client: Client) -> None:
    page = client.get(_TOTP).content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    assert "style=" not in page
    assert "onload" not in page


def test_a_wrong_code_sets_nothing_up(client: Client) -> None:
    client.get(_TOTP)
    assert "not right" in errors_of(client.post(_TOTP, {"code": "000000"}))
    assert not Authenticator.objects.exists()


def test_p04_a_stolen_session_cannot_add_or_remove_a_factor() -> None:
    alice = member("alice")
    thief = signed_in(alice)
    assert "/reauthenticate/" in thief.get(_TOTP).url
    authenticator_app(alice)
    assert "/reauthenticate/" in thief.post("/accounts/security/totp/deactivate/").url
    RecoveryCodes.activate(alice)
    for page in (_CODES, f"{_CODES}download/", f"{_CODES}generate/"):
        assert "/reauthenticate/" in thief.get(page).url
    assert Authenticator.objects.count() == 2


def test_a_recovery_code_opens_once(client: Client) -> None:
    _set_up(client)
    code = client.get(_CODES).context["unused_codes"][0]
    for expected in (302, 200):
        other = Client()
        sign_in(other)
        assert other.post("/accounts/security/authenticate/", {"code": code}).status_code == expected


def test_the_codes_come_as_a_file(client: Client) -> None:
    _set_up(client)
    codes = client.get(_CODES).context["unused_codes"]
    response = client.get(f"{_CODES}download/")
    assert "attachment" in response["Content-Disposition"]
    assert response.content.decode().split() == codes


def test_new_codes_replace_the_old(client: Client) -> None:
    _set_up(client)
    before = client.get(_CODES).context["unused_codes"]
    client.post(f"{_CODES}generate/")
    assert not set(before) & set(client.get(_CODES).context["unused_codes"])


def test_the_app_can_be_removed_and_the_owner_is_told(client: Client) -> None:
    _set_up(client)
    client.post("/accounts/security/totp/deactivate/")
    assert not Authenticator.objects.exists()
    assert "authenticator app was removed" in sent()[-1].subject


def test_p04_a_copy_of_the_database_has_no_secret_in_clear(client: Client) -> None:
    secret = client.get(_TOTP).context["form"].secret
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    client.post(_TOTP, {"code": code})
    assert secret not in str(list(Authenticator.objects.values()))


def test_with_another_server_key_a_factor_opens_nothing_and_breaks_nothing() -> None:
    app = authenticator_app(member("alice"))
    with override_settings(SECRET_KEY="another" * 8):
        client = Client()
        sign_in(client)
        response = client.post("/accounts/security/authenticate/", {"code": "123456"})
    assert "not right" in errors_of(response)
    adapter = SecondFactorAdapter()
    with override_settings(SECRET_KEY="another" * 8):
        assert adapter.decrypt(app.data["secret"]) != adapter.decrypt(app.data["secret"])


def test_showing_it_again_with_the_app() -> None:
    alice = member("alice")
    app = authenticator_app(alice)
    client = signed_in(alice)
    page = f"/accounts/security/reauthenticate/?next={_CODES}generate/"
    response = client.post(page, {"code": code_of(app), "next": f"{_CODES}generate/"})
    assert response.url == f"{_CODES}generate/"
    assert client.get(f"{_CODES}generate/").status_code == 200


def test_the_overview_says_what_is_set_up(client: Client) -> None:
    assert b"Set up" in client.get("/accounts/security/").content
    _set_up(client)
    page = client.get("/accounts/security/").content.decode()
    assert "10 codes left" in page
    assert "where nobody else can get at them" in page


def test_the_overview_costs_the_same_with_many_passkeys(
    client: Client, django_assert_max_num_queries: object
) -> None:
    alice = User.objects.get()
    for number in range(20):
        data = {"name": f"Key {number}", "credential": {}}
        Authenticator.objects.create(user=alice, type="webauthn", data=data)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        client.get("/accounts/security/")


@pytest.mark.parametrize("credential", ["", "{}", "[]", "null", '{"id": 1}', "nonsense", '{"response": {}}'])
def test_a_forged_passkey_is_refused(client: Client, credential: str) -> None:
    client.get("/accounts/security/webauthn/add/")
    data = {"name": "x", "credential": credential}
    response = client.post("/accounts/security/webauthn/add/", data)
    assert b"could not be checked" in response.content
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize(
    "credential", ["", "{}", "[]", "null", '{"id": 1}', '{"response": {"userHandle": 1}}']
)
def test_a_forged_passkey_signs_nobody_in(credential: str) -> None:
    client = Client()
    client.get("/accounts/security/webauthn/login/", headers={"accept": "application/json"})
    response = client.post("/accounts/security/webauthn/login/", {"credential": credential})
    assert response.url == "/accounts/login/"
    assert "_auth_user_id" not in client.session

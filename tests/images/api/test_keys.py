"""Keys: made, shown once, recognised, withdrawn; never in the database, a log or a page again."""

import io
import logging
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.utils import timezone

from accounts.leaving import services as leaving
from accounts.models import User
from images.api.keys import services
from images.api.keys.models import ApiKey, ApiKeyQuerySet
from tests.base import Cast
from tests.images.api.steps import key_of, program

FIELDS = {"name": "shop", "scopes": ["cut_out", "read"], "days": "90"}


def reauthenticated(client: Client) -> Client:
    client.post("/accounts/reauthenticate/", {"password": "correct horse"})
    return client


class TestPage(Cast):
    def made(self, **fields: object) -> str:
        response = reauthenticated(self.alice).post("/accounts/keys/new/", {**FIELDS, **fields})
        assert response.status_code == 200, response.content.decode()
        return str(response.context["secret"])

    def test_a_key_is_shown_once(self) -> None:
        secret = self.made()
        assert secret.startswith("bbg_")
        page = self.alice.get("/accounts/keys/").content.decode()
        assert secret not in page
        assert secret[:12] in page

    def test_the_answer_with_the_key_is_kept_by_nobody(self) -> None:
        response = reauthenticated(self.alice).post("/accounts/keys/new/", FIELDS)
        assert "no-store" in response["Cache-Control"]

    def test_the_database_holds_no_key(self) -> None:
        secret = self.made()
        row = ApiKey.objects.values().get()
        assert not any(secret in str(value) or secret[12:] in str(value) for value in row.values())

    def test_a_browser_left_open_makes_no_key(self) -> None:
        response = self.alice.post("/accounts/keys/new/", FIELDS)
        assert response.status_code == 302
        assert not ApiKey.objects.exists()

    def test_two_of_a_name_are_enough(self) -> None:
        self.made()
        self.made()
        response = self.alice.post("/accounts/keys/new/", FIELDS)
        assert response.status_code == 422
        assert "Two keys of this name" in response.content.decode()

    def test_a_withdrawn_one_makes_room_for_its_successor(self) -> None:
        self.made()
        self.made()
        ApiKey.objects.first().revoke()
        self.made()

    def test_nobody_may_loosen_the_limit(self) -> None:
        response = reauthenticated(self.alice).post(
            "/accounts/keys/new/", {**FIELDS, "megapixels_per_minute": "501"}
        )
        assert response.status_code == 422
        assert "At most 500 megapixels" in response.content.decode()

    def test_a_key_may_do_something(self) -> None:
        response = reauthenticated(self.alice).post("/accounts/keys/new/", {**FIELDS, "scopes": []})
        assert response.status_code == 422

    def test_days_without_end(self) -> None:
        self.made(days="0")
        assert ApiKey.objects.get().expires_at is None

    def test_withdrawing(self) -> None:
        secret = self.made()
        self.alice.post(f"/accounts/keys/{ApiKey.objects.get().pk}/withdraw/")
        assert services.find_open(secret) is None

    def test_somebody_elses_key_cannot_be_withdrawn(self) -> None:
        self.made()
        response = self.bob.post(f"/accounts/keys/{ApiKey.objects.get().pk}/withdraw/")
        assert response.status_code == 404
        assert ApiKey.objects.open().exists()

    def test_somebody_elses_keys_are_not_shown(self) -> None:
        self.made(name="alices-shop")
        assert "alices-shop" not in self.bob.get("/accounts/keys/").content.decode()

    def test_guests_have_none(self) -> None:
        assert self.guest.get("/accounts/keys/").status_code == 302


class TestFinding(Cast):
    def test_right(self) -> None:
        assert services.find_open(key_of("alice")) is not None

    @pytest.mark.parametrize(
        "change", [lambda s: s[:-1] + "!", lambda s: s[:-1], lambda s: "", lambda s: s + "ä"]
    )
    def test_wrong(self, change: object) -> None:
        assert services.find_open(change(key_of("alice"))) is None  # type: ignore[operator]

    def test_expired(self) -> None:
        secret = key_of("alice", expires_at=timezone.now() - timedelta(seconds=1))
        assert services.find_open(secret) is None

    def test_of_a_locked_account(self) -> None:
        secret = key_of("alice")
        User.objects.filter(username="alice").update(is_active=False)
        assert services.find_open(secret) is None

    def test_p16_of_somebody_who_is_leaving(self) -> None:
        secret = key_of("alice")
        leaving.close(User.objects.get(username="alice"))
        assert services.find_open(secret) is None

    def test_a_new_secret_key_ends_none(self) -> None:
        secret = key_of("alice")
        with override_settings(SECRET_KEY="another"):
            assert services.find_open(secret) is not None

    def test_a_new_pepper_ends_all(self) -> None:
        secret = key_of("alice")
        with override_settings(API_KEY_PEPPER="another"):
            assert services.find_open(secret) is None

    def test_a_wrong_key_asks_the_database_as_often_as_a_right_prefix(self) -> None:
        assert isinstance(ApiKey.objects.all(), ApiKeyQuerySet)


class TestDoor(Cast):
    """What every address of the API does with a key, shown on /v1.0/account."""

    def test_both_headers(self) -> None:
        secret = key_of("alice")
        assert program(secret).get("/v1.0/account").status_code == 200
        bearer = Client(headers={"authorization": f"Bearer {secret}"})
        assert bearer.get("/v1.0/account").status_code == 200

    def test_missing(self) -> None:
        response = Client().get("/v1.0/account")
        assert (response.status_code, response.json()["errors"][0]["title"]) == (403, "Missing API Key")

    def test_wrong(self) -> None:
        response = program("bbg_" + "x" * 44).get("/v1.0/account")
        assert response.status_code == 403
        assert response.json() == {"errors": [{"title": "API Key invalid", "code": "auth_failed"}]}

    def test_a_session_is_no_key(self) -> None:
        assert self.alice.get("/v1.0/account").status_code == 403

    @pytest.mark.parametrize("name", ["key", "api_key", "X-API-Key", "anything"])
    def test_a_key_in_the_address_is_refused(self, name: str) -> None:
        secret = key_of("alice")
        response = program(secret).get("/v1.0/account", {name: secret})
        assert response.status_code == 400
        assert response.json()["errors"][0]["code"] == "key_in_address"

    @pytest.mark.parametrize("path", ["/v1.0/account", "/v2/photos"])
    @pytest.mark.parametrize(("is_secure", "status"), [(False, 403), (True, 200)])
    def test_a_key_in_clear_is_refused_and_not_led_to_https(
        self, path: str, is_secure: bool, status: int
    ) -> None:
        with override_settings(SECURE_SSL_REDIRECT=True):
            response = program(key_of("alice")).get(path, secure=is_secure)
        assert response.status_code == status
        assert ("key_in_clear" in response.content.decode()) == (not is_secure)

    def test_whoever_guesses_is_slowed_down_and_the_right_key_is_not(self) -> None:
        secret = key_of("alice")
        statuses = [program("bbg_" + "x" * 44).get("/v1.0/account").status_code for _ in range(31)]
        assert statuses == [403] * 30 + [429]
        assert program(secret).get("/v1.0/account").status_code == 200

    def test_the_day_of_use_is_noted(self) -> None:
        program(key_of("alice")).get("/v1.0/account")
        assert ApiKey.objects.get().used_on == timezone.localdate()

    def test_pages_of_others_may_read_the_answer(self) -> None:
        response = program(key_of("alice")).get("/v1.0/account")
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response

    def test_preflight(self) -> None:
        response = Client().options("/v1.0/account")
        assert response.status_code == 204
        assert "X-API-Key" in response["Access-Control-Allow-Headers"]

    def test_pages_of_the_site_stay_closed_to_others(self) -> None:
        assert "Access-Control-Allow-Origin" not in self.alice.get("/")


class TestLeaks(Cast):
    """A key in a log, a trace or a page of errors would be a key lost."""

    @pytest.mark.parametrize("debug", [True, False])
    @pytest.mark.parametrize("header", ["x-api-key", "authorization"])
    def test_an_error_shows_no_key(
        self, header: str, debug: bool, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        secret = key_of("alice")

        def fail(*args: object, **kwargs: object) -> None:
            raise RuntimeError("something else")

        monkeypatch.setattr("images.api.v1.views.account_of", fail)
        value = secret if header == "x-api-key" else f"Bearer {secret}"
        client = Client(headers={header: value}, raise_request_exception=False)
        with override_settings(DEBUG=debug), caplog.at_level(logging.DEBUG):
            response = client.get("/v1.0/account")
        assert response.status_code == 500
        assert "something else" in caplog.text
        assert secret not in response.content.decode() + caplog.text

    def test_a_refusal_logs_no_key(self, caplog: pytest.LogCaptureFixture) -> None:
        secret = "bbg_" + "y" * 44
        with caplog.at_level(logging.DEBUG):
            program(secret).get("/v1.0/account", {"key": secret})
        assert secret not in caplog.text


def run(*args: str) -> list[str]:
    output = io.StringIO()
    call_command("apikey", *args, stdout=output)
    return output.getvalue().strip().splitlines()


class TestCommand(Cast):
    def test_the_last_line_is_the_key_alone(self) -> None:
        secret = run("create", "alice", "--name", "shop")[-1]
        key = services.find_open(secret)
        assert key is not None
        assert key.owner.username == "alice"

    def test_by_address_with_scopes_and_days(self) -> None:
        secret = run("create", "alice@example.org", "--name", "x", "--scopes", "delete", "--days", "3")[-1]
        key = services.find_open(secret)
        assert key is not None
        assert [scope.value for scope in key.scopes] == ["delete"]
        assert key.expires_at is not None

    def test_list_shows_no_key(self) -> None:
        secret = run("create", "alice", "--name", "shop")[-1]
        lines = run("list")
        assert secret[:12] in lines[0]
        assert secret not in "\n".join(lines)
        assert run("list", "bob") == []

    def test_revoke(self) -> None:
        secret = run("create", "alice", "--name", "shop")[-1]
        run("revoke", secret[:12])
        assert services.find_open(secret) is None

    @pytest.mark.parametrize(
        ("args", "words"),
        [
            (("create", "nobody", "--name", "x"), "Nobody has"),
            (("create", "alice", "--name", " "), "needs a name"),
            (("create", "alice", "--name", "x", "--days", "-1"), "whole number of days"),
            (("create", "alice", "--name", "x", "--megapixels-per-day", "0"), "at least 1"),
            (("revoke", "bbg_x"), "No key begins"),
        ],
    )
    def test_wrong_words_get_a_sentence(self, args: tuple[str, ...], words: str) -> None:
        with pytest.raises(CommandError, match=words):
            run(*args)

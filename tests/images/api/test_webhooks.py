"""Webhooks: signed, tried again until the receiver listens, and never a picture in them."""

import json
import socket
import time
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import timezone
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from accounts.leaving import services as leaving
from accounts.models import User
from images.api.webhooks import services
from images.api.webhooks.models import Event, Webhook, WebhookDelivery
from images.work import jobs
from tests.base import Cast, finished, upload, upload_file
from tests.images.api import hostile
from tests.images.api.hostile import server
from tests.images.api.test_keys import reauthenticated
from tests.stack import free_port

State = WebhookDelivery.State


class Receiver:
    """Somebody's server, which answers with a status of its choice and keeps what it got."""

    def __init__(self) -> None:
        self.status = 200
        self.headers: dict[str, str] = {}
        self.got: list[tuple[dict[str, str], bytes]] = []

    def __call__(self, handler: Any) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        self.got.append(({k.lower(): v for k, v in handler.headers.items()}, body))
        hostile.sends(b"", status=self.status, **self.headers)(handler)


class Hooked(Cast):
    @pytest.fixture(autouse=True)
    def _hook(self, _cast: None) -> Any:
        self.receiver = Receiver()
        with server(self.receiver) as port:
            self.hook = self.named("alice", f"http://127.0.0.1:{port}/hook")
            with override_settings(FETCH_NETWORKS=["127.0.0.0/8"]):
                yield

    def named(self, name: str, address: str) -> Webhook:
        made: Webhook = Webhook.objects.create(owner=User.objects.get(username=name), address=address)
        return made

    def deliver(self) -> WebhookDelivery:
        """Try whatever waits for a moment to come, whenever that is; return the last one."""
        WebhookDelivery.objects.filter(state=State.WAITING).update(try_at=timezone.now())
        for delivery in WebhookDelivery.objects.due().select_related("webhook"):
            services.deliver(delivery)
        return WebhookDelivery.objects.latest("created_at")

    def verified(self, number: int = -1, secret: str = "") -> Any:
        headers, body = self.receiver.got[number]
        return Verifier(secret or self.hook.secret).verify(body, headers)


class TestMessages(Hooked):
    def test_a_finished_photo_is_told_and_a_foreign_library_verifies_it(self) -> None:
        photo = finished(self.alice)
        assert self.deliver().state == State.DELIVERED
        message = self.verified()
        assert message["type"] == "cutout.done"
        assert message["data"]["photo"] == str(photo.pk)
        assert message["data"]["links"]["result"].endswith(f"/v2/photos/{photo.pk}/result")

    def test_a_failure_is_told(self) -> None:
        upload(self.alice, upload_file(self.black()))
        assert jobs.process_next()
        self.deliver()
        message = self.verified()
        assert (message["type"], message["data"]["error"]) == ("cutout.failed", "no_subject")

    def black(self) -> bytes:
        import io

        from PIL import Image

        buffer = io.BytesIO()
        Image.new("RGB", (300, 300)).save(buffer, "PNG")
        return buffer.getvalue()

    def test_no_picture_and_no_name_in_it(self) -> None:
        finished(self.alice, file=upload_file(name="holiday.png"))
        self.deliver()
        _, body = self.receiver.got[0]
        assert len(body) < 1000
        assert b"holiday" not in body

    def test_only_what_was_asked_for(self) -> None:
        Webhook.objects.update(events=[Event.CUTOUT_FAILED])
        finished(self.alice)
        assert not WebhookDelivery.objects.exists()

    def test_somebody_elses_photo_is_not_told(self) -> None:
        finished(self.bob)
        finished(self.guest)
        assert not WebhookDelivery.objects.exists()

    def test_p13_a_worker_writes_it_down_and_opens_no_connection(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = settings.STORAGES["default"]["OPTIONS"].get("endpoint_url")
        connect = socket.socket.connect

        def only_to_the_store(own: socket.socket, address: tuple[str, int]) -> None:
            assert "http://{}:{}".format(*address) == store, "a worker opened a connection"
            connect(own, address)

        upload(self.alice)
        monkeypatch.setattr(socket.socket, "connect", only_to_the_store)
        assert jobs.process_next()
        assert WebhookDelivery.objects.get().attempts == 0


class TestRetries(Hooked):
    def test_after_an_outage_everything_arrives(self) -> None:
        """Down for a day: each try fails, the same message comes in the end."""
        self.receiver.status = 503
        services.test(self.hook)
        for _ in range(8):
            assert self.deliver().state == State.WAITING
        self.receiver.status = 200
        delivery = self.deliver()
        assert (delivery.state, delivery.attempts, delivery.status) == (State.DELIVERED, 9, 200)
        ids = {headers["webhook-id"] for headers, _ in self.receiver.got}
        assert ids == {delivery.message_id}
        assert self.verified()["type"] == "webhook.test"

    def test_pauses_grow_for_three_days(self) -> None:
        pauses = [services.pause_after(attempts) or 0 for attempts in range(1, 10)]
        assert all(pauses)
        assert pauses[0] < 6
        assert 70 * 3600 < sum(pauses) < 90 * 3600
        assert services.pause_after(10) is None

    def test_given_up_in_the_end(self) -> None:
        self.receiver.status = 500
        services.test(self.hook)
        WebhookDelivery.objects.update(attempts=9)
        assert self.deliver().state == State.GIVEN_UP

    def test_gone_ends_the_webhook(self) -> None:
        self.receiver.status = 410
        services.test(self.hook)
        self.deliver()
        self.hook.refresh_from_db()
        assert (self.hook.is_enabled, self.hook.stopped) == (False, Webhook.Stopped.GONE)
        finished(self.alice)
        assert WebhookDelivery.objects.count() == 1

    @pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 500])
    def test_only_a_yes_is_a_yes(self, status: int) -> None:
        self.receiver.status = status
        services.test(self.hook)
        delivery = self.deliver()
        assert (delivery.state, delivery.status) == (State.WAITING, status)

    def test_the_receivers_own_wish_counts(self) -> None:
        self.receiver.status, self.receiver.headers = 429, {"Retry-After": "7200"}
        services.test(self.hook)
        delivery = self.deliver()
        assert delivery.try_at > timezone.now() + timedelta(hours=1, minutes=50)

    def test_a_server_that_is_away(self) -> None:
        Webhook.objects.update(address=f"http://127.0.0.1:{free_port()}/")
        services.test(self.hook)
        delivery = self.deliver()
        assert (delivery.state, delivery.error, delivery.status) == (State.WAITING, "failed", None)

    def test_a_private_address_is_never_called(self) -> None:
        with override_settings(FETCH_NETWORKS=[]):
            services.test(self.hook)
            assert self.deliver().error == "refused"
        assert not self.receiver.got

    def test_two_senders_send_once(self) -> None:
        delivery = services.test(self.hook)
        again = WebhookDelivery.objects.get(pk=delivery.pk)
        assert services.deliver(delivery)
        assert not services.deliver(again)
        assert len(self.receiver.got) == 1

    def test_what_a_killed_sender_held_is_sent_again(self) -> None:
        delivery = services.test(self.hook)
        assert delivery.claim()
        assert not WebhookDelivery.objects.due().exists()
        WebhookDelivery.objects.update(try_at=timezone.now() - timedelta(minutes=3))
        assert WebhookDelivery.objects.due().exists()

    def test_one_of_each_webhook_at_a_time(self) -> None:
        other = self.named("bob", "http://127.0.0.1:2/")
        for _ in range(3):
            services.test(self.hook)
            services.test(other)
        chosen = services._one_of_each()
        assert {delivery.webhook_id for delivery in chosen} == {self.hook.pk, other.pk}
        assert len(chosen) == 2

    def test_a_dead_address_keeps_nobody_elses_waiting(self) -> None:
        rows = [WebhookDelivery(webhook=self.hook, event="x", body="{}") for _ in range(600)]
        WebhookDelivery.objects.bulk_create(rows)
        newer = services.test(self.named("bob", "http://127.0.0.1:2/"))
        assert newer in services._one_of_each()

    def test_what_failed_before_comes_after_what_did_not(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(services, "_IN_A_ROUND", 1)
        for _ in range(2):
            services.test(self.hook)
        services.test(self.hook).claim()
        newer = services.test(self.named("bob", "http://127.0.0.1:2/"))
        assert services._one_of_each() == [newer]

    def test_the_oldest_of_a_webhook_is_its_next(self) -> None:
        first, second = services.test(self.hook), services.test(self.hook)
        assert services._one_of_each() == [first]
        assert first.claim()
        assert services._one_of_each() == [second]

    def test_whoever_is_locked_out_is_told_nothing(self) -> None:
        delivery = services.test(self.hook)
        User.objects.filter(username="alice").update(is_active=False)
        assert not WebhookDelivery.objects.due().exists()
        User.objects.filter(username="alice").update(is_active=True)
        assert WebhookDelivery.objects.get() == delivery
        assert WebhookDelivery.objects.due().exists()


class TestSignature(Hooked):
    def test_another_body_or_time_is_refused(self) -> None:
        services.test(self.hook)
        self.deliver()
        headers, body = self.receiver.got[0]
        with pytest.raises(WebhookVerificationError):
            Verifier(self.hook.secret).verify(body + b" ", headers)
        old = {**headers, "webhook-timestamp": str(int(time.time()) - 3600)}
        with pytest.raises(WebhookVerificationError):
            Verifier(self.hook.secret).verify(body, old)

    def test_both_secrets_sign_while_one_takes_the_others_place(self) -> None:
        before = self.hook.secret
        self.hook.rotate()
        assert self.hook.secret != before
        services.test(self.hook)
        self.deliver()
        assert self.verified(secret=before)
        assert self.verified(secret=self.hook.secret)

    def test_after_a_day_the_old_one_signs_nothing(self) -> None:
        before = self.hook.secret
        self.hook.rotate()
        Webhook.objects.update(rotated_at=timezone.now() - timedelta(hours=25))
        services.test(self.hook)
        self.deliver()
        with pytest.raises(WebhookVerificationError):
            self.verified(secret=before)

    def test_the_database_holds_no_secret(self) -> None:
        row = Webhook.objects.values().get()
        assert self.hook.secret[6:] not in json.dumps(row, default=str)


class TestPages(Hooked):
    def url(self, rest: str = "") -> str:
        return f"/accounts/webhooks/{self.hook.pk}/{rest}"

    def test_added_tried_and_read_in_the_log(self) -> None:
        fields = {"address": "https://shop.example/hook", "events": ["cutout.done"]}
        response = self.alice.post("/accounts/webhooks/", fields)
        assert response.status_code == 302
        assert self.alice.post(response["Location"] + "test/").status_code == 302
        assert "webhook.test" in self.alice.get(response["Location"]).content.decode()

    @pytest.mark.parametrize(
        "address",
        ["nonsense", "ftp://x.org/", "http://user:pw@x.org/", "http://localhost/x", "http://x.org:25/", ""],
    )
    def test_a_wrong_address(self, address: str) -> None:
        with override_settings(FETCH_NETWORKS=[]):
            fields = {"address": address, "events": ["cutout.done"]}
            assert self.alice.post("/accounts/webhooks/", fields).status_code == 422

    def test_the_secret_is_shown_to_the_person_now(self) -> None:
        assert self.alice.post(self.url("secret/")).status_code == 302
        page = reauthenticated(self.alice).post(self.url("secret/")).content.decode()
        assert self.hook.secret in page
        assert self.hook.secret not in self.alice.get(self.url()).content.decode()

    def test_switched_off_messages_wait(self) -> None:
        services.test(self.hook)
        self.alice.post(self.url("switch/"))
        assert not WebhookDelivery.objects.due().exists()
        self.alice.post(self.url("switch/"))
        assert WebhookDelivery.objects.due().exists()

    def test_sent_once_more_with_the_same_id(self) -> None:
        delivery = services.test(self.hook)
        self.deliver()
        self.alice.post(self.url(f"messages/{delivery.pk}/replay/"))
        self.deliver()
        assert len({headers["webhook-id"] for headers, _ in self.receiver.got}) == 1
        assert len(self.receiver.got) == 2

    @pytest.mark.parametrize("rest", ["secret/", "rotate/", "switch/", "test/", "delete/"])
    def test_somebody_elses_is_not_there(self, rest: str) -> None:
        reauthenticated(self.bob)
        assert self.bob.get(self.url()).status_code == 404
        assert self.bob.post(self.url(rest)).status_code == 404
        assert Webhook.objects.filter(is_enabled=True).exists()

    def test_deleted_with_its_log(self) -> None:
        services.test(self.hook)
        self.alice.post(self.url("delete/"))
        assert not WebhookDelivery.objects.exists()

    def test_p16_whoever_is_leaving_is_not_told(self) -> None:
        services.test(self.hook)
        leaving.close(User.objects.get(username="alice"))
        assert not Webhook.objects.open().exists()
        assert not WebhookDelivery.objects.due().exists()

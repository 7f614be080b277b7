"""News through a real mail server: to everybody who wants it when their turn comes, once (promise P7)."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.campaigns import messages, sending, services
from accounts.campaigns.models import MOST_ATTEMPTS, SILENCE, Campaign, Delivery
from accounts.mailing.models import EmailPreference
from accounts.mailing.services import How, opt_out
from tests.accounts.campaigns.steps import ENOUGH_SECONDS, campaign, sent, states, subscribers
from tests.accounts.mailing.steps import asked
from tests.base import member, signed_in, uploaded
from tests.mailserver import Inbox, mail_goes_to, mail_server
from tests.stack import free_port

pytestmark = pytest.mark.django_db


class TestWhoGetsIt:
    def test_p07_only_those_who_confirmed(self, inbox: Inbox) -> None:
        subscribers("alice")
        asked(member("bob"))
        member("carol")
        inbox.recipients.clear()
        assert sent(campaign()).state == Campaign.State.SENT
        assert inbox.recipients == ["alice@example.org"]

    def test_p07_who_opts_out_while_it_is_sent_gets_nothing(
        self, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for preference in subscribers("alice", "bob", "carol"):
            last = preference
        inbox.recipients.clear()
        rendered = messages.to_person

        def leave_first(delivery: Delivery) -> Any:
            # After the claim and before the mail server: the latest moment there is.
            opt_out(last.pk, how=How.ONE_CLICK)
            return rendered(delivery)

        monkeypatch.setattr(messages, "to_person", leave_first)
        made = sent(campaign())
        assert "carol@example.org" not in inbox.recipients
        assert (made.state, states(made)["carol"]) == ("sent", "skipped")

    def test_somebody_who_joins_meanwhile_is_included(self, inbox: Inbox) -> None:
        subscribers("alice")
        made = campaign()
        subscribers("bob")
        assert set(states(sent(made))) == {"alice", "bob"}

    def test_a_language_narrows_it(self, inbox: Inbox) -> None:
        subscribers("alice", "bob")
        EmailPreference.objects.filter(user__username="bob").update(language="de")
        assert set(states(sent(campaign(language="de")))) == {"bob"}

    def test_photos_narrow_it(self, inbox: Inbox) -> None:
        alice, _bob = subscribers("alice", "bob")
        uploaded(signed_in(alice.user))
        assert set(states(sent(campaign(audience_name="photos")))) == {"alice"}
        assert set(states(sent(campaign(audience_name="no-photos")))) == {"bob"}
        assert states(sent(campaign(audience_name="known-no-more"))) == {}

    def test_nobody_twice_however_often_it_ticks(self, inbox: Inbox) -> None:
        subscribers("alice", "bob")
        inbox.recipients.clear()
        made = campaign()
        for _ in range(4):
            sent(made)
        assert sorted(inbox.recipients) == ["alice@example.org", "bob@example.org"]

    def test_a_changed_address_gets_nothing_until_it_agrees(self, inbox: Inbox) -> None:
        (preference,) = subscribers("alice")
        preference.user.email = "new@example.org"
        preference.user.save()
        inbox.recipients.clear()
        sent(campaign())
        assert inbox.recipients == []


class TestTheMessage:
    @pytest.fixture
    def message(self, inbox: Inbox) -> Any:
        subscribers("alice")
        sent(campaign())
        return inbox.messages[-1]

    def test_p07_it_carries_both_headers_of_one_click(self, message: Any) -> None:
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert message["List-Unsubscribe"].strip().startswith(f"<{settings.SITE_URL}/opt-out/")

    def test_p07_they_travel_as_plain_text(self, message: Any, inbox: Inbox) -> None:
        head = inbox.contents[-1].partition(b"\r\n\r\n")[0]
        assert f"<{settings.SITE_URL}/opt-out/".encode() in head
        assert b"=?" not in head

    def test_p07_a_mail_program_can_use_them(self, message: Any) -> None:
        path = urlsplit(message["List-Unsubscribe"].strip(" <>")).path
        answer = Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert not EmailPreference.objects.subscribed().exists()

    def test_p07_the_way_out_stands_in_text_and_html(self, message: Any) -> None:
        url = message["List-Unsubscribe"].strip(" <>")
        parts = {part.get_content_type(): part.get_content() for part in message.iter_parts()}
        assert url in parts["text/plain"]
        assert f'href="{url}"' in parts["text/html"]
        assert "<strong>news</strong>" in parts["text/html"]

    def test_it_loads_nothing_that_tells_who_reads(self, message: Any) -> None:
        html = message.get_body(("html",)).get_content()
        assert not {"<img", "<link", "<script", "url("} & set(html.lower().split())
        assert "<img" not in html

    def test_it_names_list_and_delivery(self, message: Any) -> None:
        assert message["List-Id"] == "<news.localhost>"
        assert Delivery.objects.get().pk.hex in message["Message-ID"]


class TestAMailServerThatSaysNo:
    def test_for_good(self, inbox: Inbox) -> None:
        subscribers("alice", "bob")
        inbox.refuse["alice@example.org"] = "550 no such person alice@example.org"
        made = sent(campaign())
        delivery = made.deliveries.get(user__username="alice")
        assert (delivery.state, delivery.problem) == ("bounced", "550")
        assert (states(made)["bob"], made.state) == ("sent", "sent")

    def test_for_now(self, inbox: Inbox) -> None:
        subscribers("alice")
        inbox.refuse["alice@example.org"] = "451 later"
        made = sent(campaign())
        assert (made.state, states(made)) == ("sending", {"alice": "claimed"})
        inbox.refuse.clear()
        _time_passes()
        assert states(sent(made)) == {"alice": "sent"}

    def test_not_for_ever(self, inbox: Inbox) -> None:
        subscribers("alice")
        inbox.refuse["alice@example.org"] = "451 later"
        made = campaign()
        for _ in range(MOST_ATTEMPTS + 1):
            sent(made)
            _time_passes()
        assert (sent(made).state, states(made)) == ("sent", {"alice": "failed"})

    def test_when_it_is_away_everything_waits(self) -> None:
        subscribers("alice")
        port = free_port()
        with mail_goes_to(port):
            made = sent(campaign())
            assert made.state == Campaign.State.SENDING
            with mail_server(port) as (inbox, _):
                _time_passes()
                assert sent(made).state == Campaign.State.SENT
        assert inbox.recipients == ["alice@example.org"]


class TestAKilledSender:
    def _left(self, state: str) -> Campaign:
        """A campaign whose sender died and left alice's delivery in this state."""
        (preference,) = subscribers("alice")
        made = campaign()
        sending_since = timezone.now() - SILENCE * 2
        made.move((Campaign.State.SCHEDULED,), Campaign.State.SENDING)
        Delivery.objects.create(
            campaign=made, user=preference.user, state=state, claim=uuid4(), changed_at=sending_since
        )
        return made

    def test_what_it_had_not_begun_is_taken_up(self, inbox: Inbox) -> None:
        assert states(sent(self._left("claimed"))) == {"alice": "sent"}

    def test_what_it_was_handing_over_is_not_sent_again(self, inbox: Inbox) -> None:
        made = self._left("handing")
        inbox.recipients.clear()
        assert states(sent(made)) == {"alice": "unknown"}
        assert inbox.recipients == []

    def test_staff_may_decide_to_send_it_again(self, inbox: Inbox) -> None:
        made = sent(self._left("handing"))
        assert services.send_unknown_again(made) == 1
        assert states(sent(made)) == {"alice": "sent"}

    def test_a_live_sender_keeps_what_it_has(self, inbox: Inbox) -> None:
        made = self._left("claimed")
        Delivery.objects.update(changed_at=timezone.now())
        inbox.recipients.clear()
        sent(made)
        assert inbox.recipients == []


class TestMoves:
    def test_it_begins_at_its_hour_and_not_before(self, inbox: Inbox) -> None:
        subscribers("alice")
        made = Campaign.objects.create(subject="Later", body="…")
        services.schedule(made, timezone.now() + timedelta(hours=1))
        assert sent(made).state == Campaign.State.SCHEDULED
        Campaign.objects.update(scheduled_at=timezone.now())
        assert sent(made).state == Campaign.State.SENT

    @pytest.mark.parametrize("stop", [services.pause, services.cancel])
    def test_stopped_means_that_the_next_person_gets_nothing(
        self, inbox: Inbox, monkeypatch: pytest.MonkeyPatch, stop: Any
    ) -> None:
        subscribers("alice", "bob")
        inbox.recipients.clear()
        made = campaign()
        record = sending._record

        def stop_after_one(*args: Any) -> None:
            record(*args)
            stop(made)

        monkeypatch.setattr(sending, "_record", stop_after_one)
        sending.tick(ENOUGH_SECONDS)
        assert len(inbox.recipients) == 1

    def test_resumed_it_reaches_the_rest(self, inbox: Inbox) -> None:
        subscribers("alice")
        made = campaign()
        made.move((Campaign.State.SCHEDULED,), Campaign.State.SENDING)
        assert services.pause(made)
        assert states(sent(made)) == {}
        assert services.resume(made)
        assert states(sent(made)) == {"alice": "sent"}

    def test_each_move_works_once(self) -> None:
        made = campaign()
        assert not services.schedule(made)
        assert services.cancel(made)
        assert not services.cancel(made)
        assert not services.resume(made)


def _time_passes() -> None:
    Delivery.objects.update(changed_at=timezone.now() - SILENCE * 2)

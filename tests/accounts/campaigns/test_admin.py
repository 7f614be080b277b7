"""Campaigns in the admin: written, looked at, tried, sent once, stopped."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.campaigns.models import Campaign, Delivery
from tests.accounts.campaigns.steps import campaign, many_subscribers, sent, subscribers
from tests.base import member, signed_in, staff

pytestmark = pytest.mark.django_db

LIST = "/admin/accounts/campaign/"
WORDS = {"subject": "News", "body": "There is **news**.", "language": ""}


@pytest.fixture
def sara() -> Client:
    """A member of staff."""
    return staff()


@pytest.fixture
def draft() -> Campaign:
    return Campaign.objects.create(**WORDS)


def state_of(made: Campaign) -> str:
    made.refresh_from_db()
    return made.state


class TestWriting:
    def test_a_new_one_is_a_draft_and_shown_at_once(self, sara: Client) -> None:
        answer = sara.post(f"{LIST}add/", WORDS, follow=True)
        assert Campaign.objects.get().state == Campaign.State.DRAFT
        assert "On a phone" in answer.content.decode()

    @pytest.mark.parametrize("subject", ["News\nBcc: all@example.org", "News\rX: y", "News\x00"])
    def test_a_subject_of_two_lines_is_refused(self, sara: Client, subject: str) -> None:
        sara.post(f"{LIST}add/", {**WORDS, "subject": subject})
        assert not Campaign.objects.exists()

    def test_what_is_being_sent_cannot_be_edited(self, sara: Client, draft: Campaign) -> None:
        draft.move((Campaign.State.DRAFT,), Campaign.State.SENDING)
        sara.post(f"{LIST}{draft.pk}/change/", {**WORDS, "subject": "Other"})
        draft.refresh_from_db()
        assert draft.subject == "News"

    def test_nor_what_was_sent_while_it_was_edited(
        self, sara: Client, draft: Campaign, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # The page was let through when it was a draft, and another one was faster.
        monkeypatch.setattr(Campaign, "can_be_edited", True)
        draft.move((Campaign.State.DRAFT,), Campaign.State.SENDING)
        answer = sara.post(f"{LIST}{draft.pk}/change/", {**WORDS, "subject": "Other"}, follow=True)
        draft.refresh_from_db()
        assert draft.subject == "News"
        assert "Nothing has been changed" in answer.content.decode()

    @pytest.mark.parametrize("body", ["](((", "<script>alert(1)</script>", "# \n\n| a |\n", "![x](http://x)"])
    def test_broken_markdown_is_only_words(self, sara: Client, draft: Campaign, body: str) -> None:
        Campaign.objects.update(body=body)
        page = sara.get(f"{LIST}{draft.pk}/message/").content.decode()
        assert "<script" not in page
        assert "<img" not in page


class TestLooking:
    def test_the_message_may_be_framed_by_us_alone(self, sara: Client, draft: Campaign) -> None:
        answer = sara.get(f"{LIST}{draft.pk}/message/")
        assert answer["X-Frame-Options"] == "SAMEORIGIN"
        assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert "<strong>news</strong>" in answer.content.decode()

    def test_a_trial_goes_to_whoever_asks_for_it(self, sara: Client, draft: Campaign) -> None:
        sara.post(f"{LIST}{draft.pk}/trial/", {"to": "victim@example.org"})
        assert [message.to for message in mail.outbox] == [["sara@example.org"]]
        assert not Delivery.objects.exists()

    def test_looking_at_the_trial_address_sends_nothing(self, sara: Client, draft: Campaign) -> None:
        assert sara.get(f"{LIST}{draft.pk}/trial/").status_code == 405
        assert not mail.outbox


class TestSending:
    def test_the_page_says_to_how_many(self, sara: Client, draft: Campaign) -> None:
        many_subscribers(3)
        assert "3 people want news now" in sara.get(f"{LIST}{draft.pk}/send/").content.decode()
        assert state_of(draft) == Campaign.State.DRAFT

    def test_two_clicks_send_it_once(self, sara: Client, draft: Campaign) -> None:
        subscribers("alice")
        mail.outbox.clear()
        for _ in range(2):
            sara.post(f"{LIST}{draft.pk}/send/")
        assert sent(draft).state == Campaign.State.SENT
        assert [message.to for message in mail.outbox] == [["alice@example.org"]]

    def test_a_moment_that_is_over_is_refused(self, sara: Client, draft: Campaign) -> None:
        yesterday = (timezone.now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
        answer = sara.post(f"{LIST}{draft.pk}/send/", {"at": yesterday})
        assert answer.status_code == 422
        assert "This moment is over" in answer.content.decode()
        assert state_of(draft) == Campaign.State.DRAFT

    @pytest.mark.parametrize(
        ("state", "name", "after"),
        [
            ("sending", "pause", "paused"),
            ("paused", "resume", "sending"),
            ("scheduled", "draft", "draft"),
            ("sending", "cancel", "cancelled"),
            ("sent", "cancel", "sent"),
            ("draft", "resume", "draft"),
            ("sending", "nonsense", "sending"),
        ],
    )
    def test_moves(self, sara: Client, draft: Campaign, state: str, name: str, after: str) -> None:
        Campaign.objects.update(state=state)
        assert sara.post(f"{LIST}{draft.pk}/move/{name}/").status_code == 302
        assert state_of(draft) == after

    def test_the_outcome_is_shown_in_numbers(self, sara: Client) -> None:
        subscribers("alice", "bob")
        made = sent(campaign())
        page = sara.get(f"{LIST}{made.pk}/change/").content.decode()
        assert "<dt>Sent</dt><dd>2</dd>" in page
        assert "@example.org" not in page

    def test_the_list_asks_no_more_for_more_rows(
        self, sara: Client, django_assert_max_num_queries: object
    ) -> None:
        Campaign.objects.bulk_create(Campaign(**WORDS) for _ in range(30))
        with django_assert_max_num_queries(12):  # type: ignore[operator]
            assert sara.get(LIST).status_code == 200


class TestWho:
    @pytest.mark.parametrize("page", ["", "send/", "preview/", "message/"])
    def test_members_see_nothing(self, draft: Campaign, page: str) -> None:
        address = f"{LIST}{draft.pk}/{page}" if page else LIST
        assert signed_in(member("alice")).get(address).status_code in (302, 403)

    def test_staff_who_may_only_look_cannot_send(self, sara: Client, draft: Campaign) -> None:
        from django.contrib.auth.models import Permission

        from accounts.models import User

        looker = User.objects.get(username="sara")
        looker.is_superuser = False
        looker.save()
        looker.user_permissions.add(Permission.objects.get(codename="view_campaign"))
        assert sara.get(f"{LIST}{draft.pk}/preview/").status_code == 200
        assert sara.post(f"{LIST}{draft.pk}/send/").status_code == 403
        assert state_of(draft) == Campaign.State.DRAFT

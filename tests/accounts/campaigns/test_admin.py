"""Campaigns in the admin: written, looked at, tried, sent once, stopped."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client, override_settings
from django.utils import timezone

from accounts.campaigns import outcome, returns
from accounts.campaigns.models import Campaign, Delivery
from accounts.mailing import tokens
from accounts.mailing.models import EmailPreference
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

    def test_the_preview_is_the_whole_mail(self, sara: Client, draft: Campaign) -> None:
        Campaign.objects.update(body="Hello {{ name | there }}, see [the guides](/guides/).")
        with override_settings(OPERATOR_NAME="Cut Out Ltd", OPERATOR_ADDRESS="1 Main Street"):
            page = sara.get(f"{LIST}{draft.pk}/preview/").content.decode()
            message = sara.get(f"{LIST}{draft.pk}/message/?language=de").content.decode()
        assert "Hello there, see the guides (http://localhost:8000/guides/)." in page
        assert "<bdi>http://localhost:8000/guides/</bdi> – <strong>works</strong>" in page
        for words in ("List-Unsubscribe-Post", "Background Be Gone &lt;no-reply@localhost&gt;", "/opt-out/"):
            assert words in page
        assert "Cut Out Ltd, 1 Main Street" in page
        assert "Cut Out Ltd, 1 Main Street" in message
        assert 'href="http://localhost:8000/guides/"' in message
        assert '<html lang="de"' in message

    def test_it_says_when_nobody_is_named_in_the_footer(self, sara: Client, draft: Campaign) -> None:
        assert "OPERATOR_NAME" in sara.get(f"{LIST}{draft.pk}/preview/").content.decode()

    def test_p07_a_trial_is_the_real_mail(self, sara: Client, draft: Campaign) -> None:
        sara.post(f"{LIST}{draft.pk}/trial/")
        (trial,) = mail.outbox
        link = trial.extra_headers["List-Unsubscribe"].strip("<>")
        assert trial.subject == "News"
        assert trial.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert link in str(trial.body)
        assert Client().post(urlsplit(link).path, {"List-Unsubscribe": "One-Click"}).status_code == 200

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

    def test_what_leads_nowhere_is_not_sent(self, sara: Client, draft: Campaign) -> None:
        Campaign.objects.update(body="[a guide](/guides/gone/)")
        answer = sara.post(f"{LIST}{draft.pk}/send/")
        assert answer.status_code == 422
        assert "http://localhost:8000/guides/gone/: leads nowhere" in answer.content.decode()
        assert state_of(draft) == Campaign.State.DRAFT

    def test_the_page_says_for_whom(self, sara: Client, draft: Campaign) -> None:
        Campaign.objects.update(language="de", audience_name="photos")
        page = sara.get(f"{LIST}{draft.pk}/send/").content.decode()
        assert "For whom: German, those who have sent photos that are still here." in page
        assert "0 people want news now" in page

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


class TestOutcome:
    @pytest.fixture
    def made(self) -> Campaign:
        """Sent to Alice, Bob and Carol; Alice's came back, and Bob left through it."""
        subscribers("alice", "bob", "carol")
        made = sent(campaign())
        alice, bob = (made.deliveries.get(user__username=name) for name in ("alice", "bob"))
        returns.came_back(alice, "4.2.2")
        returns.came_back(alice, "4.2.2")  # reports come more than once
        Client().post(urlsplit(tokens.opt_out_url(bob.user.email_preference, made.pk)).path)
        return made

    def test_returns_and_opt_outs_are_counted_and_drawn(self, sara: Client, made: Campaign) -> None:
        page = sara.get(f"{LIST}{made.pk}/change/").content.decode()
        assert "Came back: 1. Opt-outs: 1.</desc>" in page
        assert page.count('<rect class="fill look-') == 2

    def test_the_list_has_them_too(self, sara: Client, made: Campaign) -> None:
        page = sara.get(LIST).content.decode()
        assert re.search(r'field-returned">1<svg class="meter"', page)
        assert re.search(r'field-left">1<svg class="meter"', page)

    def test_p07_an_opt_out_that_is_taken_back_counts_no_more(self, sara: Client, made: Campaign) -> None:
        bob = EmailPreference.objects.get(user__username="bob")
        Client().post(urlsplit(tokens.opt_out_url(bob, made.pk)).path, {"undo": "1"})
        assert "Opt-outs: 0.</desc>" in sara.get(f"{LIST}{made.pk}/change/").content.decode()

    def test_fewer_than_nobody_never_left(self, made: Campaign) -> None:
        """Carol left by a link of before, and took it back by that of this campaign."""
        carol, other = EmailPreference.objects.get(user__username="carol"), campaign()
        Client().post(urlsplit(tokens.opt_out_url(carol)).path)
        Client().post(urlsplit(tokens.opt_out_url(carol, other.pk)).path, {"undo": "1"})
        assert outcome.totals([made, other]) == {made.pk: (1, 1), other.pk: (0, 0)}

    def test_p07_links_of_before_still_let_people_out(self, made: Campaign) -> None:
        carol = EmailPreference.objects.get(user__username="carol")
        Client().post(urlsplit(tokens.opt_out_url(carol)).path)
        assert not EmailPreference.objects.subscribed().filter(pk=carol.pk).exists()


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

"""Opting in, in two steps (promise P7)."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.mailing import services, tokens
from accounts.mailing.models import EmailConsentEvent, EmailPreference
from accounts.models import User
from accounts.people import glance
from policy.models import DailyFigure
from tests.accounts.mailing.steps import asked, confirmed, history, path_in
from tests.accounts.steps import confirm_again, link_in, sent, sign_up
from tests.base import Cast, member, signed_in


class TestTheAccountPage(Cast):
    def test_p07_nobody_gets_news_who_did_not_ask(self) -> None:
        assert not EmailPreference.objects.subscribed().exists()
        assert "You get no news from us" in self.alice.get("/accounts/news/").content.decode()

    def test_p07_asking_alone_subscribes_nobody(self) -> None:
        alice = User.objects.get(username="alice")
        asked(alice)
        assert not EmailPreference.objects.subscribed().exists()
        assert [message.to for message in mail.outbox] == [["alice@example.org"]]

    def test_it_shows_the_wish_and_its_history(self) -> None:
        confirmed(User.objects.get(username="alice"))
        page = self.alice.get("/accounts/news/").content.decode()
        assert "You get our news" in page
        assert "Confirmed by e-mail" in page

    def test_stopping_needs_one_click(self) -> None:
        alice = confirmed(User.objects.get(username="alice"))
        self.alice.post("/accounts/news/change/", {"stop": "1"})
        assert not EmailPreference.objects.subscribed().exists()
        assert history(alice.user) == ["asked", "confirmed", "opted-out"]

    def test_asking_is_limited(self) -> None:
        answers = [self.alice.post("/accounts/news/change/").status_code for _ in range(6)]
        assert answers == [302] * 5 + [429]

    def test_guests_are_sent_to_the_login(self) -> None:
        for answer in (self.guest.get("/accounts/news/"), self.guest.post("/accounts/news/change/")):
            assert answer.status_code == 302
            assert "login" in answer["Location"]


@pytest.mark.django_db
class TestTheQuestion:
    def test_p07_opening_the_link_confirms_nothing(self) -> None:
        preference = asked(member("alice"))
        assert Client().get(path_in(mail.outbox[0])).status_code == 200
        preference.refresh_from_db()
        assert preference.state == EmailPreference.State.ASKED

    def test_p07_the_click_on_its_page_does(self) -> None:
        preference = asked(member("alice"))
        answer = Client().post(path_in(mail.outbox[0]))
        assert "You will hear from us" in answer.content.decode()
        assert list(EmailPreference.objects.subscribed()) == [preference]
        assert DailyFigure.objects.get(key="email.opt-in").value == 1

    def test_confirming_twice_is_one_event(self) -> None:
        preference = asked(member("alice"))
        for _ in range(2):
            assert Client().post(path_in(mail.outbox[0])).status_code == 200
        assert history(preference.user) == ["asked", "confirmed"]

    def test_it_goes_as_text_and_html_with_the_same_link(self) -> None:
        with time_machine.travel(timezone.now(), tick=False):  # a link says when it was made
            preference = asked(member("alice"))
            link = tokens.confirm_url(preference)
        (message,) = mail.outbox
        html, kind = message.alternatives[0]
        assert kind == "text/html"
        assert link in message.body
        assert path_in(message) in str(html)

    def test_an_old_link_is_refused(self) -> None:
        asked(member("alice"))
        with time_machine.travel(timedelta(days=tokens.CONFIRM_DAYS, hours=1)):
            assert Client().post(path_in(mail.outbox[0])).status_code == 404

    def test_p07_a_new_address_is_asked_again(self) -> None:
        preference = confirmed(member("alice"))
        User.objects.filter(pk=preference.user_id).update(email="Alice@example.net")
        assert not EmailPreference.objects.subscribed().exists()

    def test_p07_page_and_staff_say_what_is_so_for_an_address_that_was_never_asked(self) -> None:
        alice = member("alice")
        confirmed(alice)
        User.objects.update(email="alice@example.net")
        page = signed_in(alice).get("/accounts/news/").content.decode()
        assert "You get no news from us" in page
        assert "has changed since" in page
        assert glance.look_at([alice])[alice.pk].words == ["no news"]

    @pytest.mark.parametrize("step", [asked, confirmed])
    def test_p07_who_changes_the_address_is_asked_at_the_new_one(
        self, step: Callable[[User], EmailPreference]
    ) -> None:
        alice = member("alice")
        step(alice)
        client = signed_in(alice)
        confirm_again(client)
        client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})
        client.post(link_in(sent()[-1]))
        question = next(
            letter for letter in sent() if "/news/" in path_in(letter) and letter.to == ["new@example.org"]
        )
        assert not EmailPreference.objects.subscribed().exists()
        assert "An e-mail went to new@example.org" in client.get("/accounts/news/").content.decode()
        assert glance.look_at([alice])[alice.pk].words == ["asked for news"]
        assert client.post(path_in(question)).status_code == 200
        assert EmailPreference.objects.subscribed().get().address == "new@example.org"
        assert history(alice)[-2:] == ["moved", "confirmed"]

    def test_p07_who_has_opted_out_is_not_asked_at_a_new_address(self) -> None:
        preference = confirmed(member("alice"))
        services.opt_out(preference.pk, how=EmailConsentEvent.How.ACCOUNT)
        User.objects.update(email="alice@example.net")
        services.follow_address(User.objects.get())
        assert history(preference.user) == ["asked", "confirmed", "opted-out"]

    def test_a_link_to_the_old_address_does_not_confirm_the_new_one(self) -> None:
        preference = asked(member("alice"))
        User.objects.filter(pk=preference.user_id).update(email="alice@example.net")
        services.ask(User.objects.get(pk=preference.user_id), how=EmailConsentEvent.How.ACCOUNT)
        assert Client().post(path_in(mail.outbox[0])).status_code == 404

    def test_after_an_opt_out_it_is_void(self) -> None:
        preference = asked(member("alice"))
        services.opt_out(preference.pk, how=EmailConsentEvent.How.ACCOUNT)
        assert Client().post(path_in(mail.outbox[0])).status_code == 404

    def test_who_is_subscribed_is_not_asked_again(self) -> None:
        preference = confirmed(member("alice"))
        asked(preference.user)
        assert len(mail.outbox) == 1
        assert history(preference.user) == ["asked", "confirmed"]

    @pytest.mark.parametrize("damage", [lambda t: t[:-1], lambda t: "x" + t, lambda t: "", str.upper])
    def test_a_damaged_link_gets_a_sentence(self, damage: object) -> None:
        token = urlsplit(tokens.confirm_url(asked(member("alice")))).path.split("/")[-2]
        answer = Client().get(f"/accounts/news/confirm/{damage(token) or 'x'}/")  # type: ignore[operator]
        assert answer.status_code == 404
        assert "This link does not work" in answer.content.decode()


@pytest.mark.django_db
class TestAtSignUp:
    def test_p07_the_box_is_empty(self) -> None:
        form = Client().get("/accounts/signup/").context["form"]
        assert not form["news"].value()
        assert not form.fields["news"].required

    def test_p07_left_empty_nothing_is_noted(self) -> None:
        client = Client()
        sign_up(client)
        client.post(link_in(sent()[0]))
        assert not EmailPreference.objects.exists()

    def test_p07_a_tick_counts_when_the_address_is_confirmed(self) -> None:
        client = Client()
        sign_up(client, news="on")
        (letter,) = sent()
        assert "asked for our news" in str(letter.body)
        assert not EmailPreference.objects.subscribed().exists()
        client.post(link_in(letter))
        preference = EmailPreference.objects.subscribed().get()
        assert history(preference.user) == ["asked", "confirmed"]

    def test_p07_a_tick_for_an_address_that_has_an_account_changes_nothing(self) -> None:
        member("dora")
        sign_up(Client(), username="other", news="on")
        assert not EmailPreference.objects.exists()


@pytest.mark.django_db
class TestEvents:
    def test_they_are_never_changed(self) -> None:
        event = asked(member("alice")).user.email_consent_events.get()
        for change in (event.save, event.delete, EmailConsentEvent.objects.all().delete):
            with pytest.raises(TypeError):
                change()
        with pytest.raises(TypeError):
            EmailConsentEvent.objects.update(kind="confirmed")

    def test_they_go_with_the_account(self) -> None:
        asked(member("alice")).user.delete()
        assert not EmailConsentEvent.objects.exists()

    def test_a_closed_account_gets_nothing(self) -> None:
        preference = confirmed(member("alice"))
        User.objects.filter(pk=preference.user_id).update(is_active=False)
        assert not EmailPreference.objects.subscribed().exists()

    def test_signed_in_or_not_makes_no_difference_to_the_question(self) -> None:
        preference = asked(member("alice"))
        signed_in(member("bob")).post(path_in(mail.outbox[0]))
        assert list(EmailPreference.objects.subscribed()) == [preference]

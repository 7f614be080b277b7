"""Opting out: one click, no login, no cookie (promise P7)."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client

from accounts.mailing import services, tokens
from accounts.mailing.models import EmailConsentEvent, EmailPreference
from policy.models import DailyFigure
from tests.accounts.mailing.steps import asked, confirmed, history
from tests.base import member, signed_in

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def preference(db: None) -> EmailPreference:
    """Alice gets news."""
    return confirmed(member("alice"))


@pytest.fixture
def path(preference: EmailPreference) -> str:
    return urlsplit(tokens.opt_out_url(preference)).path


@pytest.fixture
def mail_program() -> Client:
    """No cookies, and nothing that a form of ours would send along."""
    return Client(enforce_csrf_checks=True)


def is_subscribed() -> bool:
    return EmailPreference.objects.subscribed().exists()


class TestTheLink:
    @pytest.mark.parametrize("method", ["get", "head"])
    def test_p07_looking_changes_nothing(self, path: str, method: str) -> None:
        answer = getattr(Client(), method)(path)
        assert answer.status_code == 200
        assert is_subscribed()

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_p07_its_page_is_for_nobody_else(self, path: str, method: str) -> None:
        answer = getattr(signed_in(member("bob")), method)(path)
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]
        assert "no-store" in answer["Cache-Control"]
        page = answer.content.decode()
        assert "cookie-choice" not in page
        # Browsers would send such a form without an origin, and it would be refused.
        assert "csrfmiddlewaretoken" not in page

    def test_p07_looking_sets_no_cookie(self, path: str) -> None:
        assert not Client().get(path).cookies

    def test_p07_a_mail_programs_post_opts_out_without_a_redirect(
        self, path: str, mail_program: Client, preference: EmailPreference
    ) -> None:
        answer = mail_program.post(path, ONE_CLICK)
        assert answer.status_code == 200
        assert not is_subscribed()
        assert preference.user.email_consent_events.last().how == "one-click"

    def test_p07_so_does_one_that_is_urlencoded(self, path: str, mail_program: Client) -> None:
        kind = "application/x-www-form-urlencoded"
        answer = mail_program.post(path, "List-Unsubscribe=One-Click", content_type=kind)
        assert (answer.status_code, is_subscribed()) == (200, False)

    @pytest.mark.parametrize("reason", ["too-often", "", "nonsense", "x" * 10_000])
    def test_no_reason_is_a_wrong_one(self, path: str, preference: EmailPreference, reason: str) -> None:
        assert Client().post(path, {"reason": reason}).status_code == 200
        event = preference.user.email_consent_events.last()
        assert event
        assert event.reason == ("too-often" if reason == "too-often" else "")

    def test_twice_is_one_opt_out(self, path: str, preference: EmailPreference) -> None:
        for _ in range(2):
            assert Client().post(path).status_code == 200
        assert history(preference.user) == ["asked", "confirmed", "opted-out"]
        assert DailyFigure.objects.get(key="email.opt-out").value == 1

    def test_a_closed_account_can_opt_out(self, path: str, preference: EmailPreference) -> None:
        preference.user.is_active = False
        preference.user.save()
        assert Client().post(path).status_code == 200
        preference.refresh_from_db()
        assert preference.state == EmailPreference.State.OPTED_OUT

    def test_a_deleted_account_gets_the_same_answer(self, path: str, preference: EmailPreference) -> None:
        preference.user.delete()
        for answer in (Client().get(path), Client().post(path, ONE_CLICK)):
            assert answer.status_code == 200
            assert "No more news" in answer.content.decode()

    def test_it_works_after_years(self, path: str) -> None:
        with time_machine.travel(timedelta(days=3650)):
            assert Client().post(path).status_code == 200
        assert not is_subscribed()

    def test_who_only_asked_can_leave_too(self) -> None:
        waiting = asked(member("carol"))
        Client().post(urlsplit(tokens.opt_out_url(waiting)).path)
        waiting.refresh_from_db()
        assert waiting.state == EmailPreference.State.OPTED_OUT

    def test_its_page_takes_no_detour_over_other_sites(self, path: str) -> None:
        page = Client().get(path)
        assert 'content="no-referrer"' in page.content.decode()
        assert "no-store" in page["Cache-Control"]


class TestDamage:
    @pytest.mark.parametrize("method", ["get", "post"])
    @pytest.mark.parametrize("cut", [1, 10, 40])
    def test_a_truncated_link_is_explained(self, path: str, method: str, cut: int) -> None:
        answer = getattr(Client(), method)(path[: -cut - 1] + "/")
        assert answer.status_code == 404
        assert "incomplete" in answer.content.decode()
        assert is_subscribed()

    def test_another_persons_name_on_the_same_signature_fails(self, path: str) -> None:
        other = confirmed(member("bob"))
        signature = path.rstrip("/").rpartition(".")[2]
        Client().post(f"/opt-out/{other.pk.hex}.{signature}/")
        other.refresh_from_db()
        assert other.state == EmailPreference.State.CONFIRMED

    def test_guessing_is_slowed_down_and_leaving_is_not(self, path: str) -> None:
        guesser = Client()
        answers = {guesser.get(f"/opt-out/{number}/").status_code for number in range(40)}
        assert answers == {404, 429}
        assert guesser.post(path).status_code == 200


class TestUndo:
    def test_a_mistake_can_be_taken_back(self, path: str, preference: EmailPreference) -> None:
        assert "undo" in Client().post(path).content.decode()
        assert "News continue" in Client().post(path, {"undo": "1"}).content.decode()
        assert is_subscribed()
        assert history(preference.user)[-2:] == ["opted-out", "undone"]

    def test_not_the_next_day(self, path: str) -> None:
        Client().post(path)
        with time_machine.travel(timedelta(days=1, minutes=1)):
            assert "No more news" in Client().post(path, {"undo": "1"}).content.decode()
        assert not is_subscribed()

    def test_not_by_who_never_confirmed(self) -> None:
        waiting = asked(member("carol"))
        services.opt_out(waiting.pk, how=EmailConsentEvent.How.LINK)
        Client().post(urlsplit(tokens.opt_out_url(waiting)).path, {"undo": "1"})
        assert not is_subscribed()

    def test_undo_without_an_opt_out_changes_nothing(self, path: str, preference: EmailPreference) -> None:
        Client().post(path, {"undo": "1"})
        assert history(preference.user) == ["asked", "confirmed"]

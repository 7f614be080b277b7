"""Addresses to which mail servers say that no news should go (promise P7)."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone

from accounts import belongings
from accounts.mailing import services, suppression, tokens
from accounts.mailing.models import EmailPreference, SuppressedAddress
from accounts.mailing.suppression import Reason
from accounts.models import User
from policy import evidence, retention
from policy.models import DailyFigure
from tests.accounts.mailing.steps import asked, confirmed, history
from tests.accounts.steps import sent
from tests.base import member, signed_in

pytestmark = pytest.mark.django_db

ADDRESS = "alice@example.org"


@pytest.fixture
def preference(db: None) -> EmailPreference:
    """Alice gets news."""
    return confirmed(member("alice"))


def suppress(address: str = ADDRESS, reason: str = Reason.RETURNED) -> bool:
    return suppression.suppress(address, reason, told_about=timezone.now())


def is_suppressed(address: str = ADDRESS) -> bool:
    return suppression.suppressed_among([address]) == {address}


def _suppressions_of(user: User) -> list[dict[str, Any]]:
    """What the package of somebody's data says about it."""
    return [
        fact for rows in belongings.rows_of(user) if rows.model is SuppressedAddress for fact in rows.facts()
    ]


class TestWhatItDoes:
    @pytest.mark.parametrize("reason", Reason.values)
    def test_p07_news_end_and_the_history_says_why(self, preference: EmailPreference, reason: str) -> None:
        suppress(reason=reason)
        assert not EmailPreference.objects.subscribed().exists()
        event = preference.user.email_consent_events.last()
        assert event
        assert (event.kind, event.how, event.reason) == ("suppressed", "mail-server", reason)

    def test_p07_who_only_asked_is_not_confirmed_by_an_old_link(self) -> None:
        waiting = asked(member("alice"))
        suppress()
        Client().post(urlsplit(tokens.confirm_url(waiting)).path)
        assert not EmailPreference.objects.subscribed().exists()

    def test_twice_is_one_event(self, preference: EmailPreference) -> None:
        for _ in range(2):
            suppress()
        assert history(preference.user) == ["asked", "confirmed", "suppressed"]
        assert DailyFigure.objects.get(key="email.suppressed").value == 1

    def test_an_opt_out_stays_an_opt_out_and_cannot_be_undone_any_more(
        self, preference: EmailPreference
    ) -> None:
        services.opt_out(preference.pk, how=services.How.LINK)
        suppress()
        assert not services.undo_opt_out(preference.pk)
        assert history(preference.user)[-1] == "opted-out"

    def test_a_complaint_outweighs_a_return_whichever_comes_first(self) -> None:
        for reason in (Reason.RETURNED, Reason.UNWANTED, Reason.RETURNED):
            suppress(reason=reason)
        assert SuppressedAddress.objects.get().reason == Reason.UNWANTED

    @pytest.mark.parametrize("reason", Reason.values)
    def test_p07_service_mail_still_goes_there(self, preference: EmailPreference, reason: str) -> None:
        suppress(reason=reason)
        mail.outbox.clear()
        Client().post("/accounts/password/reset/", {"email": ADDRESS})
        assert [message.to for message in sent()] == [[ADDRESS]]

    def test_the_account_page_says_why_and_offers_the_way_back(self, preference: EmailPreference) -> None:
        suppress()
        page = signed_in(preference.user).get("/accounts/news/").content.decode()
        assert "came back, so we stopped them" in page
        assert "Get news" in page


class TestItsEnd:
    @pytest.mark.parametrize("reason", Reason.values)
    def test_p07_only_asking_again_and_confirming_lifts_it(
        self, preference: EmailPreference, reason: str
    ) -> None:
        suppress(reason=reason)
        waiting = asked(preference.user)
        assert is_suppressed()
        services.confirm(waiting)
        assert not is_suppressed()
        assert EmailPreference.objects.subscribed().exists()

    def test_a_report_from_before_the_new_wish_changes_nothing(self, preference: EmailPreference) -> None:
        before = preference.changed_at - timedelta(seconds=1)
        assert not suppression.suppress(ADDRESS, Reason.UNWANTED, told_about=before)
        assert EmailPreference.objects.subscribed().exists()

    def test_it_outlasts_the_account(self, preference: EmailPreference) -> None:
        suppress(reason=Reason.UNWANTED)
        preference.user.delete()
        assert is_suppressed()

    def test_p16_its_owner_sees_it_and_nobody_else(self, preference: EmailPreference) -> None:
        suppress()
        bob = member("bob")
        EmailAddress.objects.create(user=bob, email=ADDRESS, verified=False)
        seen = {user: _suppressions_of(user) for user in (preference.user, bob)}
        assert [fact["reason"] for fact in seen[preference.user]] == ["returned"]
        assert "digest" not in seen[preference.user][0]
        assert seen[bob] == []

    @pytest.mark.parametrize(
        ("reason", "days", "is_kept"),
        [
            ("returned", 729, True),
            ("returned", 731, False),
            ("unwanted", 1824, True),
            ("unwanted", 1826, False),
        ],
    )
    def test_p16_it_is_forgotten_in_time(self, reason: str, days: int, is_kept: bool) -> None:
        suppress(reason=reason)
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            retention.delete_expired()
        assert SuppressedAddress.objects.exists() == is_kept


class TestTheDigest:
    def test_a_copy_of_the_database_shows_no_address(self) -> None:
        suppress()
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM accounts_suppressedaddress")
            assert "alice" not in str(cursor.fetchall())

    @pytest.mark.parametrize("spelling", ["ALICE@Example.ORG", " alice@example.org "])
    def test_one_address_has_one_digest(self, spelling: str) -> None:
        suppress(spelling)
        assert is_suppressed()

    def test_another_address_has_another(self) -> None:
        suppress()
        assert not is_suppressed("alice@example.net")

    def test_it_outlasts_a_change_of_the_key(self) -> None:
        with override_settings(SECRET_KEY="old"):
            suppress()
        with override_settings(SECRET_KEY="new"):
            assert not is_suppressed()
        with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["old"]):
            assert is_suppressed()

    def test_p07_the_policy_page_counts_them(self) -> None:
        suppress()
        suppress("bob@example.org", Reason.UNWANTED)
        figures = {str(shown.label): shown.value for shown in evidence.of("P7")}
        assert figures["Addresses without news because mail came back"] == 1
        assert figures["Addresses without news because somebody reported them as unwanted"] == 1

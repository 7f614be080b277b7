"""What is wrong reaches whoever runs the service, once a day at most."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client, override_settings
from django.utils import timezone

from accounts import alarms
from accounts.models import Campaign, OutgoingMail, User
from accounts.outbox.services import deliver_due
from images.work.models import Cutout, Worker
from policy.alarms import now
from policy.models import RetentionRun
from tests.base import member, signed_in, staff, uploaded

pytestmark = pytest.mark.django_db


def ago(**time: float) -> datetime:
    return timezone.now() - timedelta(**time)


def failing_rule() -> None:
    RetentionRun.objects.create(rule="photos", ran_at=ago(hours=1))


def waiting_photo(**changes: object) -> None:
    uploaded(signed_in(member("alice")))
    Cutout.objects.update(**{"queued_at": ago(minutes=11), **changes})


def test_all_is_well() -> None:
    Cutout.objects.all().delete()
    RetentionRun.objects.create(rule="photos", ran_at=ago(hours=2))
    RetentionRun.objects.create(rule="photos", ran_at=ago(hours=1), is_complete=True)
    RetentionRun.objects.create(rule="exports", ran_at=ago(minutes=1))  # at work
    RetentionRun.objects.create(rule="known-no-more", ran_at=ago(hours=1))
    OutgoingMail.objects.create(sealed="x", attempts=1)
    assert now() == []
    assert not alarms.ring()


def test_a_deletion_run_that_failed() -> None:
    failing_rule()
    assert now() == ["A deletion run failed: Photos and everything made from them."]


def test_mail_that_waits() -> None:
    OutgoingMail.objects.create(sealed="x", attempts=3, created_at=ago(hours=1))
    assert now() == ["1 e-mail waits, since the mail server does not take it."]


def test_news_that_stand_still() -> None:
    Campaign.objects.create(subject="May", body="x", state="sending", started_at=ago(hours=1))
    assert now() == ["News stand still: “May”."]


def test_photos_that_wait() -> None:
    waiting_photo()
    assert now() == ["1 photo has waited for more than ten minutes.", "No worker is ready."]


def test_a_long_batch_is_none_while_somebody_works_on_it() -> None:
    Worker.objects.create()
    waiting_photo(queue=Cutout.Queue.BULK)
    assert now() == []


def test_the_operator_gets_one_mail_a_day() -> None:
    failing_rule()
    with override_settings(CONTACT_EMAIL="us@example.net"):
        assert alarms.ring()
        assert not alarms.ring()
        with time_machine.travel(timezone.now() + timedelta(hours=24), tick=False):
            assert alarms.ring()
            deliver_due()
    assert [message.to for message in mail.outbox] == [["us@example.net"]] * 2
    text = str(mail.outbox[0].body)
    assert "* A deletion run failed: Photos and everything made from them." in text
    assert "http://localhost:8000/admin/dashboard/" in text


def test_without_an_address_of_ours_superusers_get_it() -> None:
    failing_rule()
    staff("sara")
    staff("sam")
    User.objects.filter(username="sam").update(is_active=False)
    assert alarms.ring()
    deliver_due()
    assert [message.to for message in mail.outbox] == [["sara@example.org"]]


def test_the_dashboard_says_it_too() -> None:
    failing_rule()
    page = staff().get("/admin/dashboard/").content.decode()
    assert "<li>A deletion run failed: Photos and everything made from them.</li>" in page
    assert Client().get("/admin/dashboard/").status_code == 302

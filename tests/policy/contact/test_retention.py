"""Messages are kept for twelve months (promise P16)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from policy import retention
from policy.models import ContactMail, ContactMessage, RetentionRun
from tests.policy.contact.base import received

pytestmark = pytest.mark.django_db


def _after(days: int) -> None:
    ContactMessage.objects.update(received_at=timezone.now() - timedelta(days=days))
    RetentionRun.objects.all().delete()
    retention.delete_expired()


def test_p16_contact_messages_go_after_a_year() -> None:
    received()
    _after(days=366)
    assert not ContactMessage.objects.exists()
    assert not ContactMail.objects.exists()


def test_p16_they_stay_until_then() -> None:
    received()
    _after(days=364)
    assert ContactMessage.objects.exists()


def test_the_record_counts_messages_and_not_their_mails() -> None:
    received()
    _after(days=366)
    assert RetentionRun.objects.get(rule="contact-messages").deleted == 1

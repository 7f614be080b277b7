"""Numbers of what was deleted, for the backups: `tests.bgbegone.backups` restores with them."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.mailing.models import EmailPreference
from accounts.models import User
from policy.models import CookieConsent, Erasure
from tests.accounts.mailing.steps import confirmed
from tests.base import member

pytestmark = pytest.mark.django_db


def choices(number: int) -> set[str]:
    long_ago = timezone.now() - timedelta(days=4000)
    rows = CookieConsent.objects.bulk_create(
        CookieConsent(version="1", convenience=False, statistics=False, how="page", given_at=long_ago)
        for _ in range(number)
    )
    return {str(row.pk) for row in rows}


def noted() -> list[tuple[str, str]]:
    return list(Erasure.objects.values_list("label", "key"))


def test_many_rows_cost_a_few_statements(django_assert_max_num_queries: Any) -> None:
    keys = choices(400)
    with django_assert_max_num_queries(15):
        CookieConsent.objects.expired().delete()
    assert sorted(noted()) == sorted(("policy.cookieconsent", key) for key in keys)


def test_what_goes_along_is_not_noted() -> None:
    preference = confirmed(member("alice"))
    pk = preference.user_id
    User.objects.get(pk=pk).delete()
    assert not EmailPreference.objects.filter(pk=preference.pk).exists()
    assert noted()[1:] == [("accounts.user", str(pk))]  # and before it the letter that was sent


def test_a_deletion_that_is_taken_back_leaves_no_number() -> None:
    (key,) = choices(1)
    with transaction.atomic():
        CookieConsent.objects.get(pk=key).delete()
        transaction.set_rollback(True)
    assert noted() == []
    CookieConsent.objects.get(pk=key).delete()
    assert noted() == [("policy.cookieconsent", key)]

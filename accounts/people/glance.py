"""How somebody's account stands, in a few words, for many people at once.

Each fact costs one query for a whole page of the list. An app registers what it can say.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import AccountClosing, EmailPreference, User
from bgbegone.lib.words import Words

# Given the keys of accounts, a few words for each of which there is something to say.
Say = Callable[[list[int]], Mapping[int, Words]]

_facts: list[Say] = []


def register(say: Say) -> Say:
    _facts.append(say)
    return say


@dataclass(slots=True)
class Glance:
    is_confirmed: bool
    has_second_factor: bool
    words: list[Words] = field(default_factory=list)

    def in_words(self, user: User) -> list[Words]:
        """All of it, what is out of the ordinary first."""
        first = (
            (not user.is_active, _("locked")),
            (not self.is_confirmed, _("not confirmed")),
            (user.is_staff, _("staff")),
            (self.has_second_factor, _("second factor")),
        )
        return [words for is_so, words in first if is_so] + self.words


def look_at(people: Iterable[User]) -> dict[int, Glance]:
    keys = [user.pk for user in people]
    confirmed = _owners(EmailAddress.objects.filter(user__in=keys, verified=True))
    factors = Authenticator.objects.filter(user__in=keys).exclude(type=Authenticator.Type.RECOVERY_CODES)
    protected = _owners(factors)
    glances = {key: Glance(key in confirmed, key in protected) for key in keys}
    for say in _facts:
        for key, words in say(keys).items():
            glances[key].words.append(words)
    return glances


def _owners(rows: QuerySet[Any]) -> set[int]:
    return set(rows.values_list("user", flat=True))


@register
def _closing(keys: list[int]) -> dict[int, Words]:
    rows = AccountClosing.objects.filter(user__in=keys).values_list("user", "erase_at")
    sentence = _("closed, erased on %(date)s")
    return {key: sentence % {"date": date_format(localtime(at), "SHORT_DATE_FORMAT")} for key, at in rows}


@register
def _news(keys: list[int]) -> dict[int, Words]:
    """What is so: a confirmation that was given from an address of before sends nothing to the one of now."""
    now = Exists(EmailPreference.objects.subscribed().filter(pk=OuterRef("pk")))
    rows = EmailPreference.objects.filter(user__in=keys).values_list("user", "state", now)
    asked = EmailPreference.State.ASKED
    return {
        key: _("gets news") if gets else _("asked for news") if state == asked else _("no news")
        for key, state, gets in rows
    }

"""Finding somebody by whatever they tell us about themselves.

Contact data is found only as a whole: an address, a number, words of a name. Parts would let staff fish for
data that the lists do not show them.
"""

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from accounts import names
from accounts.fields import PhoneField
from accounts.models import User

# A first name alone may be that of many; beyond this, more words are needed.
_MOST = 1000


def find(people: QuerySet[User], words: str) -> QuerySet[User]:
    """By e-mail address, by phone number, or by user name (also a part of it) and full name."""
    words = names.normal(words)
    if not words or "\0" in words:  # databases disagree about what that is a part of
        return people.none()
    if "@" in words:
        return people.filter(email=names.canonical_email(words))
    number = _phone(words)
    if number:
        return people.filter(Q(phone=number) | Q(username_key=names.fold(words)))
    return people.filter(Q(username__icontains=words) | Q(pk__in=_of_that_name(words)))


def _phone(words: str) -> str:
    try:
        return str(PhoneField().clean(words))
    except ValidationError:
        return ""


def _of_that_name(words: str) -> list[int]:
    """Whose full name has all of these words. The database narrows it down, since it knows no words."""
    wanted = set(names.fold(words).split())
    if not wanted:
        return []
    rows = User.objects.filter(_contains(max(words.split(), key=len))).values_list("pk", "full_name")
    return [pk for pk, name in rows[:_MOST] if wanted <= set(names.fold(name).split())]


def _contains(word: str) -> Q:
    """In capitals or not: SQLite compares only the letters of ASCII without regard to that."""
    spellings = {word, word.lower(), word.upper(), word.capitalize()}
    found = Q(full_name__icontains=word)
    for spelling in spellings:
        found |= Q(full_name__contains=spelling)
    return found

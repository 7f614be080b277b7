"""Drafting, publishing and accepting versions of the policy."""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from policy.versions import wording
from policy.versions.models import PolicyAcceptance, PolicyText, PolicyVersion

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

logger = logging.getLogger(__name__)

_MATERIAL = "policy:material"
# Other processes learn of a new version this late when the cache is not a shared one.
_SECONDS = 60


class Refused(Exception):
    """A draft cannot be published; `problems` are sentences for staff."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = list(problems)


def in_force() -> PolicyVersion | None:
    return PolicyVersion.objects.in_force()


def begin_draft() -> PolicyVersion:
    """A draft that is a copy of the version in force."""
    base = in_force()
    with transaction.atomic():
        draft = PolicyVersion.objects.create(based_on=base.number if base and base.number else 0)
        bodies = dict(base.texts.values_list("language", "body")) if base else {}
        for language, _name in settings.LANGUAGES:
            draft.texts.create(language=language, body=bodies.get(language, ""))
    return draft


def publish(pk: int) -> PolicyVersion:
    """Publish a draft, once: whoever comes second gets the version that the first has made.

    Raises Refused with everything that keeps it from being published.
    """
    try:
        with transaction.atomic():
            # Locked, so that nobody edits a text between the check and the publication.
            draft = PolicyVersion.objects.select_for_update().get(pk=pk)
            if draft.number is None:
                _publish(draft)
    except IntegrityError:
        # A sibling took the number in the same moment.
        raise Refused([_outdated()]) from None
    return PolicyVersion.objects.get(pk=pk)


def _publish(draft: PolicyVersion) -> None:
    texts = list(draft.texts.all())
    if problems := problems_of(draft):
        raise Refused(problems)
    texts = [text for text in texts if text.body.strip()]
    draft.texts.exclude(pk__in=[text.pk for text in texts]).delete()
    number = draft.based_on + 1
    moved = PolicyVersion.objects.filter(pk=draft.pk, number__isnull=True).update(
        number=number, published_at=timezone.now(), digest=wording.digest_of(number, texts)
    )
    if moved:
        transaction.on_commit(lambda: cache.delete(_MATERIAL))
        logger.info("policy published", extra={"number": number})


def problems_of(draft: PolicyVersion) -> list[str]:
    """What keeps a draft from being published, in sentences for staff.

    No language of the version in force may go missing. One that it lacks may stay empty: people then read the
    policy in another.
    """
    base = in_force()
    texts = {text.language: text for text in draft.texts.all()}
    found = [] if draft.based_on == (base.number if base else 0) else [_outdated()]
    needed = {wording.BINDING, *(base.texts.values_list("language", flat=True) if base else ())}
    for language, name in settings.LANGUAGES:
        text = texts.get(language)
        if language in needed or (text and text.body.strip()):
            found += _problems_of_text(text, str(name), draft)
    if base and not found and _is_same(texts, base):
        found.append(_("This draft says word for word what the version in force says."))
    return found


def _outdated() -> str:
    return _("Another version was published after this draft was begun. Begin a new draft from that one.")


def _problems_of_text(text: PolicyText | None, language: str, draft: PolicyVersion) -> list[str]:
    if text is None or not text.body.strip():
        return [_("The text in %(language)s is missing.") % {"language": language}]
    found = []
    if missing := wording.missing_clauses(text.body):
        found.append(
            _(
                "The text in %(language)s lacks %(clauses)s: every clause needs one heading of its own, such "
                "as “## Title {#P1}”, and words below it."
            )
            % {"language": language, "clauses": ", ".join(missing)}
        )
    if draft.based_on and not text.changes.strip():
        found.append(_("Say in %(language)s what has changed.") % {"language": language})
    return found


def _is_same(texts: dict[str, PolicyText], base: PolicyVersion) -> bool:
    return {language: text.body for language, text in texts.items() if text.body.strip()} == dict(
        base.texts.values_list("language", "body")
    )


def is_genuine(version: PolicyVersion) -> bool:
    """Whether the texts are still those of which the checksum was taken."""
    return version.digest == wording.digest_of(version.number or 0, version.texts.all())


def accept(user: AbstractBaseUser, version: PolicyVersion) -> PolicyAcceptance:
    """Record that somebody agrees to a version. Doing so again changes nothing.

    Raises ValueError for a draft: nobody can agree to words that may still change.
    """
    if version.number is None:
        raise ValueError("a draft cannot be accepted")
    return PolicyAcceptance.objects.get_or_create(user_id=user.pk, version=version)[0]


def newest_material_number() -> int:
    """The version that members must have agreed to; 0 when there is none. At most a minute old."""
    number: int | None = cache.get(_MATERIAL)
    if number is None:
        version = PolicyVersion.objects.newest_material()
        number = (version.number or 0) if version else 0
        cache.set(_MATERIAL, number, _SECONDS)
    return number


def accepted_number(user: "AbstractBaseUser | AnonymousUser") -> int:
    """The newest version that somebody has agreed to; 0 when there is none."""
    numbers = PolicyAcceptance.objects.filter(user=user.pk).values_list("version__number", flat=True)
    return max((number or 0 for number in numbers), default=0)

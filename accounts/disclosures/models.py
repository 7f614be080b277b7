"""The register of disclosures: the one way in which personal data leaves the house (promise P6)."""

import hashlib
import json
import secrets
from datetime import UTC, date, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import names
from bgbegone.lib.appending import AppendOnly, AppendOnlyQuerySet
from policy import erasures

# A court that needs longer says so again; a seal that nobody renews ends by itself.
LONGEST_SEAL = timedelta(days=365)
# Before data goes to a new owner, each member has this long to close the account instead.
NOTICE = timedelta(days=30)


class Ground(models.TextChoices):
    AGREEMENT = "a", _("(a) The person has agreed")
    LAW = "b", _("(b) The law requires it")
    SALE = "c", _("(c) The business is sold, to its new owner")
    PROTECTION = "d", _("(d) To protect somebody's health or well-being")


CAN_BE_SEALED = (Ground.LAW, Ground.PROTECTION)


class Item(models.TextChoices):
    """What can be disclosed: names of columns, never values."""

    USERNAME = "username", _("User name")
    FULL_NAME = "full_name", _("Full name")
    EMAIL = "email", _("E-mail address")
    PHONE = "phone", _("Phone number")
    DATE_JOINED = "date_joined", _("Member since")


def _salt() -> str:
    return secrets.token_hex(16)


def labels_of(fields: list[str]) -> str:
    return ", ".join(str(Item(name).label) for name in fields)


def same_recipient(one: str, other: str) -> bool:
    """Spaces and capitals make no other recipient."""
    return names.fold(" ".join(one.split())) == names.fold(" ".join(other.split()))


class DisclosureConsent(models.Model):
    """The question whether somebody agrees that one recipient gets certain fields, and the answer.

    It holds until it is withdrawn, for that recipient and those fields alone.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Waits for an answer")
        GIVEN = "given", pgettext_lazy("agreement", "Given")
        REFUSED = "refused", pgettext_lazy("agreement", "Refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("agreement", "Withdrawn")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="disclosure_consents",
        verbose_name=_("account"),
    )
    recipient = models.CharField(_("recipient"), max_length=200)
    fields = models.JSONField(_("fields"), default=list)
    purpose = models.CharField(_("what for"), max_length=500)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("asked by"),
    )
    answered_at = models.DateTimeField(_("answered"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)

    class Meta:
        verbose_name = _("agreement to a disclosure")
        verbose_name_plural = _("agreements to disclosures")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "recipient"],
                condition=models.Q(state="asked"),
                name="one_question_for_a_recipient",
            )
        ]

    def __str__(self) -> str:
        return f"{self.recipient}: {self.get_state_display()}"

    @property
    def in_words(self) -> str:
        return labels_of(self.fields)

    def covers(self, recipient: str, fields: list[str]) -> bool:
        is_given = self.state == self.State.GIVEN
        return is_given and same_recipient(self.recipient, recipient) and set(fields) <= set(self.fields)

    def answer(self, *, agrees: bool) -> bool:
        """False when it has been answered before."""
        state = self.State.GIVEN if agrees else self.State.REFUSED
        return self._move(self.State.ASKED, state, "answered_at")

    def withdraw(self) -> bool:
        """From now on nothing more goes out on the ground of it. False when there was nothing to withdraw."""
        if not self._move(self.State.GIVEN, self.State.WITHDRAWN, "withdrawn_at"):
            return False
        erasures.note(self)
        return True

    def _move(self, old: str, new: str, stamp: str) -> bool:
        row = DisclosureConsent.objects.filter(pk=self.pk, state=old)
        return row.update(**{"state": new, stamp: timezone.now()}) == 1


class DisclosureQuerySet(AppendOnlyQuerySet):
    def sealed(self) -> Self:
        today = timezone.localdate()
        longer = SealExtension.objects.filter(disclosure=models.OuterRef("pk"), until__gt=today)
        return self.filter(models.Q(sealed_until__gt=today) | models.Exists(longer))

    def unsealed(self) -> Self:
        return self.exclude(pk__in=Disclosure.objects.sealed().values("pk"))

    def in_effect(self) -> Self:
        """A sale counts once a second member of staff has confirmed it; the rest at once."""
        return self.exclude(ground=Ground.SALE, confirmation__isnull=True)

    def shown_to(self, user: Any) -> Self:
        """What concerns somebody, as far as they may know by now."""
        concerns = models.Q(user=user.pk) | models.Q(ground=Ground.SALE)
        return self.in_effect().unsealed().filter(concerns)

    def to_be_told(self) -> Self:
        """Somebody may know of it, and has not been written to. Of a sale, this is not known so easily."""
        told = DisclosureNotice.objects.filter(disclosure=models.OuterRef("pk"))
        untold = models.Q(user__isnull=False) & ~models.Exists(told)
        return self.in_effect().unsealed().filter(untold | models.Q(ground=Ground.SALE)).order_by("pk")


class Disclosure(AppendOnly):
    """Which fields of whom go to which recipient, on which ground. It names fields and never holds a value.

    `digest` covers the row and the digest of the row before, so that no row can be changed, left out or put
    in between afterwards. `subject` and `author` stand in it for the person and for the member of staff: when
    one of them is erased the reference goes, and the row can still be checked.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="disclosures",
        verbose_name=_("account"),
    )
    ground = models.CharField(_("ground"), max_length=1, choices=Ground)
    recipient = models.CharField(_("recipient"), max_length=200)
    fields = models.JSONField(_("fields"), default=list)
    evidence = models.CharField(_("proof"), max_length=500)
    consent = models.ForeignKey(
        DisclosureConsent, models.SET_NULL, null=True, related_name="+", verbose_name=_("agreement")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    sealed_until = models.DateField(_("sealed until"), null=True)
    salt = models.CharField(max_length=32, default=_salt)
    subject = models.CharField(max_length=64)
    author = models.CharField(max_length=64)
    # Unique, so that two rows at once cannot both follow the same one.
    previous = models.CharField(max_length=64, unique=True)
    digest = models.CharField(_("checksum"), max_length=64, unique=True)

    objects = DisclosureQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sealed_until=None) | models.Q(ground__in=["b", "d"]),
                name="only_law_and_protection_are_sealed",
            ),
            models.CheckConstraint(
                condition=~models.Q(ground="c") | models.Q(user=None), name="a_sale_concerns_everybody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} ({self.ground})"

    @property
    def in_words(self) -> str:
        return labels_of(self.fields)

    @property
    def is_sale(self) -> bool:
        return self.ground == Ground.SALE

    @property
    def sealed_to(self) -> date | None:
        """The day on which the seal ends or has ended, renewals counted; None without a seal."""
        days = [self.sealed_until, *(renewal.until for renewal in self.renewals.all())]
        return max((day for day in days if day), default=None)

    @property
    def is_sealed(self) -> bool:
        until = self.sealed_to
        return until is not None and until > timezone.localdate()

    def mark(self, pk: int | None) -> str:
        """What stands for an account in the digest."""
        return hashlib.sha256(f"{self.salt}:{pk}".encode()).hexdigest()

    def is_by(self, staff: Any) -> bool:
        return self.author == self.mark(staff.pk)

    def chain(self, previous: str) -> None:
        """Take its place in the register, after the row with this digest."""
        self.previous, self.subject, self.author = previous, self.mark(self.user_id), self.mark(self.by_id)
        self.digest = self.computed_digest()

    def computed_digest(self) -> str:
        facts = {name: getattr(self, name) for name in _CHAINED}
        facts["made_at"] = self.made_at.astimezone(UTC).isoformat()
        facts["sealed_until"] = self.sealed_until and self.sealed_until.isoformat()
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()

    def is_genuine(self) -> bool:
        """Whether the row says what it said when it was made."""
        is_same = all(
            pk is None or mark == self.mark(pk)
            for pk, mark in ((self.user_id, self.subject), (self.by_id, self.author))
        )
        return is_same and self.digest == self.computed_digest()


_CHAINED = ("ground", "recipient", "fields", "evidence", "salt", "subject", "author", "previous")


class SealExtension(AppendOnly):
    """A seal that has to hold longer."""

    disclosure = models.ForeignKey(Disclosure, models.PROTECT, related_name="renewals")
    until = models.DateField(_("sealed until"))
    reason = models.CharField(_("reason"), max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.disclosure_id} {self.until}"


class DisclosureConfirmation(AppendOnly):
    """The second member of staff under a disclosure to a new owner."""

    disclosure = models.OneToOneField(Disclosure, models.PROTECT, related_name="confirmation")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.disclosure_id)


class DisclosureNotice(models.Model):
    """The letter that tells somebody about a disclosure, and when it was written."""

    disclosure = models.ForeignKey(Disclosure, models.PROTECT, related_name="notices")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="disclosure_notices")
    told_at = models.DateTimeField(_("told"), default=timezone.now)

    class Meta:
        verbose_name = _("letter about a disclosure")
        verbose_name_plural = _("letters about disclosures")
        constraints = [models.UniqueConstraint(fields=["disclosure", "user"], name="told_once")]

    def __str__(self) -> str:
        return f"{self.disclosure_id} {self.told_at:%Y-%m-%d}"


class DisclosureExport(AppendOnly):
    """A file that was made: one row for each click."""

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        JSON = "json", "JSON"

    disclosure = models.ForeignKey(Disclosure, models.PROTECT, related_name="exports")
    format = models.CharField(_("format"), max_length=4, choices=Format)
    people = models.PositiveIntegerField(_("accounts in it"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("made"), default=timezone.now)

    class Meta:
        verbose_name = _("file of a disclosure")
        verbose_name_plural = _("files of disclosures")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.disclosure_id} {self.at:%Y-%m-%d}"

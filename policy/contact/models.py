"""Messages from the contact form, and the e-mails that come of them (promise P1)."""

import uuid
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

MESSAGES_KEPT = timedelta(days=365)
# With the waiting times below, a mail server may be away for about two days.
MOST_ATTEMPTS = 16
_LONGEST_WAIT = timedelta(hours=6)


class ContactMessageQuerySet(models.QuerySet["ContactMessage"]):
    def expired(self) -> Self:
        return self.filter(received_at__lt=timezone.now() - MESSAGES_KEPT)

    def unanswered(self) -> Self:
        return self.filter(state=ContactMessage.State.NEW)


class ContactMessage(models.Model):
    """What somebody wrote to us, and what we answered."""

    class Topic(models.TextChoices):
        QUESTION = "question", _("A question")
        PRIVACY = "privacy", _("Privacy")
        MY_DATA = "my-data", _("My data")
        PRESS = "press", _("Press")
        SECURITY = "security", _("A security problem")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        NEW = "new", _("New")
        ANSWERED = "answered", _("Answered")
        CLOSED = "closed", _("Closed")

    # Both clicks of a double click carry the same one.
    submission = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail address"))
    topic = models.CharField(_("topic"), max_length=10, choices=Topic.choices)
    message = models.TextField(_("message"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    received_at = models.DateTimeField(_("received"), default=timezone.now, db_index=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.NEW)
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )

    objects = ContactMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact message")
        verbose_name_plural = _("contact messages")
        ordering = ["-received_at"]

    def __str__(self) -> str:
        # It lands in logs and in the admin's history: no name and no address.
        return f"#{self.pk} {self.topic}"

    @property
    def is_new(self) -> bool:
        return self.state == self.State.NEW

    def close(self) -> bool:
        """Needs no (further) answer; False when it was closed already."""
        open_ones = ContactMessage.objects.filter(pk=self.pk).exclude(state=self.State.CLOSED)
        return open_ones.update(state=self.State.CLOSED) == 1


class ContactMailQuerySet(models.QuerySet["ContactMail"]):
    def unsent(self) -> Self:
        return self.filter(mailed_at=None)

    def given_up(self) -> Self:
        return self.unsent().filter(attempts__gte=MOST_ATTEMPTS)

    def waiting(self) -> Self:
        return self.unsent().filter(attempts__lt=MOST_ATTEMPTS)

    def due(self) -> Self:
        return self.waiting().filter(due_at__lte=timezone.now())


class ContactMail(models.Model):
    """An e-mail that must go out: the message to us, or our answer. It is sent once.

    `attempts` are counted before each try, so that one which kills its worker is not tried for ever.
    """

    class Kind(models.TextChoices):
        NOTICE = "notice", _("Message, to us")
        ANSWER = "answer", _("Answer, to the sender")

    message = models.ForeignKey(ContactMessage, models.CASCADE, related_name="mails")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    mailed_at = models.DateTimeField(null=True, blank=True)

    objects = ContactMailQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "kind"], name="contact_mail_once")]
        indexes = [
            models.Index(fields=["due_at"], name="contact_mail_due", condition=models.Q(mailed_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.message_id}"

    @property
    def is_given_up(self) -> bool:
        return self.mailed_at is None and self.attempts >= MOST_ATTEMPTS

    def claim(self) -> bool:
        """Begin a try, unless somebody else has; the next one comes after twice the time."""
        wait = min(timedelta(minutes=2**self.attempts), _LONGEST_WAIT)
        mine = ContactMail.objects.due().filter(pk=self.pk, attempts=self.attempts)
        return mine.update(attempts=F("attempts") + 1, due_at=timezone.now() + wait) == 1

    def mark_mailed(self) -> None:
        ContactMail.objects.filter(pk=self.pk).update(mailed_at=timezone.now())

    def try_again(self) -> bool:
        """Start over with an e-mail that has not gone out."""
        unsent = ContactMail.objects.unsent().filter(pk=self.pk)
        return unsent.update(attempts=0, due_at=timezone.now()) == 1

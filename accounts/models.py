"""People."""

from datetime import timedelta
from typing import Any, NoReturn, Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts import names
from accounts.fields import FoldedField, LookField

# As long as the link in the first e-mail works.
UNCONFIRMED_KEPT = timedelta(days=3)


class UserQuerySet(models.QuerySet["User"]):
    def known_as(self, login: str) -> Self:
        """Whom somebody means who types a user name or an address; the user name goes first."""
        means = models.Q(username_key=names.fold(login)) | models.Q(email=names.canonical_email(login))
        is_name = models.Case(models.When(username_key=names.fold(login), then=0), default=1)
        return self.filter(means).order_by(is_name)

    def is_like(self, username: str) -> bool:
        """Somebody has this name, or one that is easily taken for it."""
        same = models.Q(username_key=names.fold(username)) | models.Q(username_look=names.look(username))
        return self.filter(same).exists()

    def unconfirmed(self) -> Self:
        """Signed up, and nobody has shown so far that the address is theirs."""
        return self.filter(last_login__isnull=True, is_staff=False).exclude(emailaddress__verified=True)

    def abandoned(self) -> Self:
        return self.unconfirmed().filter(date_joined__lt=timezone.now() - UNCONFIRMED_KEPT)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    use_in_migrations = False

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        return names.canonical_email(email or "")

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **fields: Any
    ) -> "User":
        """The person at the console vouches for the address: no mail server is needed for the first staff."""
        from allauth.account.models import EmailAddress

        if not email:
            raise ValidationError(_("Staff need an e-mail address: without one nobody can sign in."))
        user: User = super().create_superuser(username, email, password, **fields)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user


class User(AbstractUser):
    """Somebody with an account. Full name and phone may stay empty."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    username_key = FoldedField(source="username", max_length=300, unique=True)
    # Not unique: those who were here before the rule keep their names.
    username_look = LookField(source="username", max_length=300, db_index=True, default="")
    full_name = models.CharField(
        _("full name"), max_length=200, blank=True, validators=[names.validate_full_name]
    )
    phone = models.CharField(_("phone"), max_length=16, blank=True, help_text=_("E.164"))

    objects = UserManager()  # type: ignore[misc]

    class Meta(AbstractUser.Meta):
        # People are looked up by address when they sign in, and by both when staff look for them; the
        # constraint below is of no use for that.
        indexes = [
            models.Index(fields=["email"], name="user_email"),
            models.Index(fields=["phone"], name="user_phone"),
        ]
        constraints = [
            models.UniqueConstraint(Lower("username"), name="user_username_any_case"),
            models.UniqueConstraint(
                Lower("email"), name="user_email_any_case", condition=~models.Q(email="")
            ),
        ]

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.username

    @property
    def is_confirmed(self) -> bool:
        """The address has been shown to be theirs."""
        from allauth.account.models import EmailAddress

        return bool(EmailAddress.objects.filter(user=self, verified=True).exists())


class HeldName(models.Model):
    """A user name that somebody wanted for an address which has an account.

    Were it free, trying it again would tell that the address is known. So it is taken, and so is each that
    looks like it, for as long as a sign-up waits for its confirmation: to go sooner than those it would have
    to be told apart from them. Only a keyed hash of it is kept, no account is made, and staff see nothing.
    """

    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.digest[:8]

    @classmethod
    def hold(cls, username: str) -> None:
        """Raises IntegrityError when it is held already."""
        cls.objects.create(digest=cls._digest_of(username))

    @classmethod
    def is_held(cls, username: str) -> bool:
        return cls.objects.filter(digest=cls._digest_of(username)).exists()

    @staticmethod
    def _digest_of(username: str) -> str:
        return salted_hmac("accounts.HeldName", names.look(username), algorithm="sha256").hexdigest()


class WrittenPermission(models.Model):
    """The operator allows somebody to share their sign-in with another person (promise P5).

    A record of a paper: it is added and ended, never changed.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="written_permissions",
        verbose_name=_("account"),
    )
    given_to = models.CharField(_("may be used by"), max_length=200, validators=[names.validate_full_name])
    document = models.CharField(
        _("document"), max_length=200, help_text=_("Where the signed paper is, for example a file number.")
    )
    valid_until = models.DateField(_("valid until"))
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)

    class Meta:
        verbose_name = _("written permission")
        verbose_name_plural = _("written permissions")
        ordering = ["-recorded_at"]

    def __str__(self) -> str:
        return f"{self.given_to}, {self.document}"

    def save(self, *args: Any, **options: Any) -> None:
        if not self._state.adding:
            _refuse_change()
        super().save(*args, **options)

    @property
    def is_valid(self) -> bool:
        return self.ended_at is None and self.valid_until >= timezone.localdate()

    def end(self) -> bool:
        """End it before its time; False when somebody else has."""
        open_row = WrittenPermission.objects.filter(pk=self.pk, ended_at__isnull=True)
        return open_row.update(ended_at=timezone.now()) == 1


def _refuse_change() -> NoReturn:
    raise TypeError("A written permission cannot be changed. End it and record another one.")


# Django finds a slice's models here.
from accounts.campaigns.models import Campaign, Delivery  # noqa: E402
from accounts.disclosures.models import (  # noqa: E402
    Disclosure,
    DisclosureConfirmation,
    DisclosureConsent,
    DisclosureExport,
    DisclosureNotice,
    SealExtension,
)
from accounts.leaving.models import AccountClosing, AccountExport, DeletionReceipt  # noqa: E402
from accounts.mailing.models import EmailConsentEvent, EmailPreference, SuppressedAddress  # noqa: E402
from accounts.outbox.models import OutgoingMail  # noqa: E402
from accounts.people.models import ContactLook  # noqa: E402

__all__ = [
    "AccountClosing",
    "AccountExport",
    "Campaign",
    "ContactLook",
    "DeletionReceipt",
    "Delivery",
    "Disclosure",
    "DisclosureConfirmation",
    "DisclosureConsent",
    "DisclosureExport",
    "DisclosureNotice",
    "EmailConsentEvent",
    "EmailPreference",
    "OutgoingMail",
    "SealExtension",
    "SuppressedAddress",
    "User",
    "WrittenPermission",
]

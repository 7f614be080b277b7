"""The second factor: what allauth leaves to us."""

import logging
import struct
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import forms as codes
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import refusing
from accounts.models import User
from bgbegone.lib import ratelimit, sealing

logger = logging.getLogger(__name__)


def was_shown(request: HttpRequest) -> bool:
    """This session has shown a second factor which the account still has."""
    if isinstance(request.user, AnonymousUser):
        return False
    records = get_authentication_records(request, request.user)
    shown = [record.get("id") for record in records if record.get("method") == "mfa"]
    return bool(shown and Authenticator.objects.filter(user=request.user, pk__in=shown).exists())


def is_set_up(user: User) -> bool:
    """An app or a passkey. Recovery codes alone are the way back, not a factor of their own."""
    own = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return bool(own.exists())


def has_app(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


class SecondFactorAdapter(refusing.Told, DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right, or it has been used already. Please take the next one."),
        "cannot_generate_recovery_codes": _("Set up an authenticator app or a passkey first."),
    }

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return sealing.unseal(encrypted_text)
        except sealing.Unreadable:
            logger.error("a second factor was sealed with another SECRET_KEY")
            # Something that nobody knows: it must not open, and must not break the page either.
            return str(generate_totp_secret())

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return str(_("Passkey %(number)d") % {"number": number})


class _OnlyOnce:
    """A code is good once. Allauth remembers it for 30 seconds, but with the tolerance it lives for 90."""

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        lifetime = 30 * (2 * settings.MFA_TOTP_TOLERANCE + 1)
        # Spaces and dashes make no other code of it.
        letters = "".join(filter(str.isalnum, code)).lower()
        digest = ratelimit.keyed(f"{self.user.pk}:{letters}")  # type: ignore[attr-defined]
        if not cache.add(f"second-factor:{digest}", True, timeout=lifetime):
            raise SecondFactorAdapter().validation_error("incorrect_code")
        return code


class _Readable:
    """Turns away what no browser sends; fido2 and allauth fail on some of it with other errors."""

    def full_clean(self) -> None:
        try:
            super().full_clean()  # type: ignore[misc]
        except (AttributeError, IndexError, KeyError, TypeError, ValueError, struct.error):
            refusal = SecondFactorAdapter().validation_error("incorrect_code")
            self.add_error("credential", refusal)  # type: ignore[attr-defined]


class AddPasskeyForm(_Readable, webauthn.AddWebAuthnForm):  # type: ignore[misc]
    name = forms.CharField(required=False, max_length=60)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # What people expect of a passkey; who wants it as a second factor only takes the tick away.
        self.fields["passwordless"].initial = True


class LoginPasskeyForm(_Readable, webauthn.LoginWebAuthnForm):  # type: ignore[misc]
    pass


class AuthenticatePasskeyForm(_Readable, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class ReauthenticatePasskeyForm(_Readable, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class AuthenticateForm(_OnlyOnce, codes.AuthenticateForm):  # type: ignore[misc]
    pass


class ReauthenticateForm(_OnlyOnce, codes.ReauthenticateForm):  # type: ignore[misc]
    pass

"""What this site does its own way, in the places where allauth asks."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.forms import Form
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts import devices, letters, names, reauthentication, refusing, throttle
from accounts.models import HeldName, User
from accounts.outbox import services as outbox
from bgbegone.lib import ratelimit

# One sentence for every way in which signing in can fail, so that it tells nobody what was right.
_NO_LOGIN = _(
    "This name and password do not go together, or the e-mail address has not been confirmed yet. "
    "If you have just signed up, use the link in our e-mail first."
)


class AccountAdapter(refusing.Told, DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is locked."),
        "duplicate_email": _("This is the address of this account already."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_password": _("This is not your password."),
        "invalid_password_reset": _("This link has been used or is too old. Ask for a new one."),
        "too_many_login_attempts": _(
            "Too many tries. Wait five minutes, or set a new password by e-mail, which works at once."
        ),
        "rate_limited": _("Too many tries. Wait a few minutes."),
        "email_password_mismatch": _NO_LOGIN,
        "username_password_mismatch": _NO_LOGIN,
        "username_blacklisted": _("This name would be taken for ours. Please choose another one."),
        "username_taken": _("Somebody has this user name already, or one that looks like it."),
        "unverified_primary_email": _("Confirm your e-mail address first."),
    }

    # Who asks

    def get_client_ip(self, request: HttpRequest) -> str:
        """A keyed hash: allauth counts by it, and no address gets into the cache."""
        return ratelimit.client_of(request)

    def get_http_user_agent(self, request: HttpRequest) -> str:
        return devices.label(request.META.get("HTTP_USER_AGENT", ""))

    def is_safe_url(self, url: str | None) -> bool:
        """Pages of this host only; allauth would accept every allowed host."""
        return url_has_allowed_host_and_scheme(url, {self.request.get_host()}, self.request.is_secure())

    # Names and addresses

    def clean_username(self, username: str, shallow: bool = False) -> str:
        username = names.normal(username)
        names.validate_username(username)
        if names.speaks_for_the_house(username):
            raise self.validation_error("username_blacklisted")
        if not shallow and (User.objects.is_like(username) or HeldName.is_held(username)):
            raise self.validation_error("username_taken")
        return username

    def clean_email(self, email: str) -> str:
        return names.canonical_email(email)

    def save_user(self, request: HttpRequest, user: User, form: Form, commit: bool = True) -> User:
        for name in ("username", "email", "full_name", "phone"):
            setattr(user, name, form.cleaned_data[name])
        user.password = form.password_hash  # type: ignore[attr-defined]
        if commit:
            user.save()
        return user

    # Signing in

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        if throttle.is_over(request, _counted(credentials)):
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Whoever has not confirmed the address is told the same as whoever mistyped the password."""
        user: User | None = super().authenticate(request, **credentials)
        if user is None:
            return None
        if not user.is_confirmed:
            return None  # and the try counts, as for a name that is only held
        throttle.give_back(request, _counted(credentials))
        return user

    def set_password(self, user: User, password: str) -> None:
        user.set_password(password)
        user.save(update_fields=["password"])
        for name in (user.username, user.email):
            throttle.forget(self.request, name)

    def is_reauthentication_required(self, *, app: str, **_kwargs: Any) -> bool:
        return not reauthentication.was_just_shown(self.request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        words = {
            "reauthenticate": _("Use your password"),
            "mfa_reauthenticate": _("Use your authenticator app or a recovery code"),
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
        }
        methods = super().get_reauthentication_methods(user)
        if self._is_for_admin():
            # There the password is not enough, and offering it would lead round in a circle.
            methods = [method for method in methods if method["id"] != "reauthenticate"]
        return [{**method, "description": words[method["id"]]} for method in methods]

    def _is_for_admin(self) -> bool:
        wanted = self.request.POST.get("next") or self.request.GET.get("next", "")
        return bool(wanted.startswith(reverse("admin:index")))

    # Addresses and their confirmation

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Who can read the mail owns the address: sign-ups that only claimed it give way."""
        try:
            with transaction.atomic():
                claims = User.objects.unconfirmed().filter(email=email_address.email)
                claims.exclude(pk=email_address.user_id).delete()
                return bool(super().confirm_email(request, email_address))
        except IntegrityError:
            template = "account/messages/email_confirmation_failed.txt"
            self.add_message(request, messages.ERROR, template, {"email": email_address.email})
            return False

    # Mail

    def render_mail(
        self, template_prefix: str, email: str, context: dict[str, Any], headers: Any = None
    ) -> EmailMultiAlternatives:
        return letters.write(template_prefix, email, context)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Into the outbox: the same short time for known and unknown addresses, server up or down."""
        outbox.post(self.render_mail(template_prefix, email, context))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        # SITE_URL and not the Host header, which the sender of the request chooses.
        return settings.SITE_URL + reverse("account_confirm_email", args=[emailconfirmation.key])

    def get_reset_password_from_key_url(self, key: str) -> str:
        uid, _dash, token = key.partition("-")
        return settings.SITE_URL + reverse("account_reset_password_from_key", args=[uid, token])


def _counted(credentials: dict[str, Any]) -> str:
    """Whom tries are counted for: what was typed, or whoever is asked again within a session."""
    return str(credentials.get("typed") or credentials["username"])

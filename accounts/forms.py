"""Every rule about what people type into the account pages."""

from typing import Any

from allauth.account import forms as allauth
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.fields import AddressField, FullNameField, PhoneField
from accounts.mailing import services as mailing
from accounts.models import HeldName, User

_NEW_PASSWORD = _("At least ten characters, and not like your name, your address or this site’s.")
_COUNTRY_CODE = _("With the country code, for example +49 30 901820.")


def _set_up_profile_fields(form: forms.BaseForm) -> None:
    form.fields["full_name"].required = settings.REQUIRE_FULL_NAME
    form.fields["phone"].required = settings.REQUIRE_PHONE
    form.fields["phone"].help_text = "" if settings.PHONE_REGION else _COUNTRY_CODE


class LoginForm(allauth.LoginForm):  # type: ignore[misc]
    """User name or address, and password."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["login"] = forms.CharField(
            label=_("User name or e-mail address"),
            max_length=254,
            widget=forms.TextInput(attrs={"autocomplete": "username webauthn", "autofocus": True}),
        )
        self.fields["password"].help_text = ""
        self.fields["remember"].label = _("Stay signed in on this device")
        self.order_fields(["login", "password", "remember"])

    def clean_login(self) -> str:
        """The user name, also of whoever typed an address or another spelling.

        A single check of the password goes by this one name, so that known and unknown people wait equally
        long for a no. Tries are counted by what was typed: one count for a name and an address would tell
        that they belong together.
        """
        self.typed: str = super().clean_login()
        known: str | None = User.objects.known_as(self.typed).values_list("username", flat=True).first()
        return known or self.typed

    def user_credentials(self) -> dict[str, str]:
        cleaned = self.cleaned_data
        return {"username": cleaned["login"], "password": cleaned["password"], "typed": self.typed}


class SignupForm(allauth.SignupForm):  # type: ignore[misc]
    """User name, password, address; full name and phone as the operator wants; agreement to the policy."""

    account_already_exists: bool
    field_order = ["username", "email", "password1", "full_name", "phone", "news", "policy", "version"]

    full_name = FullNameField()
    phone = PhoneField()
    news = forms.BooleanField(required=False, label=_("Now and then, send me news by e-mail"))
    policy = forms.BooleanField(
        error_messages={"required": _("Without your agreement to the privacy policy there is no account.")}
    )
    # Which version the page showed; asked of nobody.
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["version"].initial = services.policy_number
        self.fields["email"] = AddressField(label=_("E-mail address"))
        self.fields["username"].label = _("User name")
        self.fields["username"].help_text = _("Letters and digits of any script, and . + - _")
        self.fields["password1"].help_text = _NEW_PASSWORD
        _set_up_profile_fields(self)
        self.order_fields(self.field_order)

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Save, or do the same work in vain for an address that has an account; its owner gets the mail."""
        # Before the transaction: it takes a tenth of a second, in which nobody else could write.
        self.password_hash = make_password(self.cleaned_data["password1"])
        try:
            with transaction.atomic():
                if self.account_already_exists:
                    self._hold_username()
                return super().try_save(request)  # type: ignore[no-any-return]
        except IntegrityError:
            # Somebody else took the name or the address between the check and the saving.
            if not self.account_already_exists and self._is_address_taken():
                self.account_already_exists = True
                return self.try_save(request)
            services.say_taken(request)
            return None, redirect("account_signup")

    def _is_address_taken(self) -> bool:
        return bool(User.objects.filter(email=self.cleaned_data["email"]).exists())

    def _hold_username(self) -> None:
        """As if there were an account now: were the name still free, trying it again would tell."""
        HeldName.hold(self.cleaned_data["username"])

    def signup(self, request: HttpRequest, user: User) -> None:
        services.accept_policy(user, self.cleaned_data["version"])
        if self.cleaned_data["news"]:
            mailing.ask_at_sign_up(user)


class ChangePasswordForm(allauth.ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["oldpassword"].label = _("Current password")
        self.fields["oldpassword"].help_text = ""
        _name_new_password(self)


class ResetPasswordKeyForm(allauth.ResetPasswordKeyForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _name_new_password(self)


class SetPasswordForm(allauth.SetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _name_new_password(self)


def _name_new_password(form: forms.Form) -> None:
    form.fields["password1"].label = _("New password")
    form.fields["password1"].help_text = _NEW_PASSWORD
    form.fields["password2"].label = _("New password, once more")


class ReauthenticateForm(allauth.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["password"].help_text = ""


class AddEmailForm(allauth.AddEmailForm):  # type: ignore[misc]
    email = AddressField(label=_("New e-mail address"))


class ResetPasswordForm(allauth.ResetPasswordForm):  # type: ignore[misc]
    email = AddressField(label=_("E-mail address"))

    def clean_email(self) -> str:
        """Links go to the address of an account, never to one that waits to become it."""
        email: str = self.cleaned_data["email"]
        self.users = list(User.objects.filter(email=email, is_active=True))
        return email


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    full_name = FullNameField()
    phone = PhoneField()

    class Meta:
        model = User
        fields = ["full_name", "phone"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _set_up_profile_fields(self)

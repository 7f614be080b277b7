"""What this app stores about people (promise P2)."""

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _

from accounts.models import (
    Campaign,
    Delivery,
    EmailConsentEvent,
    EmailPreference,
    OutgoingMail,
    User,
    WrittenPermission,
)
from policy.inventory import impersonal, personal

_ACCOUNT = _("as long as the account")

personal(User, "username", purpose=_("Signing in"), kept=_ACCOUNT)
personal(
    User,
    "email",
    purpose=_("Signing in, confirming the account, setting a new password, notices about its security"),
    kept=_("as long as the account; three days when nobody confirms it"),
)
personal(User, "full_name", purpose=_("Knowing whom we deal with, if you tell us"), kept=_ACCOUNT)
personal(User, "phone", purpose=_("Reaching you, if you tell us your number"), kept=_ACCOUNT)
personal(User, "password", purpose=_("Checking your password; only a hash is kept (Argon2)"), kept=_ACCOUNT)
impersonal(User, "username_key")  # another spelling of the user name, which is declared above
personal(
    EmailAddress,
    "user",
    "email",
    purpose=_("Your address, and whether it has been confirmed"),
    kept=_ACCOUNT,
)
impersonal(EmailConfirmation, "key")  # the table stays empty: the links in mails are signed instead
personal(
    Authenticator,
    "user",
    "data",
    purpose=_("Your second factor: app or passkey, and recovery codes, encrypted"),
    kept=_("until you remove it"),
)
personal(
    UserSession,
    "user",
    "user_agent",
    "session_key",
    purpose=_("The list of your sessions: since when, and a device such as “Firefox · Linux”"),
    kept=_("until the session ends"),
)
impersonal(UserSession, "ip", "data")  # always 0.0.0.0, and empty
personal(
    Session,
    "session_key",
    "session_data",
    purpose=_("Keeping you signed in; for a guest, knowing which photos are theirs"),
    kept=_("two weeks at most"),
)
personal(
    WrittenPermission,
    "user",
    "given_to",
    "document",
    "recorded_by",
    purpose=_("Who may use your account with our written permission"),
    kept=_ACCOUNT,
)
personal(
    OutgoingMail,
    "sealed",
    purpose=_("An e-mail on its way to you, encrypted"),
    kept=_("until it has been sent, two days at most"),
)
personal(
    EmailPreference,
    "user",
    "address",
    "language",
    purpose=_("Whether you want our news, at which address and in which language"),
    kept=_ACCOUNT,
)
personal(
    EmailConsentEvent,
    "user",
    purpose=_("Proving what you agreed to and when you ended it, with the wording, the day and the way"),
    kept=_ACCOUNT,
)
impersonal(EmailConsentEvent, "wording", "reason")  # codes
personal(
    Delivery,
    "user",
    purpose=_("Sending you each e-mail with news once, and never twice"),
    kept=_ACCOUNT,
)
impersonal(Delivery, "problem")  # the mail server's number
impersonal(Campaign, "subject", "body")  # written by us to everybody

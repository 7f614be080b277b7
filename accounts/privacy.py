"""What this app stores about people (promise P2)."""

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _

from accounts.models import (
    AccountClosing,
    AccountExport,
    Campaign,
    ContactLook,
    DeletionReceipt,
    Delivery,
    Disclosure,
    DisclosureConfirmation,
    DisclosureConsent,
    DisclosureExport,
    DisclosureNotice,
    EmailConsentEvent,
    EmailPreference,
    HeldName,
    OutgoingMail,
    SealExtension,
    SuppressedAddress,
    User,
    WrittenPermission,
)
from policy.inventory import impersonal, personal

_ACCOUNT = _("as long as the account")

personal(
    User,
    "username",
    what=_("User name"),
    purpose=_("Signing in, and calling you by it in news that you want"),
    kept=_ACCOUNT,
)
personal(
    User,
    "email",
    what=_("E-mail address"),
    purpose=_("Signing in, confirming the account, setting a new password, notices about its security"),
    kept=_("as long as the account; three days when nobody confirms it"),
)
personal(
    User,
    "full_name",
    what=_("Full name"),
    purpose=_("Knowing whom we deal with, and calling you by it in news that you want, if you tell us"),
    kept=_ACCOUNT,
)
personal(
    User,
    "phone",
    what=_("Phone number"),
    purpose=_("Reaching you, if you tell us your number"),
    kept=_ACCOUNT,
)
personal(
    User,
    "password",
    what=_("Your password, as a hash that nobody can read back"),
    purpose=_("Checking your password; only a hash is kept (Argon2)"),
    kept=_ACCOUNT,
)
personal(
    User,
    "date_joined",
    "last_login",
    "is_active",
    what=_("Since when you have the account, your last sign-in, and whether the account is open"),
    purpose=_("Deleting sign-ups that nobody confirmed, and keeping closed accounts closed"),
    kept=_ACCOUNT,
)
personal(
    User,
    "is_staff",
    "is_superuser",
    what=_("Whether you belong to our staff"),
    purpose=_("Opening the staff pages to staff alone"),
    kept=_ACCOUNT,
)
for rights, right in ((User.groups.through, "group"), (User.user_permissions.through, "permission")):
    personal(
        rights,
        "user",
        right,
        what=_("What a member of staff may do"),
        purpose=_("Giving each of our staff no more than their work needs"),
        kept=_("as long as the account of the member of staff"),
    )
# Other spellings of the user name, which is declared above.
impersonal(User, "username_key", "username_look")
impersonal(HeldName, "digest")  # a keyed hash; the name belongs to nobody
personal(
    EmailAddress,
    "user",
    "email",
    "verified",
    "primary",
    what=_("Each e-mail address of yours, and whether it has been confirmed"),
    purpose=_("Writing to no address that is not yours"),
    kept=_ACCOUNT,
)
impersonal(EmailConfirmation, "key")  # the table stays empty: the links in mails are signed instead
personal(
    Authenticator,
    "user",
    "type",
    "data",
    "created_at",
    "last_used_at",
    what=_("Your second factor: app or passkey, and recovery codes, encrypted"),
    purpose=_("Letting nobody in who has your password only"),
    kept=_("until you remove it"),
)
personal(
    UserSession,
    "user",
    "user_agent",
    "session_key",
    "created_at",
    "last_seen_at",
    what=_("Your sessions: since when, last seen, and a device such as “Firefox · Linux”"),
    purpose=_("Showing you where you are signed in, so that you can end it"),
    kept=_("until the session ends"),
)
impersonal(UserSession, "ip", "data")  # always 0.0.0.0, and empty
personal(
    Session,
    "session_key",
    "session_data",
    "expire_date",
    what=_("What belongs to the cookie of your session"),
    purpose=_("Keeping you signed in; for a guest, knowing which photos are theirs"),
    kept=_("two weeks at most"),
)
personal(
    WrittenPermission,
    "user",
    "given_to",
    "document",
    "valid_until",
    "recorded_by",
    "recorded_at",
    "ended_at",
    what=_("Who may use your account with our written permission, until when, and who recorded it"),
    purpose=_("Proving the permission, and showing it to you"),
    kept=_ACCOUNT,
)
personal(
    OutgoingMail,
    "sealed",
    "created_at",
    "try_at",
    "attempts",
    what=_("An e-mail on its way to you, encrypted"),
    purpose=_("Sending it, even when the mail server is away for a while"),
    kept=_("until it has been sent, two days at most"),
)
impersonal(OutgoingMail, "id")
personal(
    EmailPreference,
    "id",
    "user",
    "state",
    "address",
    "language",
    "changed_at",
    what=_("Whether you want our news, at which address and in which language"),
    purpose=_("Sending news to those who want it, and to nobody else"),
    kept=_ACCOUNT,
)
personal(
    EmailConsentEvent,
    "user",
    "kind",
    "how",
    "wording",
    "reason",
    "happened_at",
    what=_("When you agreed to news and when you ended it, with the wording, the way and your reason"),
    purpose=_("Proving what you agreed to"),
    kept=_ACCOUNT,
)
personal(
    SuppressedAddress,
    "digest",
    "reason",
    "suppressed_at",
    what=_(
        "A keyed hash of an address whose mail came back, or from which our news were reported as unwanted"
    ),
    purpose=_("Sending no more news there, whoever brings us the address again"),
    kept=_("two years after mail came back, five after a complaint, or until you confirm that you want news"),
)
personal(
    Delivery,
    "campaign",
    "user",
    "state",
    "attempts",
    "problem",
    "changed_at",
    what=_("Which of our news were sent to you, and whether they arrived"),
    purpose=_("Sending you each of them once, and never twice"),
    kept=_ACCOUNT,
)
impersonal(Delivery, "id", "claim")
impersonal(Campaign, "subject", "body")  # written by us to everybody
personal(
    AccountExport,
    "user",
    "state",
    "language",
    "asked_at",
    "changed_at",
    "file",
    "bytes",
    what=_("Packages of your data that you asked for"),
    purpose=_("Handing them to you"),
    kept=_("a week"),
)
impersonal(AccountExport, "id")
personal(
    AccountClosing,
    "user",
    "receipt",
    "asked_at",
    "erase_at",
    what=_("That you have closed your account, and when it is erased"),
    purpose=_("Letting you come back in time, and erasing everything afterwards"),
    kept=_("until you come back, or until everything is erased"),
)
impersonal(DeletionReceipt, "digest", "counts")  # found by a code that nobody but the person has
personal(
    DisclosureConsent,
    "user",
    "recipient",
    "fields",
    "purpose",
    "state",
    "asked_at",
    "asked_by",
    "answered_at",
    "withdrawn_at",
    what=_("Whether you have agreed that somebody gets something about you, and who asked you"),
    purpose=_("Passing nothing on without your agreement, and proving it"),
    kept=_ACCOUNT,
)
personal(
    Disclosure,
    "user",
    "ground",
    "recipient",
    "fields",
    "evidence",
    "consent",
    "by",
    "made_at",
    "sealed_until",
    what=_("What was disclosed about you: to whom, on which ground, with what proof, and by whom"),
    purpose=_("Showing it to you, and counting it in public"),
    kept=_("for ever, for the yearly counts; when the account is erased, without saying whose it was"),
)
impersonal(Disclosure, "salt", "subject", "author", "previous", "digest")  # checksums of the above
personal(
    DisclosureNotice,
    "disclosure",
    "user",
    "told_at",
    what=_("When we wrote to you about a disclosure"),
    purpose=_("Proving that you were told, and telling you once"),
    kept=_ACCOUNT,
)
personal(
    DisclosureExport,
    "disclosure",
    "format",
    "people",
    "by",
    "at",
    what=_("When a file with what was disclosed was made, and by whom"),
    purpose=_("Knowing of every copy that has left the house"),
    kept=_("for ever, without saying whose it was when the account is erased"),
)
for _record, _facts in (
    (SealExtension, ("disclosure", "until", "reason", "by", "at")),
    (DisclosureConfirmation, ("disclosure", "by", "at")),
):
    personal(
        _record,
        *_facts,
        what=_("Which member of staff has renewed a seal or confirmed a disclosure"),
        purpose=_("Letting nobody do it unseen"),
        kept=_("for ever, without the name when the account of the member of staff is erased"),
    )
personal(
    ContactLook,
    "user",
    "by",
    "reason",
    "note",
    "at",
    what=_("When our staff looked at your contact data, and why"),
    purpose=_("Showing it to you"),
    kept=_ACCOUNT,
)

"""What the pages of accounts are called where they are counted."""

from django.utils.translation import gettext_lazy as _

from policy.analytics.names import register

register(
    "login",
    _("Signing in and out"),
    "account_log*",
    "logout",
    "account_inactive",
    "mfa_authenticate",
    "mfa_login_*",
)
register("account_signup", _("Signing up"), "account_email_verification_sent", "account_confirm_email")
register("account_reset_password", _("Forgotten password"), "account_reset_*")
register("account_reauthenticate", _("Asking again who it is"), "mfa_reauthenticate*")
register("account_home", _("Account"), "account_*")
register("mfa_index", _("Security of the account"), "mfa_*", "usersessions_*")
register("account_data", _("My data"), "disclosure*", "export_*")
register("account_close", _("Closing the account"), "account_closing", "deletion_receipt")
register("news", _("News by e-mail"), "news_*", "opt_out")
register("mail_reports", _("Reports of the mail provider"))

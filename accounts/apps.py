from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        # Each of them registers what it does when it is imported.
        from accounts import alarms, evidence, noted, pages, privacy, retention, sessions, signals  # noqa: F401
        from accounts.disclosures import evidence as _disclosures  # noqa: F401
        from accounts.disclosures import finding  # noqa: F401
        from accounts.leaving import evidence as _evidence  # noqa: F401
        from accounts.leaving import holding, keepers, restoring  # noqa: F401
        from accounts.leaving import retention as _retention  # noqa: F401
        from accounts.mailing import evidence as _news  # noqa: F401


class StaffAdminConfig(admin.AdminConfig):
    """Named in INSTALLED_APPS in place of Django's own."""

    default = False
    default_site = "accounts.staff.StaffSite"

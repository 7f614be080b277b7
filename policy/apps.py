from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# Modules that register something when they are imported: what is deleted, shown as evidence, set as a cookie.
_REGISTERING = (
    "privacy",
    "retention",
    "analytics.evidence",
    "analytics.names",
    "analytics.retention",
    "contact.evidence",
    "contact.retention",
    "cookies.entries",
    "cookies.evidence",
    "cookies.retention",
    "guides.evidence",
    "guides.retention",
    "noted.ours",
    "outbound.evidence",
    "outbound.retention",
    "reports.evidence",
    "versions.evidence",
)


class PolicyConfig(AppConfig):
    name = "policy"
    verbose_name = _("Policy")

    def ready(self) -> None:
        for module in _REGISTERING:
            import_module(f"policy.{module}")

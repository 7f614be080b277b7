"""What this app and Django's own apps store about people, why, and for how long (promise P2)."""

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext_lazy as _

from policy import models
from policy.inventory import impersonal, personal

_ACCOUNT = _("as long as the account")
_YEAR = _("12 months")
_STAFF = _("until the account of the member of staff is deleted; the entry stays without the name")

personal(
    models.PolicyAcceptance,
    "user",
    "version",
    "accepted_at",
    what=_("Your agreement to a version of this policy"),
    purpose=_("Knowing to what you have agreed, and when to ask you again"),
    kept=_ACCOUNT,
)
personal(
    models.ContactMessage,
    "name",
    "email",
    "topic",
    "message",
    "language",
    "received_at",
    what=_("Your message to us, with your e-mail address and the name that you signed with"),
    purpose=_("Answering you"),
    kept=_YEAR,
)
personal(
    models.ContactMessage,
    "state",
    "answer",
    "answered_at",
    what=_("Our answer, and when it was given"),
    purpose=_("Knowing what we told you, and that no message is left lying"),
    kept=_YEAR,
)
personal(
    models.ContactMessage,
    "answered_by",
    what=_("Who of our staff answered"),
    purpose=_("Asking back inside our house"),
    kept=_YEAR,
)
impersonal(
    models.ContactMessage, "submission"
)  # random, made for the form: tells two clicks from two messages
personal(
    models.CookieConsent,
    "id",
    "version",
    "convenience",
    "statistics",
    "given_at",
    "how",
    what=_("Your choice about cookies, under a random number that only your browser knows"),
    purpose=_("Proving that you were asked, and what you answered"),
    kept=_YEAR,
)
personal(
    models.AggregateReport,
    "created_by",
    what=_("Who of our staff made a report"),
    purpose=_("Knowing who made it"),
    kept=_STAFF,
)
personal(
    models.ReportHandover,
    "by",
    what=_("Who of our staff handed a report over"),
    purpose=_("Knowing who did it"),
    kept=_STAFF,
)
personal(
    LogEntry,
    "user",
    "action_time",
    "content_type",
    "object_id",
    "object_repr",
    "action_flag",
    "change_message",
    what=_("What a member of staff did on the staff pages, to what, and when"),
    purpose=_("Being able to tell who changed what"),
    kept=_("as long as the account of the member of staff"),
)

# Sums and words of our own. Nobody's name, address or browser is in them; where they came from is told above.
impersonal(
    models.AggregateReport,
    "title",
    "first_day",
    "last_day",
    "dimensions",
    "measure",
    "minimum",
    "table",
    "guarded",
    "digest",
    "smallest",
    "created_at",
)
impersonal(models.ReportHandover, "report", "partner", "partner_name", "format", "note", "handed_at")
impersonal(models.Partner, "name", "host")  # companies
impersonal(models.PageView, "id", "route", "method", "referrer_host", "country")
impersonal(models.PageViewDaily, "route", "durations")
impersonal(models.PageSourceDaily, "route", "referrer_host", "country")
impersonal(models.DailyFigure, "key")
impersonal(models.RetentionRun, "rule")
impersonal(models.Erasure, "label", "key")  # the number of something that is gone
impersonal(models.Guide, "slug", "title", "summary", "body")
impersonal(models.GuideStep, "from_slug", "to_slug")
impersonal(models.OutboundLink, "host")
impersonal(models.PolicyVersion, "digest")
impersonal(models.PolicyText, "body", "changes")
impersonal(Group, "name")
impersonal(Permission, "name", "codename")
impersonal(ContentType, "app_label", "model")

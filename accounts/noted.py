"""Notes about staff: who opened contact data, and which files of disclosures were made."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts import names
from accounts.models import ContactLook, DisclosureExport, User
from policy.noted.kinds import Kind, register

OF_ACCOUNT = _("A whole user name: of the account, or of who did it")


def of_account(rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    """Rows with a `user` and a `by`, of whom one is called so."""
    if not words:
        return rows
    found = User.objects.filter(username_key=names.fold(words))
    return rows.filter(user__in=found) | rows.filter(by__in=found)


def link_to(user: User | None) -> SafeString | None:
    if user is None:
        return None
    return format_html('<a href="{}">{}</a>', reverse("admin:accounts_user_change", args=[user.pk]), user)


def name_of(user: User | None) -> str | None:
    return user.username if user else None


register(
    Kind(
        key="contact",
        title=_("Contact data opened"),
        permission="accounts.view_contactlook",
        moment="at",
        columns=[_("When"), _("Account"), _("Reason"), _("Note"), _("By")],
        find=lambda words: of_account(ContactLook.objects.select_related("user", "by"), words),
        cells=lambda row: [
            row.at,
            link_to(row.user),
            row.get_reason_display(),
            row.note,
            name_of(row.by),
        ],
        help=OF_ACCOUNT,
    )
)
register(
    Kind(
        key="files",
        title=_("Files of disclosures"),
        permission="accounts.view_disclosureexport",
        moment="at",
        columns=[_("When"), _("Disclosure"), _("Format"), _("Accounts in it"), _("By")],
        find=lambda _words: DisclosureExport.objects.select_related("disclosure", "by"),
        cells=lambda row: [
            row.at,
            format_html(
                '<a href="{}">{}</a>',
                reverse("admin:accounts_disclosure_change", args=[row.disclosure_id]),
                row.disclosure,
            ),
            row.get_format_display(),
            row.people,
            name_of(row.by),
        ],
    )
)

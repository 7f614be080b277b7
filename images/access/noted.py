"""Who of our staff looked at a picture, for staff to read."""

from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.noted import OF_ACCOUNT, link_to, name_of, of_account
from images.access.models import ImageAccess
from policy.noted.kinds import Kind, register


def _address_of(photo: UUID) -> str:
    return reverse("admin:images_photo_change", args=[photo])


register(
    Kind(
        key="pictures",
        title=_("Pictures opened"),
        permission="images.view_imageaccess",
        moment="seen_at",
        columns=[_("When"), _("Owner"), _("Photo"), _("Reason"), _("Note"), _("By")],
        find=lambda words: of_account(ImageAccess.objects.select_related("user", "by"), words),
        cells=lambda row: [
            row.seen_at,
            link_to(row.user) or _("guest"),
            format_html('<a href="{}">{:.8}…</a>', _address_of(row.photo), str(row.photo)),
            row.get_reason_display(),
            row.note,
            name_of(row.by),
        ],
        help=OF_ACCOUNT,
    )
)

"""How a piece of evidence is written: numbers, moments and words in the reader's way."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format, localize
from django.utils.html import format_html
from django.utils.translation import gettext as _

from policy.evidence import Value

register = template.Library()


@register.filter
def shown(value: Value) -> str:
    if value is None:
        return _("not yet")
    if isinstance(value, datetime):
        local = timezone.localtime(value)
        return format_html(
            '<time datetime="{}">{}</time>', local.isoformat(), date_format(local, "SHORT_DATETIME_FORMAT")
        )
    return str(localize(value)) if isinstance(value, int) else str(value)

"""How a piece of evidence is written: numbers, moments and words in the reader's way."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from django import template
from django.utils import timezone
from django.utils.formats import date_format, localize
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from policy.evidence import Value
from policy.versions.page import Proof

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


# Hundreds of both stand on the page: one by one in the template they would be most of its time.


@register.filter
def cells(row: Sequence[Value]) -> SafeString:
    """A row of a table, whose first cell names it."""
    first, *others = row
    return format_html(
        '<th scope="row">{}</th>{}',
        shown(first),
        format_html_join("", "<td>{}</td>", ((shown(value),) for value in others)),
    )


@register.filter
@cache
def listed(proofs: tuple[Proof, ...]) -> SafeString:
    """The same for everybody: names of tests are not translated."""
    return format_html_join(
        "", "<li>{} <code>{}</code></li>", ((proof.sentence, proof.file) for proof in proofs)
    )

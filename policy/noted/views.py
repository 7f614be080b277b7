"""One page of the admin for everything that is noted."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bgbegone.lib.cursors import Order
from bgbegone.lib.words import Words
from policy.dashboard.panels import Cell, shown
from policy.noted import kinds

_SIZE = 50
# As the box says. SQLite refuses to look for a text of 50,000 characters.
_LONGEST = 150


@never_cache
@require_safe
def noted(request: HttpRequest) -> HttpResponse:
    """The newest notes of one kind, of the first where none is asked for."""
    readable = kinds.of(request.user)
    if not readable:
        raise PermissionDenied
    asked = request.GET.get("kind", "")
    kind = next((kind for kind in readable if kind.key == asked), readable[0])
    words = request.GET.get("q", "").strip()[:_LONGEST]
    # What databases disagree about, and nobody types.
    rows = kind.find(words) if "\0" not in words else kind.find("").none()
    order = Order(kind.moment, f"noted:{request.user.pk}:{kind.key}")
    page = order.slice(rows, request.GET.get("at", ""), _SIZE)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("What we noted"),
        "is_noted": True,
        "kinds": readable,
        "kind": kind,
        "words": words,
        "lines": [[_shown(cell) for cell in kind.cells(row)] for row in page.rows],
        "page": page,
    }
    return TemplateResponse(request, "policy/noted/noted.html", context)


def _shown(cell: Cell | Words) -> str:
    # What people have written goes round `shown`, which remembers what it has written.
    return str(cell) if isinstance(cell, str | Promise) else shown(cell)

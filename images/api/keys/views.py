"""A member's own keys: making, seeing what they were used for, withdrawing."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.leaving.views import by_the_person_now
from accounts.models import User
from bgbegone.lib import ratelimit
from images.api.keys import services
from images.api.keys.forms import KeyForm
from images.api.keys.models import ApiKey
from images.api.limits.models import ApiUse

_NEW_KEYS, _SECONDS = 20, 3600
_DAYS_SHOWN = 31


def _person(request: HttpRequest) -> User:
    person: User = User.objects.get(pk=request.user.pk)
    return person


@never_cache
@login_required
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    return _page(request, person, KeyForm(owner=person))


def _page(
    request: HttpRequest, person: User, form: KeyForm, *, secret: str = "", status: int = 200
) -> HttpResponse:
    rows = ApiUse.objects.filter(key__owner=person).order_by("-day").values("day")
    context = {
        "form": form,
        "keys": ApiKey.objects.filter(owner=person),
        "secret": secret,
        "limit": settings.API_MEGAPIXELS_PER_MINUTE,
        "days": rows.annotate(calls=Sum("calls"), megapixels=Sum("megapixels"), refusals=Sum("refusals"))[
            :_DAYS_SHOWN
        ],
    }
    return render(request, "images/api/keys.html", context, status=status)


@never_cache
@require_POST
@by_the_person_now
def key_create(request: HttpRequest) -> HttpResponse:
    """The key stands in this one answer: neither a session nor a message may hold it."""
    person = _person(request)
    if ratelimit.is_over("api-key-new", str(person.pk), _NEW_KEYS, _SECONDS):
        return ratelimit.too_many(request, _SECONDS)
    form = KeyForm(request.POST, owner=person)
    if not form.is_valid():
        return _page(request, person, form, status=422)
    secret = services.issue(form.chosen())
    return _page(request, person, KeyForm(owner=person), secret=secret)


@login_required
@require_POST
def key_revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(ApiKey, owner=request.user.pk, pk=pk).revoke()
    messages.success(request, _("The key has been withdrawn. It opens nothing any more."))
    return redirect("api_keys")

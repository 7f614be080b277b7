"""The person's own page: what we hold, taking it along, closing the account, coming back (promise P16)."""

from collections.abc import Callable
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts import belongings
from accounts.leaving import holding, services
from accounts.leaving.models import AccountClosing, AccountExport, DeletionReceipt, digest_of
from accounts.models import User
from bgbegone.lib import ratelimit
from bgbegone.lib.http import picture
from policy.versions.asking import open_before_agreeing

_EXPORTS, _EXPORT_SECONDS = 5, 24 * 3600
_MISSES, _SECONDS = 30, 60


View = Callable[..., HttpResponseBase]


def by_the_person_now(view: View) -> View:
    """Only for who has shown a moment ago that it is them: a browser left open must not be enough."""
    checked: View = reauthentication_required(view)
    return checked


def _person(request: HttpRequest) -> User:
    person: User = User.objects.get(pk=request.user.pk)
    return person


@open_before_agreeing
@holding.open_while_leaving
@never_cache
@login_required
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """What is held about the person, why, how long, and how much of it there is."""
    person = _person(request)
    held = [(rows, rows.rows.count()) for rows in belongings.rows_of(person)]
    context = {
        "held": [(rows, count) for rows, count in held if count],
        "exports": person.exports.all(),
        "is_under_way": person.exports.exclude(state__in=["ready", "failed"]).exists(),
        "closing_days": settings.CLOSING_DAYS,
    }
    return render(request, "accounts/leaving/data.html", context)


@open_before_agreeing
@holding.open_while_leaving
@require_POST
@by_the_person_now
def export_create(request: HttpRequest) -> HttpResponse:
    if ratelimit.is_over("export", str(request.user.pk), _EXPORTS, _EXPORT_SECONDS):
        return ratelimit.too_many(request, _EXPORT_SECONDS)
    services.ask_for_export(_person(request))
    messages.success(request, _("Your package is being made. It appears here when it is ready."))
    return redirect("account_data")


@open_before_agreeing
@holding.open_while_leaving
@require_GET
@by_the_person_now
def export_file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """For the person alone, who has just shown that it is them: the package holds everything."""
    own = AccountExport.objects.filter(user=request.user.pk, state=AccountExport.State.READY)
    export = get_object_or_404(own, pk=pk)
    try:
        file = default_storage.open(export.file)
    except FileNotFoundError as err:
        raise Http404 from err
    return picture(file, "application/zip", attachment=f"my-data-{export.asked_at:%Y-%m-%d}.zip")


@open_before_agreeing
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@by_the_person_now
def close(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    is_last = person.is_superuser and User.objects.filter(is_superuser=True, is_active=True).count() == 1
    if request.method != "POST" or is_last:
        context = {"days": settings.CLOSING_DAYS, "is_last": is_last}
        return render(request, "accounts/leaving/close.html", context, status=409 if is_last else 200)
    code = services.close(person)
    if code is None:
        return redirect("account_closing")
    logout(request)
    closing = DeletionReceipt.objects.get(digest=digest_of(code))
    return render(request, "accounts/leaving/closed.html", {"code": code, "receipt": closing})


@open_before_agreeing
@holding.open_while_leaving
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def closing(request: HttpRequest) -> HttpResponse:
    """For somebody who has signed in again before the days were over."""
    row = AccountClosing.objects.filter(user=request.user.pk).first()
    if row is None:
        holding.let_in(request)
        return redirect("account_home")
    if request.method == "POST" and services.keep(_person(request)):
        holding.let_in(request)
        messages.success(request, _("Good to have you back. Your account stays."))
        return redirect("account_home")
    return render(request, "accounts/leaving/closing.html", {"closing": row})


@never_cache
@require_safe
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    """What became of an account, for whoever has the code. It names nobody."""
    found = DeletionReceipt.objects.filter(digest=digest_of(code)).first()
    if found is None:
        if ratelimit.is_over("receipt", ratelimit.client_of(request), _MISSES, _SECONDS):
            return ratelimit.too_many(request, _SECONDS)
        return render(request, "accounts/wrong_link.html", status=404)
    kinds = {keeper.name: keeper.what for keeper in belongings.keepers()}
    counts = [(kinds.get(name, name), count) for name, count in found.counts.items()]
    context = {"receipt": found, "counts": counts, "is_due": found.erase_at <= timezone.now()}
    return render(request, "accounts/leaving/receipt.html", context)

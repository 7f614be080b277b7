"""The person's own view: what was disclosed about them, what they have agreed to, who looked (promise P6)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.disclosures.models import Disclosure, DisclosureConsent
from accounts.leaving import holding
from accounts.models import User
from accounts.people import looks
from policy.versions.asking import open_before_agreeing


@open_before_agreeing
@holding.open_while_leaving
@never_cache
@login_required
@require_safe
def disclosures(request: HttpRequest) -> HttpResponse:
    consents = DisclosureConsent.objects.filter(user=request.user.pk)
    asked = DisclosureConsent.State.ASKED
    context = {
        "questions": consents.filter(state=asked),
        "consents": consents.exclude(state=asked),
        "disclosures": Disclosure.objects.shown_to(request.user).prefetch_related("exports"),
        "looks": looks.at(User.objects.get(pk=request.user.pk)),
    }
    return render(request, "accounts/disclosures/mine.html", context)


@open_before_agreeing
@holding.open_while_leaving
@login_required
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Yes, no, or no longer."""
    consent = get_object_or_404(DisclosureConsent, pk=pk, user=request.user.pk)
    said = request.POST.get("answer", "")
    if said == "give" and consent.answer(agrees=True):
        messages.success(request, _("You have agreed. You can withdraw it here."))
    elif said == "refuse" and consent.answer(agrees=False):
        messages.success(request, _("You have refused. Nothing is passed on."))
    elif said == "withdraw" and consent.withdraw():
        messages.success(request, _("Withdrawn. Nothing more is passed on because of it."))
    else:
        messages.warning(request, _("This has been answered already. See below how it stands."))
    return redirect("disclosures")

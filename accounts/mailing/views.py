"""Opting in and out: in the account, and through links that need no login (promise P7)."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.mailing import services, tokens
from accounts.mailing.forms import OptOutForm
from accounts.mailing.models import EmailConsentEvent, EmailPreference
from accounts.models import User
from bgbegone.lib import ratelimit
from bgbegone.lib.http import unpublished

# Only wrong tokens are counted, so that nobody can be kept from leaving.
_MISSES, _SECONDS = 30, 60
_ASKS, _ASK_SECONDS = 5, 3600


def _wrong_link(request: HttpRequest) -> HttpResponse:
    if ratelimit.is_over("mail-link", ratelimit.client_of(request), _MISSES, _SECONDS):
        return ratelimit.too_many(request, _SECONDS)
    return render(request, "accounts/wrong_link.html", status=404)


# Exempt from the CSRF check: mail programs post here without a cookie (RFC 8058), and the token in the
# address is all the authority there is.
@csrf_exempt
@unpublished
@require_http_methods(["GET", "HEAD", "POST"])
def opt_out(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks and changes nothing, since scanners follow every link. POST acts, and never redirects."""
    try:
        pk, campaign = tokens.read_opt_out(token)
    except (BadSignature, ValueError):
        return _wrong_link(request)
    if request.method != "POST":
        wanted = EmailPreference.objects.filter(pk=pk).exclude(state=EmailPreference.State.OPTED_OUT)
        if wanted.exists():
            return render(request, "accounts/opt_out.html", {"form": OptOutForm()})
    elif "undo" in request.POST:
        if services.undo_opt_out(pk, campaign=campaign):
            return render(request, "accounts/opted_out.html", {"is_undone": True})
    else:
        services.opt_out(pk, how=_how(request), reason=_reason(request), campaign=campaign)
    return render(request, "accounts/opted_out.html", {"can_undo": services.can_undo(pk)})


def _how(request: HttpRequest) -> str:
    is_one_click = request.POST.get("List-Unsubscribe") == "One-Click"
    return EmailConsentEvent.How.ONE_CLICK if is_one_click else EmailConsentEvent.How.LINK


def _reason(request: HttpRequest) -> str:
    """Whatever else comes in the form: a wrong reason must not keep anybody from leaving."""
    form = OptOutForm(request.POST)
    return str(form.cleaned_data["reason"]) if form.is_valid() else ""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def news_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The second step of opting in, reached from the e-mail."""
    try:
        preference = tokens.read_confirm(token)
    except (BadSignature, ValueError):
        return _wrong_link(request)
    if preference is None or preference.state == EmailPreference.State.OPTED_OUT:
        return _wrong_link(request)
    if request.method == "POST":
        services.confirm(preference)
        preference.refresh_from_db()
    is_confirmed = preference.state == EmailPreference.State.CONFIRMED
    return render(request, "accounts/news_confirm.html", {"is_confirmed": is_confirmed})


@never_cache
@login_required
@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """What somebody gets from us, and since when."""
    preference = EmailPreference.objects.filter(user=request.user.pk).first()
    events = list(EmailConsentEvent.objects.filter(user=request.user.pk))
    is_suppressed = bool(events) and events[-1].kind == EmailConsentEvent.Kind.SUPPRESSED
    context = {
        "preference": preference,
        "state": _state_of(preference, User.objects.get(pk=request.user.pk)),
        "events": events,
        "stopped": events[-1] if is_suppressed else None,
        "days": tokens.CONFIRM_DAYS,
        "sender": settings.DEFAULT_FROM_EMAIL,
    }
    return render(request, "accounts/news.html", context)


def _state_of(preference: EmailPreference | None, user: User) -> str:
    """As it is for the address of now: what one of before has agreed to sends nothing."""
    if preference is None:
        return ""
    if preference.state != EmailPreference.State.OPTED_OUT and preference.address != user.email.lower():
        return "elsewhere"
    return preference.state


@login_required
@require_POST
def news_change(request: HttpRequest) -> HttpResponse:
    """The account's own switch."""
    user = User.objects.get(pk=request.user.pk)
    if "stop" in request.POST:
        preference = EmailPreference.objects.filter(user=user).first()
        if preference:
            services.opt_out(preference.pk, how=EmailConsentEvent.How.ACCOUNT)
        messages.success(request, _("You get no more news from us."))
    elif ratelimit.is_over("news-ask", str(user.pk), _ASKS, _ASK_SECONDS):
        return ratelimit.too_many(request, _ASK_SECONDS)
    else:
        services.ask(user, how=EmailConsentEvent.How.ACCOUNT)
        messages.success(request, _("We have sent you an e-mail. News begin when you follow its link."))
    return redirect("news")

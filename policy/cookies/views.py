"""The page about cookies, and the two forms that stand at the foot of every page."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from bgbegone.lib import origin, ratelimit
from policy.cookies import consent, registry, services
from policy.cookies.forms import ChoiceForm, LanguageForm
from policy.cookies.models import KEPT, CookieConsent

# More than anybody changes her mind, too little to fill a table.
_ANSWERS, _SECONDS = 30, 300


@never_cache
@require_safe
def cookies(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(request: HttpRequest, status: int = 200, refused: bool = False) -> HttpResponse:
    found = consent.of(request)
    context = {
        "categories": [(category, registry.of(category)) for category in registry.Category],
        "list_version": registry.version(),
        "stored": registry.stored(),
        "record": CookieConsent.objects.filter(pk=found.receipt).first() if found.receipt else None,
        "kept_days": KEPT.days,
        "refused": refused,
    }
    return render(request, "policy/cookies/cookies.html", context, status=status)


View = Callable[[HttpRequest], HttpResponse]


def sent_from(is_welcome: Callable[[HttpRequest], bool]) -> Callable[[View], View]:
    """In place of Django's check by cookie: these forms are on pages whose readers have none."""

    def decorator(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def wrapped(request: HttpRequest) -> HttpResponse:
            return view(request) if is_welcome(request) else _page(request, status=403, refused=True)

        return wrapped

    return decorator


@sent_from(origin.is_own)
@require_POST
def choice(request: HttpRequest) -> HttpResponse:
    if ratelimit.is_over("cookie-choice", ratelimit.client_of(request), _ANSWERS, _SECONDS):
        return ratelimit.too_many(request, _SECONDS)
    form = ChoiceForm(request.POST, request=request)
    if not form.is_valid():
        return render(request, "400.html", status=400)
    response = redirect(form.way_back or "cookies")
    # Against the browser's signal nothing is recorded; the page that follows says how that is.
    if not consent.of(request).is_refused_by_signal:
        services.record_choice(form, request=request, response=response)
    return response


def _is_harmless(request: HttpRequest) -> bool:
    """The page behind a share link has this form, too, and no origin; another language hurts nobody."""
    return origin.is_own(request) or origin.is_nameless(request)


@sent_from(_is_harmless)
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    form = LanguageForm(request.POST, request=request)
    if not form.is_valid():
        return render(request, "400.html", status=400)
    response = redirect(form.way_back or "home")
    services.keep_language(request, response, form.cleaned_data["language"])
    return response

"""Recording what a visitor decides."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from policy import figures
from policy.cookies import comforts, consent, registry
from policy.cookies.attributes import give
from policy.cookies.entries import LANGUAGE
from policy.cookies.forms import ChoiceForm
from policy.cookies.models import CookieConsent


def record_choice(form: ChoiceForm, *, request: HttpRequest, response: HttpResponseBase) -> None:
    """Keep an answer: as a row, which proves it, and as the cookie that the row's number is in."""
    record = CookieConsent.objects.create(
        version=registry.version(),
        convenience=form.says_yes_to("convenience"),
        statistics=form.says_yes_to("statistics"),
        how=form.cleaned_data["how"],
    )
    for category in ("convenience", "statistics"):
        figures.add(f"cookies.{category}.{'yes' if form.says_yes_to(category) else 'no'}")
    consent.write(response, record)
    consent.remember(request, consent.of_record(record))


def keep_language(request: HttpRequest, response: HttpResponseBase, language: str) -> None:
    """For as long as the browser is open; longer with the convenience cookie, which needs no second one."""
    if not consent.of(request).convenience:
        give(response, LANGUAGE, language)
        return
    comforts.remember(request, response, language=language)
    if LANGUAGE.name in request.COOKIES:
        response.delete_cookie(LANGUAGE.name, samesite="Lax")

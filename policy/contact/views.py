"""The contact form and its thank-you page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bgbegone.lib import ratelimit
from policy.contact import services
from policy.contact.forms import ContactForm

# Enough for somebody who remembers one more thing, twice; too few for a flood.
_MESSAGES, _SECONDS = 5, 600


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, ContactForm(initial={"email": getattr(request.user, "email", "")}))
    form = ContactForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    if ratelimit.is_over("contact", ratelimit.client_of(request), _MESSAGES, _SECONDS):
        return _too_many(request, form)
    services.receive(form, language=get_language() or "en")
    return redirect("contact_thanks")


@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    return render(request, "policy/contact/thanks.html")


def _too_many(request: HttpRequest, form: ContactForm) -> HttpResponse:
    """The message stays in the form: who waits should not have to write it again."""
    form.add_error(
        None,
        _("Many messages came from your network just now. Yours is still here: please try in ten minutes."),
    )
    response = _page(request, form, status=429)
    response["Retry-After"] = str(_SECONDS)
    return response


def _page(request: HttpRequest, form: ContactForm, status: int = 200) -> HttpResponse:
    response = render(request, "policy/contact/contact.html", {"form": form}, status=status)
    response["Cache-Control"] = "no-store, private"
    return response

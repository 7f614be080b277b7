"""Pages of the admin about one person: contact data, for a reason, and what can be done with the account."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import ContactLook, Disclosure, DisclosureConsent, User
from accounts.people import glance, services
from accounts.people.forms import ReasonForm
from bgbegone.lib import masks, ratelimit
from bgbegone.lib.admins import Admin
from bgbegone.lib.words import Words

_LOOKS, _SECONDS = 60, 3600


def may_look(request: HttpRequest) -> bool:
    return request.user.has_perm("accounts.add_contactlook")


def overview(request: HttpRequest, person: User) -> dict[str, Any]:
    """What the person's own page of the admin shows above its form."""
    return {
        "person": person,
        "glance": glance.look_at([person])[person.pk],
        "masked": _contact(person, masks.full_name, masks.email, masks.phone),
        "look_form": ReasonForm(ContactLook.Reason),
        "looks": ContactLook.objects.filter(user=person).select_related("by")[:10],
        "consents": DisclosureConsent.objects.filter(user=person),
        "disclosures": Disclosure.objects.filter(user=person).prefetch_related("renewals"),
        "may_look": may_look(request),
        "may_ask": request.user.has_perm("accounts.add_disclosureconsent"),
        "may_disclose": request.user.has_perm("accounts.add_disclosure"),
        "may_see_register": request.user.has_perm("accounts.view_disclosure"),
    }


def _contact(
    person: User,
    name: Callable[[str], str] = str,
    email: Callable[[str], str] = str,
    phone: Callable[[str], str] = str,
) -> list[tuple[Words, str]]:
    return [
        (_("Full name"), name(person.full_name)),
        (_("E-mail address"), email(person.email)),
        (_("Phone number"), phone(person.phone)),
    ]


@never_cache
@require_POST
def contact(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    """Note the look, then show it. The page has no address of its own that could be opened once more."""
    person = get_object_or_404(User, pk=pk)
    if not (admin.has_view_permission(request, person) and may_look(request)):
        raise PermissionDenied
    form = ReasonForm(ContactLook.Reason, request.POST)
    context: dict[str, Any] = {"title": _("Contact data"), "person": person, "form": form}
    if not form.is_valid():
        return page(request, admin, "accounts/people/contact.html", context, 422)
    if ratelimit.is_over("contact-look", str(request.user.pk), _LOOKS, _SECONDS):
        return ratelimit.too_many(request, _SECONDS)
    services.look(person, by=User.objects.get(pk=request.user.pk), **form.cleaned_data)
    context["contact"] = _contact(person)
    return page(request, admin, "accounts/people/contact.html", context)


@require_POST
def move(request: HttpRequest, admin: Admin, pk: int, name: str) -> HttpResponse:
    """One of the buttons. Nobody locks themselves out, and only superusers touch a superuser."""
    person = get_object_or_404(User, pk=pk)
    if not admin.has_change_permission(request, person) or name not in _MOVES:
        raise PermissionDenied
    if name == "lock" and person == request.user:
        raise PermissionDenied
    done, words, no_words = _MOVES[name]
    if done(request, person):
        admin.log_change(request, person, str(words))
        admin.message_user(request, words)
    else:
        admin.message_user(request, no_words, level="WARNING")
    return redirect("admin:accounts_user_change", pk)


_Move = Callable[[HttpRequest, User], bool]

_MOVES: dict[str, tuple[_Move, Words, Words]] = {
    "lock": (
        lambda _request, person: services.lock(person),
        _("The account is locked, and its sessions have ended."),
        _("The account was locked already."),
    ),
    "unlock": (
        lambda _request, person: services.unlock(person),
        _("The account is open again."),
        _("The account was open already."),
    ),
    "end-sessions": (
        lambda _request, person: bool(services.end_sessions(person)),
        _("All sessions of this account have ended."),
        _("This account had no session."),
    ),
    "verify": (
        services.verify_again,
        _("The e-mail that confirms the address is on its way."),
        _("There is nothing to confirm, or the account is locked."),
    ),
}


def page(
    request: HttpRequest, admin: Any, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page of our own within the admin."""
    whole = {**admin.admin_site.each_context(request), "opts": admin.opts, **context}
    return TemplateResponse(request, template, whole, status=status)

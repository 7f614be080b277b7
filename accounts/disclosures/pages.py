"""Pages of the admin for the register: ask, disclose, look, confirm, keep sealed, make the file."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.disclosures import services
from accounts.disclosures.forms import AskForm, DisclosureForm, SealForm
from accounts.disclosures.models import Disclosure, DisclosureExport, Item
from accounts.models import User
from accounts.people.pages import page
from accounts.staff import ask_again
from bgbegone.lib.admins import Admin
from bgbegone.lib.sheets import csv_file

_FORM, _SHOW = "accounts/disclosures/form.html", "accounts/disclosures/show.html"


def _me(request: HttpRequest) -> User:
    me: User = User.objects.get(pk=request.user.pk)
    return me


def _person(request: HttpRequest) -> User | None:
    """Of whom the address speaks; none is for the sale of the business."""
    key = request.GET.get("person", "")
    if not key:
        return None
    if not key.isdecimal():
        raise Http404
    person: User = get_object_or_404(User, pk=key)
    return person


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, admin: Admin) -> HttpResponse:
    """Put the question of ground (a) to somebody."""
    person = _person(request)
    if not request.user.has_perm("accounts.add_disclosureconsent"):
        raise PermissionDenied
    if person is None:
        raise Http404
    form = AskForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        facts = form.cleaned_data
        facts["fields"] = facts.pop("items")
        try:
            services.ask(person, by=_me(request), **facts)
            admin.message_user(request, _("The question is on its way. The answer appears here."))
            return redirect("admin:accounts_user_change", person.pk)
        except services.Refused as reason:
            form.add_error(None, str(reason))
    context = {"title": _("Ask for an agreement"), "form": form, "person": person, "is_question": True}
    return page(request, admin, _FORM, context, 422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def disclose(request: HttpRequest, admin: Admin) -> HttpResponse:
    """A new row of the register. The file comes afterwards."""
    if not admin.has_add_permission(request):
        raise PermissionDenied
    person = _person(request)
    form = DisclosureForm(request.POST if request.method == "POST" else None, user=person)
    if form.is_valid():
        try:
            row = services.disclose(person, by=_me(request), terms=form.terms())
            admin.message_user(request, _("It has been entered in the register."))
            return redirect("admin:accounts_disclosure_change", row.pk)
        except services.Refused as reason:
            form.add_error(None, str(reason))
    title = _("New disclosure") if person else _("Disclosure to a new owner")
    context = {"title": title, "form": form, "person": person}
    return page(request, admin, _FORM, context, 422 if form.errors else 200)


@never_cache
@require_safe
def show(request: HttpRequest, admin: Admin, pk: str) -> HttpResponse:
    row = _row(request, admin, int(pk) if pk.isdecimal() else 0)
    return _show(request, admin, row, SealForm())


def _show(
    request: HttpRequest, admin: Admin, row: Disclosure, seal_form: SealForm, status: int = 200
) -> HttpResponse:
    context = {
        "title": _("Disclosure %(number)s") % {"number": row.pk},
        "row": row,
        "why_no_file": services.why_no_export(row),
        "files": row.exports.select_related("by"),
        "confirmation": getattr(row, "confirmation", None),
        "told": row.notices.count(),
        "seal_form": seal_form,
        "may_export": may_export(request),
        "may_confirm": _may_confirm(request, row),
        "may_seal": request.user.is_superuser and row.is_sealed,
        "is_genuine": row.is_genuine(),
    }
    return page(request, admin, _SHOW, context, status)


def may_export(request: HttpRequest) -> bool:
    return request.user.has_perm("accounts.add_disclosureexport")


def _may_confirm(request: HttpRequest, row: Disclosure) -> bool:
    is_open = row.is_sale and not hasattr(row, "confirmation") and not row.is_by(request.user)
    return is_open and request.user.has_perm("accounts.add_disclosureconfirmation")


def _row(request: HttpRequest, admin: Admin, pk: int) -> Disclosure:
    rows = Disclosure.objects.select_related("user", "by", "consent", "confirmation__by")
    row: Disclosure = get_object_or_404(rows, pk=pk)
    if not admin.has_view_permission(request, row):
        raise PermissionDenied
    return row


@require_POST
def confirm(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    row = _row(request, admin, pk)
    if not request.user.has_perm("accounts.add_disclosureconfirmation"):
        raise PermissionDenied
    try:
        services.confirm(row, by=_me(request))
        admin.message_user(request, _("Confirmed. The members are being told now."))
    except services.Refused as reason:
        admin.message_user(request, str(reason), level="WARNING")
    return redirect("admin:accounts_disclosure_change", pk)


@require_POST
def extend_seal(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    row = _row(request, admin, pk)
    if not request.user.is_superuser:
        raise PermissionDenied
    form = SealForm(request.POST)
    if form.is_valid():
        try:
            services.extend_seal(row, by=_me(request), **form.cleaned_data)
            return redirect("admin:accounts_disclosure_change", pk)
        except services.Refused as reason:
            form.add_error(None, str(reason))
    return _show(request, admin, row, form, 422)


@never_cache
@require_POST
def export(request: HttpRequest, admin: Admin, pk: int) -> HttpResponseBase:
    """Note that a file is made, then make it. There is no other way for contact data to leave the admin."""
    row = _row(request, admin, pk)
    if not may_export(request):
        raise PermissionDenied
    again = ask_again(request, reverse("admin:accounts_disclosure_change", args=[pk]))
    if again:
        return again
    kind = request.POST.get("format", "")
    if kind not in DisclosureExport.Format:
        raise Http404
    try:
        people = services.export(row, by=_me(request), format=kind)
    except services.Refused as reason:
        admin.message_user(request, str(reason), level="WARNING")
        return redirect("admin:accounts_disclosure_change", pk)
    return _file(row, kind, people)


def _file(row: Disclosure, kind: str, people: Iterator[dict[str, Any]]) -> HttpResponseBase:
    name = f"disclosure-{row.pk}"
    if kind == DisclosureExport.Format.CSV:
        head = [str(Item(field).label) for field in row.fields]
        return csv_file(name, _sheet(head, people))
    response = JsonResponse(
        {"disclosure": row.pk, "people": list(people)},
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    response["Cache-Control"] = "no-store, private"
    return response


def _sheet(head: list[str], people: Iterator[dict[str, Any]]) -> Iterator[list[Any]]:
    yield head
    yield from (list(person.values()) for person in people)

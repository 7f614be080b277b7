"""The policy, its versions, what changed between them, and the question to members."""

from typing import Any

from django.contrib.auth import logout
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from policy import transparency as report
from policy.versions import asking, diff, page, services, ways_out, wording
from policy.versions.diff import Change
from policy.versions.models import PolicyVersion

_DAY = 24 * 3600


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """The version in force, and beside each clause how it is kept."""
    version = services.in_force()
    if version is None:
        raise Http404
    return render(
        request,
        "policy/versions/policy.html",
        context_of(version, is_in_force=True, language=_asked(request)),
    )


@require_safe
def version(request: HttpRequest, number: int) -> HttpResponse:
    """A version as it was, with a note when it is not the one in force."""
    shown = _published(number)
    newest = services.in_force()
    context = context_of(shown, is_in_force=shown == newest, language=_asked(request)) | {
        "newest": newest,
        "is_archive": True,
    }
    return render(request, "policy/versions/policy.html", context)


def _asked(request: HttpRequest) -> str | None:
    """The binding text for whoever wants that rather than a translation."""
    return wording.BINDING if request.GET.get("in") == wording.BINDING else None


def context_of(shown: PolicyVersion, *, is_in_force: bool, language: str | None = None) -> dict[str, Any]:
    """What the page of a version needs. Live figures say nothing about a version that is not in force."""
    text = page.text_of(shown, language)
    intro, clauses = page.clauses_of(text, with_evidence=is_in_force)
    return {
        "version": shown,
        "text": text,
        "binding": wording.BINDING,
        "intro": intro,
        "clauses": clauses,
        "is_in_force": is_in_force,
        "now": timezone.now(),
    }


@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    listed = PolicyVersion.objects.published().prefetch_related("texts")
    rows = [(version, page.text_of(version)) for version in listed]
    return render(request, "policy/versions/versions.html", {"rows": rows})


@require_safe
def changes(request: HttpRequest, number: int) -> HttpResponse:
    """Word by word what a version changed in the one before."""
    shown = _published(number)
    before = _published(number - 1)
    context = {"version": shown, "before": before, "text": page.text_of(shown)}
    return render(request, "policy/versions/changes.html", context | {"changes": _changes(before, shown)})


def _changes(before: PolicyVersion, shown: PolicyVersion) -> list[Change]:
    """Neither of the two can change any more, so the comparison is made once."""
    language = page.text_of(shown).language
    key = f"policy:changes:{before.digest[:16]}:{shown.digest[:16]}:{language}"
    found: list[Change] | None = cache.get(key)
    if found is None:
        found = diff.compare(page.text_of(before, language).body, page.text_of(shown, language).body)
        cache.set(key, found, _DAY)
    return found


@require_safe
def download(request: HttpRequest, number: int) -> HttpResponse:
    """All languages in one plain file, of which the checksum on the page is taken."""
    plain = wording.plain(number, _published(number).texts.all())
    response = HttpResponse(plain, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="privacy-policy-{number}.txt"'
    return response


@require_safe
def transparency(request: HttpRequest) -> HttpResponse:
    first = PolicyVersion.objects.published().last()
    year = timezone.localtime(first.published_at if first else None).year
    return render(
        request,
        "policy/versions/transparency.html",
        {"years": report.years(year), "has_register": report.has_register()},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest) -> HttpResponse:
    """The newest version to a member who has not agreed to it: yes, or not now, which signs out."""
    asked = services.in_force()
    following = _safe_next(request)
    if asked is None or not request.user.is_authenticated:
        return redirect("privacy")
    if request.method == "POST" and request.POST.get("answer") == "not-now":
        logout(request)
        return redirect("home")
    if request.method == "POST" and request.POST.get("version") == str(asked.number):
        services.accept(request.user, asked)
        asking.remember(request, asked.number or 0)
        return redirect(following)
    if request.method != "POST" and not asking.owes(request):
        return redirect(following)
    # A post for another version: a newer one came while this page was open.
    context = {"version": asked, "text": page.text_of(asked), "next": following}
    context |= {"ways_out": ways_out.listed(), "is_first": not services.accepted_number(request.user)}
    status = 409 if request.method == "POST" else 200
    return render(request, "policy/versions/accept.html", context, status=status)


def _safe_next(request: HttpRequest) -> str:
    following = request.POST.get("next") or request.GET.get("next") or "/"
    is_safe = url_has_allowed_host_and_scheme(
        following, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return following if is_safe else "/"


def _published(number: int) -> PolicyVersion:
    return get_object_or_404(PolicyVersion.objects.published(), number=number)

"""The page before another site."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from policy.analytics import visitors
from policy.outbound import links, services


@require_safe
def leaving(request: HttpRequest) -> HttpResponse:
    """Say where a link leads and let the reader decide. It never redirects."""
    try:
        target = links.target_of(request.GET.get("to", ""))
    except links.BadTarget:
        return _sealed(_refused(request))
    if visitors.is_counted(request):
        services.count_notice(target.ascii_host)
    context = {"target": target, "back": _way_back(request)}
    return _sealed(render(request, "policy/outbound/leaving.html", context))


def _refused(request: HttpRequest) -> HttpResponse:
    sentence = _(
        "This link to another site is incomplete, too old or was changed on its way, so it leads nowhere."
    )
    return render(request, "policy/outbound/refused.html", {"sentence": sentence}, status=400)


def _sealed(response: HttpResponse) -> HttpResponse:
    """The other site must not learn where its visitor came from, and no index needs this page."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store, private"
    return response


def _way_back(request: HttpRequest) -> str:
    """The page of ours that holds the link, or else the first one."""
    referrer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referrer, allowed_hosts={request.get_host()}):
        return reverse("home")
    path = urlsplit(referrer).path
    # Two slashes would be a host again.
    return path if path.startswith("/") and not path.startswith("//") else reverse("home")

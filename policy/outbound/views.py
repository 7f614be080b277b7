"""The page before another site."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bgbegone.lib import origin
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
    context = {"target": target, "back": origin.page_before(request) or reverse("home")}
    return _sealed(render(request, "policy/outbound/leaving.html", context))


def _refused(request: HttpRequest) -> HttpResponse:
    sentence = _(
        "This link to another site is incomplete, too old or was changed on its way, so it leads nowhere."
    )
    return render(request, "policy/outbound/refused.html", {"sentence": sentence}, status=400)


def _sealed(response: HttpResponse) -> HttpResponse:
    """No index needs this page. That other sites learn no address of ours is so on every page."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store, private"
    return response

"""The guides and their list."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from bgbegone.lib import markdown
from policy.guides import suggestions
from policy.models import Guide
from policy.outbound import links


@require_safe
def guides(request: HttpRequest) -> HttpResponse:
    found = Guide.objects.for_readers_of(_language())
    return render(request, "policy/guides/guides.html", {"guides": found})


@require_safe
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    found = Guide.objects.to_read(slug, _language())
    if found is None:
        raise Http404
    # Statistics may tell guides apart: which ones there are is no secret.
    request.page_slug = slug  # type: ignore[attr-defined]
    others = _following(slug, Guide.objects.for_readers_of(_language()))
    suggestions.count_step(request, found, others)
    return render_guide(request, found, suggestions.after(found, others))


def _following(slug: str, guides: list[Guide]) -> list[Guide]:
    """All guides but this one, from the one behind it in the list on, as if the list were a ring."""
    here = [guide.slug for guide in guides].index(slug)
    return guides[here + 1 :] + guides[:here]


def render_guide(request: HttpRequest, guide: Guide, read_next: list[Guide]) -> HttpResponse:
    """The page of a guide, also of one that nobody has saved yet."""
    context = {
        "guide": guide,
        "body": markdown.render(guide.body, leave=links.leave),
        "read_next": read_next,
    }
    return render(request, "policy/guides/guide.html", context)


def _language() -> str:
    return get_language() or "en"

"""What a page needs in order to say how long it was looked at."""

from typing import Any

from django import template

from policy.analytics import tokens, visitors

register = template.Library()


@register.inclusion_tag("policy/analytics/_view.html", takes_context=True)
def page_view(context: dict[str, Any]) -> dict[str, str]:
    """The signed name of this view; nothing for who is not counted, or on a page made without a request."""
    request = context.get("request")
    view_id = getattr(request, "view_id", None)
    if request is None or view_id is None or visitors.is_refused(request):
        return {}
    request.view_token = tokens.issue(view_id)
    return {"token": request.view_token}

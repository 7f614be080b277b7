"""`{% outbound "https://…" %}`: the address of the notice page for another site."""

from django import template

from policy.outbound import links

register = template.Library()


@register.simple_tag
def outbound(url: str) -> str:
    """Raises BadTarget: an address in a template is ours, and a wrong one is a mistake of ours."""
    return links.leaving_url(url)

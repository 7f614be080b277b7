"""How the account pages draw their fields."""

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def control(field: BoundField) -> SafeString:
    """The field without the placeholder that allauth repeats its label in."""
    return field.as_widget(attrs={"placeholder": False})


@register.filter
def in_fours(key: str) -> str:
    """A long key in pieces that the eye can keep; apps take it with or without the spaces."""
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))

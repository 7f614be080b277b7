"""How the account pages draw their fields."""

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def control(field: BoundField) -> SafeString:
    """The field without the placeholder that allauth repeats its label in."""
    return field.as_widget(attrs={"placeholder": False})

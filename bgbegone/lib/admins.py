"""The type of what the admin hands to pages of our own: they need no more of it than any ModelAdmin has."""

from typing import TYPE_CHECKING, Any

from django.contrib.admin import ModelAdmin

if TYPE_CHECKING:
    Admin = ModelAdmin[Any]
else:
    Admin = ModelAdmin

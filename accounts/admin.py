"""What staff see of accounts.

Contact data is not shown: name, address and phone are for the person, and leave the house by a disclosure
only (promise P6). Staff who know a name or an address can find the account by it. Passwords, second factors
and sessions are not here at all: whoever could set them could take an account over.
"""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import names
from accounts.campaigns import admin as _campaigns  # noqa: F401 (each part keeps its own)
from accounts.models import User, WrittenPermission

for _model in (EmailAddress, Authenticator, UserSession):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)


class PermissionInline(admin.TabularInline):  # type: ignore[type-arg]
    """Recorded here, never changed; ended by the action of its own list."""

    model = WrittenPermission
    fk_name = "user"
    extra = 0
    fields = ["given_to", "document", "valid_until", "recorded_at", "recorded_by", "ended_at"]
    readonly_fields = ["recorded_at", "recorded_by", "ended_at"]
    can_delete = False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["username", "is_confirmed", "has_second_factor", "is_active", "is_staff", "date_joined"]
    list_filter = ["is_active", "is_staff", "is_superuser", "date_joined", "last_login"]
    search_fields = ["username"]
    search_help_text = _("Part of a user name, or a whole e-mail address")
    ordering = ["-date_joined"]
    filter_horizontal = ["groups", "user_permissions"]
    inlines = [PermissionInline]
    fields = [
        "username",
        "is_confirmed",
        "has_second_factor",
        "is_active",
        "is_staff",
        "is_superuser",
        "groups",
        "user_permissions",
        "date_joined",
        "last_login",
    ]
    _facts = ["username", "is_confirmed", "has_second_factor", "date_joined", "last_login"]
    _powers = ["is_staff", "is_superuser", "groups", "user_permissions"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
        factors = Authenticator.objects.filter(user=OuterRef("pk"))
        factors = factors.exclude(type=Authenticator.Type.RECOVERY_CODES)
        rows: QuerySet[User] = super().get_queryset(request)
        return rows.annotate(_confirmed=Exists(confirmed), _second_factor=Exists(factors))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        if "@" in search_term:
            return queryset.filter(email=names.canonical_email(search_term)), False
        return super().get_search_results(request, queryset, search_term)

    @admin.display(boolean=True, description=_("confirmed"))
    def is_confirmed(self, user: User) -> bool:
        return bool(getattr(user, "_confirmed", False))

    @admin.display(boolean=True, description=_("second factor"))
    def has_second_factor(self, user: User) -> bool:
        return bool(getattr(user, "_second_factor", False))

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Only a superuser hands out powers, and nobody takes their own away by mistake."""
        if obj == request.user:
            return [*self._facts, *self._powers, "is_active"]
        return self._facts if _is_superuser(request) else [*self._facts, *self._powers]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # people sign up; the first staff come from createsuperuser

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False  # an account is closed with everything that belongs to it, not deleted as a row

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and (obj is None or not obj.is_superuser or _is_superuser(request))

    def save_formset(self, request: HttpRequest, form: forms.ModelForm, formset: Any, change: bool) -> None:  # type: ignore[type-arg]
        for permission in formset.save(commit=False):
            permission.recorded_by = request.user
            permission.save()


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


@admin.register(WrittenPermission)
class WrittenPermissionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["user", "given_to", "document", "valid_until", "ended_at", "recorded_by"]
    list_select_related = ["user", "recorded_by"]
    list_filter = ["valid_until"]
    search_fields = ["user__username", "given_to", "document"]
    actions = ["end"]

    @admin.action(description=_("End now"), permissions=["add"])
    def end(self, request: HttpRequest, queryset: QuerySet[WrittenPermission]) -> None:
        ended = sum(permission.end() for permission in queryset)
        words = ngettext("%(count)d permission ended.", "%(count)d permissions ended.", ended)
        messages.success(request, words % {"count": ended})

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

"""What staff see of accounts.

Contact data is masked: name, address and phone are opened one by one for a reason that the person sees, and
leave the house by a disclosure only (promise P6). Staff who know a name, an address or a number can find the
account by it. Passwords, second factors and sessions are not here at all: whoever could set them could take
an account over.
"""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group, Permission
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.campaigns import admin as _campaigns  # noqa: F401 (each part keeps its own)
from accounts.disclosures import admin as _disclosures  # noqa: F401
from accounts.models import User, WrittenPermission
from accounts.people import glance, pages, search, services
from bgbegone.lib import masks

for _model in (EmailAddress, Authenticator, UserSession):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)


class PermissionInline(admin.StackedInline):  # type: ignore[type-arg]
    """Recorded here, never changed; ended by the action of its own list."""

    model = WrittenPermission
    fk_name = "user"
    extra = 0
    fields = ["given_to", "document", "valid_until", "recorded_at", "recorded_by", "ended_at"]
    readonly_fields = ["recorded_at", "recorded_by", "ended_at"]
    can_delete = False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _as_boxes(db_field: Any) -> dict[str, Any]:
    """Groups and permissions to tick: Django's picker of two lists is not for every keyboard and reader."""
    asked: dict[str, Any] = {"widget": forms.CheckboxSelectMultiple}
    if db_field.related_model is Permission:
        # Each names its model, which would be a query of its own.
        asked["queryset"] = Permission.objects.select_related("content_type")
    return asked


class People(ChangeList):
    """Looks at the people of one page together, after the page has been cut out of the list."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        glances = glance.look_at(self.result_list)
        for user in self.result_list:
            user.glance = glances[user.pk]


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = [
        "username",
        "masked_name",
        "masked_email",
        "masked_phone",
        "standing",
        "since",
    ]
    list_filter = ["is_active", "is_staff", "is_superuser", "date_joined", "last_login"]
    search_fields = ["username"]
    search_help_text = _(
        "Part of a user name, or whole: an e-mail address, a phone number, words of the full name"
    )
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # they would count everybody
    change_form_template = "accounts/people/change_form.html"
    actions = ["lock", "unlock", "end_sessions"]
    ordering = ["-pk"]  # the newest first, by an index
    inlines = [PermissionInline]
    _facts = ["username", "date_joined", "last_login"]
    _powers = ["is_staff", "is_superuser", "groups", "user_permissions"]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("<int:pk>/contact/", wrap(self._contact), name="accounts_user_contact"),
            path("<int:pk>/do/<str:name>/", wrap(self._move), name="accounts_user_move"),
        ]
        return [*own, *super().get_urls()]

    def _contact(self, request: HttpRequest, pk: int) -> HttpResponse:
        return pages.contact(request, self, pk)

    def _move(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        return pages.move(request, self, pk, name)

    def get_changelist(self, request: HttpRequest, **_kwargs: Any) -> type[ChangeList]:
        return People

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        return (search.find(queryset, search_term) if search_term.strip() else queryset), False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Filters of the list and no others: “?phone__startswith=” would read numbers digit by digit."""
        is_filter = lookup.partition("__")[0] in self.list_filter
        return is_filter and super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_manytomany(db_field, request, **kwargs, **_as_boxes(db_field))

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        context.update(pages.overview(request, kwargs["obj"]))
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("full name"))
    def masked_name(self, user: User) -> str:
        return masks.full_name(user.full_name)

    @admin.display(description=_("e-mail"))
    def masked_email(self, user: User) -> str:
        return masks.email(user.email)

    @admin.display(description=_("phone"))
    def masked_phone(self, user: User) -> str:
        return masks.phone(user.phone)

    @admin.display(description=_("standing"))
    def standing(self, user: Any) -> str:
        return " · ".join(map(str, user.glance.in_words(user)))

    @admin.display(description=_("since"), ordering="date_joined")
    def since(self, user: User) -> str:
        return date_format(localtime(user.date_joined), "SHORT_DATE_FORMAT")

    @admin.action(description=_("Lock, and end all sessions"), permissions=["change"])
    def lock(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        locked = sum(services.lock(user) for user in self._others(request, queryset))
        words = ngettext("%(count)d account locked.", "%(count)d accounts locked.", locked)
        self.message_user(request, words % {"count": locked})

    @admin.action(description=_("Unlock"), permissions=["change"])
    def unlock(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        opened = sum(services.unlock(user) for user in self._others(request, queryset))
        words = ngettext("%(count)d account unlocked.", "%(count)d accounts unlocked.", opened)
        self.message_user(request, words % {"count": opened})

    @admin.action(description=_("End all sessions"), permissions=["change"])
    def end_sessions(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        ended = sum(services.end_sessions(user) for user in self._others(request, queryset))
        words = ngettext("%(count)d session ended.", "%(count)d sessions ended.", ended)
        self.message_user(request, words % {"count": ended})

    def _others(self, request: HttpRequest, people: QuerySet[User]) -> list[User]:
        """Whom an action is for: not oneself, and superusers only for superusers."""
        people = people.exclude(username=request.user.get_username())
        others = [user for user in people if self.has_change_permission(request, user)]
        for user in others:
            self.log_change(request, user, str(_("By an action of the list.")))
        return others

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not obj.is_active:
            services.end_sessions(obj)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """What somebody may do on these pages is no daily work: closed, and only for who hands it out."""
        daily = (None, {"fields": ["username", "is_active", "date_joined", "last_login"]})
        powers = (_("What this person may do here"), {"fields": self._powers, "classes": ["collapse"]})
        return [daily, powers] if _is_superuser(request) else [daily]

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


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin):
    """Found from the page of a person, and not among the daily work."""

    filter_horizontal = ()

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        return super().formfield_for_manytomany(db_field, request, **kwargs, **_as_boxes(db_field))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(WrittenPermission)
class WrittenPermissionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["user", "given_to", "document", "valid_until", "ended_at", "recorded_by"]
    list_select_related = ["user", "recorded_by"]
    list_filter = ["valid_until"]
    search_fields = ["user__username", "given_to", "document"]
    # Looked up in the list of people: a select would hold every account.
    raw_id_fields = ["user"]
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

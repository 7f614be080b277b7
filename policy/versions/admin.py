"""Drafting a new version of the policy: edit, compare, look, publish once."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import TextField
from django.forms import Textarea
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import translation
from django.utils.translation import gettext as _

from policy.versions import diff, services
from policy.versions.models import PolicyText, PolicyVersion, Published
from policy.versions.views import context_of

if TYPE_CHECKING:
    VersionAdmin = admin.ModelAdmin[PolicyVersion]
    TextInline = admin.StackedInline[PolicyText, PolicyVersion]
else:
    VersionAdmin, TextInline = admin.ModelAdmin, admin.StackedInline


class PolicyTextInline(TextInline):
    """One text for each language; a draft is begun with all of them."""

    model = PolicyText
    fields = ["body", "changes"]
    extra = 0
    can_delete = False
    # Room for a page of text; the note below it stays within that.
    formfield_overrides = {TextField: {"widget": Textarea(attrs={"rows": 24, "cols": 100})}}

    def has_add_permission(self, request: HttpRequest, obj: PolicyVersion | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: PolicyVersion | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.is_published)


@admin.register(PolicyVersion)
class PolicyVersionAdmin(VersionAdmin):
    list_display = ["__str__", "is_material", "created_at", "published_at"]
    ordering = ["-number", "-created_at"]
    actions = None
    fields = ["is_material"]
    inlines = [PolicyTextInline]
    change_form_template = "policy/versions/admin/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        views = {"compare": self.compare, "preview": self.preview, "publish": self.publish}
        own = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"policy_policyversion_{name}")
            for name, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def has_change_permission(self, request: HttpRequest, obj: PolicyVersion | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.is_published)

    def has_delete_permission(self, request: HttpRequest, obj: PolicyVersion | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.is_published)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """A draft begins as a copy of the version in force, so there is no empty form."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            draft = services.begin_draft()
            self.log_addition(request, draft, [{"added": {}}])
            return redirect("admin:policy_policyversion_change", draft.pk)
        context = {"title": _("New draft"), "base": services.in_force()}
        return self._page(request, "begin", context)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except (Published, IntegrityError):
            # Somebody published it while it was being edited here.
            return self._was_published(request)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().delete_view(request, *args, **kwargs)
        except (Published, IntegrityError):
            return self._was_published(request)

    def _was_published(self, request: HttpRequest) -> HttpResponse:
        self.message_user(request, _("It has been published and cannot be changed."), messages.ERROR)
        return redirect("admin:policy_policyversion_changelist")

    def compare(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Every language, word by word, beside the version in force."""
        draft = self._draft(request, pk)
        return self._page(request, "compare", {"title": _("Changes"), "draft": draft, **_compared(draft)})

    def preview(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The page as readers would see it, in any language."""
        draft = self._draft(request, pk)
        asked = request.GET.get("language", "")
        language = asked if asked in dict(settings.LANGUAGES) else translation.get_language()
        with translation.override(language):
            context = context_of(draft, is_in_force=True) | {"is_preview": True}
            response = TemplateResponse(request, "policy/versions/policy.html", context)
            return response.render()

    def publish(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A page that asks, with everything that is about to change; POST does it."""
        draft = self._draft(request, pk)
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return self._publish(request, draft)
        return self._confirm(request, draft, services.problems_of(draft))

    def _publish(self, request: HttpRequest, draft: PolicyVersion) -> HttpResponse:
        try:
            with transaction.atomic():
                published = services.publish(draft.pk)
                if not draft.is_published:
                    self.log_change(request, published, [{"changed": {"fields": ["number"]}}])
        except services.Refused as refused:
            return self._confirm(request, draft, refused.problems, status=422)
        words = _("%(version)s is in force.") % {"version": published}
        self.message_user(request, words, messages.SUCCESS)
        return redirect("admin:policy_policyversion_change", published.pk)

    def _confirm(
        self, request: HttpRequest, draft: PolicyVersion, problems: list[str], status: int = 200
    ) -> HttpResponse:
        if draft.is_published:
            return self._was_published(request)
        context = {"title": _("Publish"), "draft": draft, "problems": problems, "next": draft.based_on + 1}
        return self._page(request, "publish", context | _compared(draft), status)

    def _draft(self, request: HttpRequest, pk: int) -> PolicyVersion:
        draft = get_object_or_404(PolicyVersion, pk=pk)
        if not self.has_view_permission(request, draft):
            raise PermissionDenied
        return draft

    def _page(
        self, request: HttpRequest, name: str, context: dict[str, Any], status: int = 200
    ) -> TemplateResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, f"policy/versions/admin/{name}.html", context, status=status)


def _compared(draft: PolicyVersion) -> dict[str, Any]:
    """The draft beside the version in force, or beside nothing for the first one."""
    base = services.in_force()
    compared = []
    for language, name in settings.LANGUAGES:
        before = base.texts.filter(language=language).first() if base else None
        after = draft.texts.filter(language=language).first()
        changes = diff.compare(before.body if before else "", after.body if after else "")
        compared.append((language, name, changes, after.changes if after else ""))
    return {"base": base, "compared": compared}

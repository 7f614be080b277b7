"""Guides in the admin, with a look at them before anybody else has one."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from policy.guides.forms import GuideForm
from policy.guides.views import render_guide
from policy.models import Guide


@admin.register(Guide)
class GuideAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = GuideForm
    list_display = ["title", "slug", "language", "order", "is_published", "updated_at"]
    list_filter = ["language", "is_published"]
    search_fields = ["title", "slug"]
    change_form_template = "policy/guides/admin_form.html"

    def get_urls(self) -> list[URLPattern]:
        preview = path("preview/", self.admin_site.admin_view(self.preview), name="policy_guide_preview")
        return [preview, *super().get_urls()]

    def view_on_site(self, obj: Guide) -> str | None:
        return obj.get_absolute_url() if obj.is_published else None

    def preview(self, request: HttpRequest) -> HttpResponse:
        """The page as it would be. What is in the form is shown, and nothing is saved."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        names = ("slug", "language", "title", "summary", "body")
        return render_guide(request, Guide(**{name: request.POST.get(name, "") for name in names}), [])

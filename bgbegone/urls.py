"""Every address of the service."""

from django.contrib import admin
from django.urls import include, path

from bgbegone import views

urlpatterns = [
    path("", include("images.urls")),
    path("accounts/", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("", include("policy.urls")),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
handler400 = "bgbegone.views.bad_request"

"""Every address of the service."""

from django.urls import include, path

from bgbegone import views

urlpatterns = [
    path("", include("images.urls")),
    path("accounts/", include("accounts.urls")),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
handler400 = "bgbegone.views.bad_request"

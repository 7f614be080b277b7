"""Every address of the policy app, part by part."""

from django.urls import include, path

urlpatterns = [
    path("", include("policy.analytics.urls")),
    path("", include("policy.contact.urls")),
    path("", include("policy.cookies.urls")),
    path("", include("policy.guides.urls")),
    path("", include("policy.outbound.urls")),
    path("", include("policy.reports.urls")),
    path("", include("policy.versions.urls")),
]

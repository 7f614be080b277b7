"""Every address of the service."""

from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path

from bgbegone import crawlers, views

urlpatterns = [
    path("", include("images.urls")),
    path("accounts/", include("accounts.urls")),
    path("", include("accounts.disclosures.urls")),
    path("", include("accounts.leaving.urls")),
    path("", include("accounts.mailing.urls")),
    path("", include("accounts.campaigns.urls")),
    path("admin/dashboard/", include("policy.dashboard.urls")),
    path("admin/noted/", include("policy.noted.urls")),
    path("admin/", admin.site.urls),
    path("", include("policy.urls")),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("robots.txt", crawlers.robots, name="robots"),
    path(".well-known/security.txt", crawlers.security, name="security"),
    path("sitemap.xml", sitemap, {"sitemaps": crawlers.SITEMAPS}, name="sitemap"),
]
handler400 = "bgbegone.views.bad_request"
handler429 = "bgbegone.views.too_many_requests"  # asked for by allauth

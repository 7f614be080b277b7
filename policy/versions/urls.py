"""Addresses of this part of the policy app."""

from django.urls import path

from policy.versions import views

urlpatterns = [
    path("privacy/", views.privacy, name="privacy"),
    path("privacy/versions/", views.versions, name="policy_versions"),
    path("privacy/versions/<int:number>/", views.version, name="policy_version"),
    path("privacy/versions/<int:number>/changes/", views.changes, name="policy_changes"),
    path("privacy/versions/<int:number>/policy.txt", views.download, name="policy_text"),
    path("privacy/transparency/", views.transparency, name="transparency"),
    path("privacy/accept/", views.accept, name="policy_accept"),
]

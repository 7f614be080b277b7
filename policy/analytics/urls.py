"""Addresses of this part of the policy app."""

from django.urls import path

from policy.analytics import views

urlpatterns = [
    path("beacon/", views.beacon, name="beacon"),
]

"""Addresses of this part of the policy app."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

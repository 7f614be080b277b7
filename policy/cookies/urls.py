"""Addresses of this part of the policy app."""

from django.urls import path

from policy.cookies import views

urlpatterns = [
    path("cookies/", views.cookies, name="cookies"),
    path("cookies/choice/", views.choice, name="cookie_choice"),
    path("language/", views.language, name="language"),
]

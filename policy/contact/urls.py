"""Addresses of the contact form."""

from django.urls import path

from policy.contact import views

urlpatterns = [
    path("contact/", views.contact, name="contact"),
    path("contact/thanks/", views.thanks, name="contact_thanks"),
]

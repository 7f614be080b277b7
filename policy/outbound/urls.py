"""The address of the page before another site."""

from django.urls import path

from policy.outbound import views

urlpatterns = [
    path("leaving/", views.leaving, name="leaving"),
]

"""The address of the notes, below /admin/."""

from django.contrib import admin
from django.urls import path

from policy.noted import views

urlpatterns = [path("", admin.site.admin_view(views.noted), name="staff_noted")]

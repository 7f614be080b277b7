"""Addresses of the staff dashboard, below /admin/."""

from django.contrib import admin
from django.urls import path

from policy.dashboard import views

urlpatterns = [
    path("", admin.site.admin_view(views.dashboard), name="staff_dashboard"),
    path("<slug:key>.csv", admin.site.admin_view(views.table), name="staff_dashboard_table"),
]

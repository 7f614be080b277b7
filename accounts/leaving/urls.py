from django.urls import path

from accounts.leaving import views

urlpatterns = [
    path("accounts/data/", views.data, name="account_data"),
    path("accounts/data/export/", views.export_create, name="export_create"),
    path("accounts/data/export/<uuid:pk>/", views.export_file, name="export_file"),
    path("accounts/close/", views.close, name="account_close"),
    path("accounts/closing/", views.closing, name="account_closing"),
    path("receipt/<str:code>/", views.receipt, name="deletion_receipt"),
]

from django.urls import path

from accounts.disclosures import views

urlpatterns = [
    path("accounts/disclosures/", views.disclosures, name="disclosures"),
    path("accounts/disclosures/<int:pk>/answer/", views.answer, name="disclosure_answer"),
]

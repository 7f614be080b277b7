from django.urls import path

from accounts.campaigns import webhooks

urlpatterns = [path("webhooks/mail/", webhooks.reports, name="mail_reports")]

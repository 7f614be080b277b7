from django.urls import path

from accounts.mailing import views

urlpatterns = [
    path("accounts/news/", views.news, name="news"),
    path("accounts/news/change/", views.news_change, name="news_change"),
    path("accounts/news/confirm/<str:token>/", views.news_confirm, name="news_confirm"),
    path("opt-out/<str:token>/", views.opt_out, name="opt_out"),
]

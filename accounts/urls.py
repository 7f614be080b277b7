from allauth.account import views as account
from django.urls import include, path, re_path

from accounts import views

urlpatterns = [
    path("", views.home, name="account_home"),
    # Under two names: allauth's own, and Django's, which `LOGIN_URL` and the templates use.
    path("login/", account.login, name="account_login"),
    path("login/", account.login, name="login"),
    path("logout/", views.logout, name="account_logout"),
    path("logout/", views.logout, name="logout"),
    path("signup/", account.signup, name="account_signup"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("email/", account.email, name="account_email"),
    path("confirm-email/", account.email_verification_sent, name="account_email_verification_sent"),
    re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", account.confirm_email, name="account_confirm_email"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/sent/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("security/", include("allauth.mfa.urls")),
    path("sessions/", views.sessions, name="usersessions_list"),
]

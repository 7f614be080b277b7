"""Signing in and out."""

from django.contrib.auth.views import LoginView as BaseLoginView
from django.http import HttpRequest, HttpResponse

from bgbegone.lib import ratelimit

# Enough for a family behind one address, too few for a list of stolen passwords.
_TRIES, _SECONDS = 20, 300


class LoginView(BaseLoginView):
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if ratelimit.is_over("login", ratelimit.client_of(request), _TRIES, _SECONDS):
            return ratelimit.too_many(request, _SECONDS)
        return super().post(request, *args, **kwargs)

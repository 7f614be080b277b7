"""Checking a password."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from accounts.models import User


class PasswordBackend(AuthenticationBackend):  # type: ignore[misc]
    """By the exact user name, which the sign-in form has looked up: one query by an index, one hash.

    Allauth's own would go on looking, through all names in any case and through addresses that wait for
    confirmation, and would check the password once for each find.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str = "", password: str = "", **_credentials: Any
    ) -> User | None:
        if not username or not password:
            return None
        user: User | None = User.objects.filter(username=username).first()
        if user is None:
            User().set_password(password)  # as long as the check of somebody who exists
            return None
        if not user.check_password(password):
            return None
        if not self.user_can_authenticate(user):
            self._stash_user(user)  # the owner of a closed account is told that it is closed
            return None
        return user

"""manage.py apikey create USER --name NAME | list [USER] | revoke PREFIX"""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from images.api.keys import services
from images.api.keys.models import PREFIX_LENGTH, ApiKey, Scope, prefix_of


class Command(BaseCommand):
    help = "Makes, lists and withdraws keys of the API."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help="make a key; it is printed once, on the last line")
        create.add_argument("user", metavar="USER", help="user name or e-mail address of its owner")
        create.add_argument("--name", required=True, help="where the key will be used")
        create.add_argument("--scopes", nargs="+", choices=Scope.values, default=[Scope.CUT_OUT, Scope.READ])
        create.add_argument("--days", type=int, default=0, help="days that it works; 0 is without end")
        create.add_argument("--megapixels-per-minute", type=int, metavar="N")
        create.add_argument("--megapixels-per-day", type=int, metavar="N")
        create.add_argument("--sandbox", action="store_true", help="results carry a watermark")
        show = actions.add_parser("list", help="show keys by their first letters")
        show.add_argument("user", nargs="?", metavar="USER")
        revoke = actions.add_parser("revoke", help="withdraw a key")
        revoke.add_argument("prefix", metavar="PREFIX", help="the first letters of the key, as in the list")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        if action == "create":
            self._create(**options)
        elif action == "list":
            self._list(options["user"])
        else:
            self._revoke(options["prefix"])

    def _create(self, *, user: str, name: str, scopes: list[str], days: int, **options: Any) -> None:
        if days < 0 or not name.strip() or len(name) > 80 or not name.isprintable():
            raise CommandError(_("A key needs a name of 1 to 80 letters, and a whole number of days."))
        limits = {limit: options[limit] for limit in ("megapixels_per_minute", "megapixels_per_day")}
        if any(value is not None and value < 1 for value in limits.values()):
            raise CommandError(_("A limit is a whole number of megapixels, at least 1."))
        key = ApiKey(owner=_owner(user), name=name.strip(), is_sandbox=options["sandbox"], **limits)
        for scope in Scope:
            setattr(key, f"may_{scope.value}", scope.value in scopes)
        key.expires_at = timezone.now() + timedelta(days=days) if days else None
        secret = services.issue(key)
        self.stdout.write(_("Keep this key: it is shown this once."))
        self.stdout.write(secret)

    def _list(self, user: str | None) -> None:
        keys = ApiKey.objects.select_related("owner")
        for key in keys.filter(owner=_owner(user)) if user else keys:
            scopes = ",".join(scope.value for scope in key.scopes)
            used = f"{key.used_on:%Y-%m-%d}" if key.used_on else "-"
            columns = (key.shown_prefix, key.state, key.owner.username, used, scopes, key.name)
            self.stdout.write("  ".join(columns))

    def _revoke(self, prefix: str) -> None:
        letters = prefix_of(prefix)
        keys = (
            ApiKey.objects.filter(prefix=letters) if len(letters) == PREFIX_LENGTH else ApiKey.objects.none()
        )
        key = keys.first()
        if key is None:
            raise CommandError(_("No key begins with %(prefix)s.") % {"prefix": letters})
        key.revoke()
        self.stdout.write(_("Withdrawn: %(prefix)s") % {"prefix": key.shown_prefix})


def _owner(name: str) -> User:
    user: User | None = User.objects.known_as(name).first()
    if user is None:
        raise CommandError(_("Nobody has the user name or address %(name)s.") % {"name": name})
    return user

"""`manage.py policy verify`: are the published versions still what was published?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from policy.models import PolicyVersion
from policy.versions import services

# As migration 0003 made them. A later migration that rebuilds one of the tables must make them again.
_GUARDS = {
    "policy_version_update",
    "policy_version_delete",
    "policy_text_insert",
    "policy_text_update",
    "policy_text_delete",
}
_TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'",
}


class Command(BaseCommand):
    help = "Compares every published version of the privacy policy with its checksum."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["verify"])

    def handle(self, *args: Any, **options: Any) -> None:
        problems = [*self._altered(), *self._unguarded()]
        if problems:
            raise CommandError("\n".join(problems))

    def _altered(self) -> list[str]:
        altered = []
        for version in PolicyVersion.objects.published():
            is_genuine = services.is_genuine(version)
            self.stdout.write(f"version {version.number}: {'genuine' if is_genuine else 'ALTERED'}")
            if not is_genuine:
                altered.append(f"The texts of version {version.number} are not those that were published.")
        return altered

    def _unguarded(self) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(_TRIGGERS[connection.vendor])
            missing = _GUARDS - {name for (name,) in cursor.fetchall()}
        return [f"The database does not refuse changes: {name} is missing." for name in sorted(missing)]

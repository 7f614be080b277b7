"""`manage.py disclosures verify`: is the register what was once written, and does the database guard it?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from accounts.disclosures import services
from accounts.models import Disclosure

# As migration 0006 made them. A later migration that rebuilds one of the tables must make them again.
_GUARDS = {
    "accounts_disclosure_update",
    "accounts_disclosure_delete",
    "accounts_sealextension_update",
    "accounts_sealextension_delete",
    "accounts_disclosureconfirmation_update",
    "accounts_disclosureconfirmation_delete",
    "accounts_disclosureexport_update",
    "accounts_disclosureexport_delete",
    "accounts_contactlook_update",
}
_TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'",
}


class Command(BaseCommand):
    help = "Compares every row of the register of disclosures with its checksum."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["verify"])

    def handle(self, *args: Any, **options: Any) -> None:
        problems = self._unguarded()
        broken = services.first_broken_row()
        if broken:
            problems.append(f"Row {broken.pk} was changed, or a row before it was changed or taken away.")
        if problems:
            raise CommandError("\n".join(problems))
        last = Disclosure.objects.order_by("-pk").first()
        self.stdout.write(f"{Disclosure.objects.count()} disclosures, all genuine")
        if last:
            # Rows cut off at the end leave a chain that is whole: compare this with an earlier answer.
            self.stdout.write(f"checksum of the last one: {last.digest}")

    def _unguarded(self) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(_TRIGGERS[connection.vendor])
            missing = _GUARDS - {name for (name,) in cursor.fetchall()}
        return [f"The database does not refuse changes: {name} is missing." for name in sorted(missing)]

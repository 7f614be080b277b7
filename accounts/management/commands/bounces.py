"""`manage.py bounces`: takes reports of mail that came back from a pipe, or out of a Maildir."""

import mailbox
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from accounts.campaigns import bounces

# To mail servers: keep the message, and try again later (EX_TEMPFAIL of sysexits.h).
_LATER = 75


class Command(BaseCommand):
    help = "Reads bounces and complaints: one message from standard input, or all of a Maildir."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--maildir", type=Path, help="read and delete the reports in this folder")

    def handle(self, *args: Any, maildir: Path | None = None, **options: Any) -> None:
        try:
            if maildir:
                self._empty(maildir)
            else:
                self.stdout.write(bounces.take(sys.stdin.buffer.read(bounces.MOST_BYTES + 1)))
        except DatabaseError as err:
            # Any other failure would make the mail server write back, to whoever sent the report.
            raise CommandError("The database does not answer.", returncode=_LATER) from err

    def _empty(self, folder: Path) -> None:
        """Reports are deleted, since they name people. What people wrote stays for people."""
        if not (folder / "new").is_dir():
            raise CommandError(f"{folder} is no Maildir.")
        box = mailbox.Maildir(folder, create=False)
        for key in box.keys():  # noqa: SIM118 (a mailbox is no dictionary)
            said = bounces.take(box.get_bytes(key))
            self.stdout.write(said)
            if said != bounces.NO_REPORT:
                box.remove(key)

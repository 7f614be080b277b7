"""`manage.py backup FILE`: everything that the service stores, in one file."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from bgbegone.backups import services
from policy import erasures


class Command(BaseCommand):
    help = "Writes database and pictures, as they are at this moment, into one file. The service may go on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a new file, or - for standard output")
        parser.add_argument(
            "--deletions",
            action="store_true",
            help="only the list of what was deleted: small, to be copied away often",
        )

    def handle(self, *args: Any, file: str, deletions: bool, **options: Any) -> None:
        try:
            self._list(file) if deletions else self._whole(file)
        except services.Refused as reason:
            raise CommandError(str(reason)) from None
        except OSError as err:
            raise CommandError(f"The backup could not be made: {err}.") from err

    def _list(self, file: str) -> None:
        if file == "-":
            sys.stdout.writelines(erasures.lines())
            return
        # In place of the one before, and never half of it.
        draft = Path(f"{file}.part")
        draft.touch(mode=0o600)
        draft.write_text("".join(erasures.lines()))
        draft.replace(file)

    def _whole(self, file: str) -> None:
        held = services.back_up(None if file == "-" else Path(file), sys.stdout.buffer)
        self.stderr.write(
            f"{held['rows']} rows and {held['files']} files ({held['bytes'] / 1e6:.1f} MB) in {file}."
        )
        kept = [name for name in ("secret_key", "api_key_pepper") if (settings.BGBEGONE_DATA / name).exists()]
        if kept:
            self.stderr.write(
                f"Not in it, and needed to restore it: {' and '.join(kept)} of the data folder."
            )

"""`manage.py restore FILE`: what a backup holds, in the place of what is there."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bgbegone.backups import services
from bgbegone.backups.archive import Broken


class Command(BaseCommand):
    help = "Puts a backup in the place of what is there. What was deleted since does not come back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--replace", action="store_true", help="also where people or photos are")
        parser.add_argument(
            "--deletions",
            metavar="LIST",
            type=Path,
            action="append",
            default=[],
            help="a list that “backup --deletions” wrote; may be named several times",
        )
        parser.add_argument("--without-list", action="store_true", help="nothing was deleted since")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        names = {"lists": options["deletions"], "replace": options["replace"]}
        try:
            done = services.restore(file, **names, without_list=options["without_list"])
        except (services.Refused, Broken) as reason:
            raise CommandError(str(reason)) from None
        except OSError as err:
            raise CommandError(f"{err}. What was in use is as it was.") from err
        self.stdout.write(
            f"{done['rows']} rows and {done['files']} files are back. Deleted since, and not back: "
            f"{done['deleted_again']} entries of the list, {done['left_out']} files."
        )

"""manage.py models list | fetch [NAME] | verify [NAME]"""

from argparse import ArgumentParser
from typing import Any, TextIO, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from images import weights
from images.engine.errors import ModelUnavailable, sentence
from images.engine.networks.catalogue import MINISAM, MODELS, Model, Weights, choose
from images.weights import backends
from images.work import worker


class Command(BaseCommand):
    help = "Lists, fetches and verifies the models that cut out."
    # Weights are fetched before there is a database, and whether or not other settings are right.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="show every model, its licence and whether it is installed")
        for name, help_text in (
            ("fetch", "download a model's weights"),
            ("verify", "compare the checksum of installed weights"),
        ):
            action = actions.add_parser(name, help=help_text)
            action.add_argument("model", nargs="?", default=settings.MODEL, metavar="NAME")
            if name == "fetch":
                action.add_argument(
                    "--optional", action="store_true", help="what the model does without until it is there"
                )

    def handle(
        self, *args: Any, action: str, model: str = "", optional: bool = False, **options: Any
    ) -> None:
        if action == "list":
            return self._list()
        if optional:
            return self._fetch_optional()
        try:
            for chosen in _named(model):
                self._fetch(chosen) if action == "fetch" else self._verify(chosen)
        except ModelUnavailable as err:
            raise CommandError(_(sentence(err.code)) % err.params, returncode=3) from err

    def _list(self) -> None:
        self.stdout.write(
            _row(
                _("name"), _("licence"), _("commercial"), _("size"), _("installed"), _("source"), _("backend")
            )
        )
        for model in (*MODELS.values(), *MINISAM):
            self.stdout.write(_row(*_columns(model)))

    def _fetch(self, model: Model) -> None:
        # Django's wrapper would end each move of the progress bar with a line break.
        terminal = cast(TextIO, self.stdout._out)
        weights.fetch(model, settings.BGBEGONE_MODELS, weights.ConsoleReport(terminal))
        if settings.BACKEND == "auto" and model not in MINISAM and not model.is_run_by_rembg:
            self._measure(model)

    def _fetch_optional(self) -> None:
        """What is missing costs its feature and nothing else, so a failure is said and is none."""
        companion = worker.wanted_companion()
        if companion is None:
            return
        try:
            self._fetch(companion)
        except ModelUnavailable as err:
            self.stderr.write(_(sentence(err.code)) % err.params)

    def _measure(self, model: Model) -> None:
        """Now, while somebody waits anyway, rather than before the first photo."""
        task = worker.task_of(model)
        if backends.remembered(task) is None:
            self.stdout.write(_("Measuring what runs it fastest on this machine (once) …"))
            found = {"backend": _backend_words(backends.measure(task))}
            self.stdout.write(_("Chosen: %(backend)s.") % found)

    def _verify(self, model: Model) -> None:
        path = weights.locate(settings.BGBEGONE_MODELS, model)
        digest = weights.verify(path, model)
        found = {"path": path, "digest": digest}
        self.stdout.write(_("%(path)s is sound (SHA-256 %(digest)s).") % found)


def _named(name: str) -> tuple[Model, ...]:
    """One model, or both halves of the one for clicks. Raises ModelUnavailable."""
    if name == "minisam":
        return MINISAM
    return (choose(name, settings.ALLOW_NONCOMMERCIAL_MODELS),)


def _row(*columns: str) -> str:
    widths = (30, 22, 12, 10, 16, 110, 0)
    return "".join(f"{text:{width}} " for text, width in zip(columns, widths, strict=True)).rstrip()


def _columns(model: Model) -> tuple[str, ...]:
    """Licence and size are those of the installed file, else of the one to be fetched first."""
    commercial = _("yes") if model.allows_commercial_use else _("no")
    installed, state = _installed(model)
    shown = installed or next(iter(model.weights), None)
    if shown is None:
        return model.name, model.licence, commercial, "–", state, "", ""
    size = f"{shown.bytes / 1_000_000:.1f} MB"
    source = weights.name_of(shown)
    return model.name, shown.licence, commercial, size, state, source, _backend(model, installed)


def _installed(model: Model) -> tuple[Weights | None, str]:
    if model.is_remote:
        return None, _("refused: sends photos to another company")
    try:
        path = weights.locate(settings.BGBEGONE_MODELS, model)
    except ModelUnavailable:
        return None, _("no")
    try:
        digest = weights.verify(path, model)
    except ModelUnavailable:
        return None, _("wrong checksum")
    return next((file for file in model.weights if file.sha256 == digest), model.weights[0]), _("yes")


def _backend(model: Model, installed: Weights | None) -> str:
    """What will run an installed model, and how fast each was when it was measured."""
    if installed is None:
        return ""
    if model in MINISAM:
        return "onnxruntime"
    if model.is_run_by_rembg:
        return "rembg"
    if settings.BACKEND != "auto":
        return _("%(backend)s (BACKEND)") % {"backend": settings.BACKEND}
    path = weights.locate(settings.BGBEGONE_MODELS, model)
    task = backends.Task(path, model, installed.sha256, worker.threads(), worker.precision_for(model))
    verdict = backends.remembered(task)
    return _backend_words(verdict) if verdict else _("measured at the first start")


def _backend_words(verdict: backends.Verdict) -> str:
    times = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in verdict.seconds.items())
    chosen = f"{verdict.backend} {verdict.precision}" if verdict.precision else str(verdict.backend)
    return f"{chosen} ({times})"

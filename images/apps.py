from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig
from django.http.multipartparser import MultiPartParser
from django.utils.translation import gettext_lazy as _

ROOMS = ("work", "photos", "editing", "studio", "sharing", "access", "gallery", "api", "batches")
# What a room tells the rest of the house; each of these modules registers it when it is imported.
_TOLD = (
    "cookies",  # every cookie that it sets
    "adoption",  # what follows a guest's photos into the account
    "alarms",  # what whoever runs the service is told at once
    "audience",  # whom news can be for
    "deletion",  # what happens before a photo goes
    "delivery",  # who makes files in the form that somebody asks for
    "evidence",  # live figures beside the clauses of the policy
    "gathering",  # what keeps photos together that were sent together
    "glance",  # what lists of people say
    "looks",  # what staff have opened of somebody
    "mirror",  # what follows the work on a photo
    "noted",  # what staff read of what was noted
    "page",  # panels on the page of a photo
    "personal_data",  # what is taken along, withdrawn and erased
    "privacy",  # the inventory of personal fields
    "reaching",  # what tries an address of another site
    "results",  # what happens when a cut-out is done
    "retention",  # what is deleted in time
    "stored",  # what a script keeps in the browser
)


class ImagesConfig(AppConfig):
    name = "images"
    verbose_name = _("Images")

    def ready(self) -> None:
        # Django has no setting for the one rule of its form parser that spoils names.
        receiving = import_module("images.photos.receiving")
        MultiPartParser.sanitize_file_name = receiving.file_name  # type: ignore[method-assign]
        import_module("images.pages")
        for room in ROOMS:
            for module in _TOLD:
                if find_spec(f"images.{room}.{module}"):
                    import_module(f"images.{room}.{module}")
        # The last app to start: by now everybody has declared what is about people.
        import_module("policy.erasures").listen()

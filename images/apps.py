from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImagesConfig(AppConfig):
    name = "images"
    verbose_name = _("Images")

    def ready(self) -> None:
        # Each of them registers what it does when it is imported.
        from images import adoption, evidence, keeping, privacy, retention, standing  # noqa: F401
        from images.access import looks  # noqa: F401

"""Live figures beside the clauses of the policy that the work on photos keeps."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from images.engine.networks import catalogue
from images.work.models import Worker
from policy.evidence import Figure, register


@register("P13")
def _use() -> Iterator[Figure]:
    yield Figure(_("Model that cuts out, on our own disk"), settings.MODEL)
    yield Figure(_("Licence of the model"), catalogue.choose(settings.MODEL).licence)
    yield Figure(_("Workers that are ready"), Worker.objects.ready().count())

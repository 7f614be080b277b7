"""Reading steps too old to influence a suggestion go."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from policy import retention
from policy.models import GuideStep


@retention.register("guide-steps", every=timedelta(days=1), what=_("Sums of steps from guide to guide"))
def _delete_old_steps() -> int:
    return GuideStep.objects.expired().delete()[0]

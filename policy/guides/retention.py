"""Reading steps too old to influence a suggestion go."""

from datetime import timedelta

from policy import retention
from policy.models import GuideStep


@retention.register("guide-steps", every=timedelta(days=1))
def _delete_old_steps() -> int:
    return GuideStep.objects.expired().delete()[0]

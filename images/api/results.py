"""When a cut-out is done or has failed, webhooks are told; and what failed is charged to nobody."""

from typing import Any

from images.api.limits import services as limits
from images.api.webhooks import services as webhooks
from images.api.webhooks.models import Event
from images.photos.models import Photo
from images.work.models import Cutout
from images.work.results import Result, on_done, on_failure


@on_done
def _tell(result: Result) -> None:
    _announce(result.cutout, Event.CUTOUT_DONE, {"status": "done"})


@on_failure
def _tell_of_failure(cutout: Cutout, code: str) -> None:
    limits.refund(cutout.photo_id)
    _announce(cutout, Event.CUTOUT_FAILED, {"status": "failed", "error": code})


def _announce(cutout: Cutout, event: str, data: dict[str, Any]) -> None:
    owner = Photo.objects.filter(pk=cutout.photo_id).values_list("owner", flat=True).first()
    if owner is None:
        return
    links = {"photo": f"/v2/photos/{cutout.photo_id}", "result": f"/v2/photos/{cutout.photo_id}/result"}
    webhooks.announce(owner, event, {"photo": str(cutout.photo_id), **data, "links": links})

"""What batches add to the pages of photos."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from images.batches.models import Batch
from images.photos.panels import tool


@tool("images/batches/_tools.html")
def _tools(request: HttpRequest) -> Mapping[str, Any]:
    """What can be done with the ticked photos, and the batches that they can be moved to."""
    return {"batches": Batch.objects.visible_to(request).filter(cancelled_at__isnull=True)[:50]}

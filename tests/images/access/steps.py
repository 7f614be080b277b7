"""Staff with a photo in front of them."""

from typing import Any

from django.test import Client

from images.photos.models import Photo

REASON = {"reason": "fault", "note": "Hair is missing"}


def page_of(photo: Photo) -> str:
    return f"/admin/images/photo/{photo.pk}/change/"


def look(client: Client, photo: Photo, **fields: str) -> Any:
    return client.post(f"/admin/images/photo/{photo.pk}/look/", {**REASON, **fields})


def addresses(page: Any) -> list[str]:
    """Of the pictures on the page that a look has opened."""
    return [address for _name, _caption, address in page.context["pictures"]]

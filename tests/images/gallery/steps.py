"""Owners who agree, and staff who choose."""

from typing import Any

from django.test import Client

from images.gallery.models import GalleryEntry
from images.gallery.wording import VERSION
from images.photos.models import Photo

CHOICES = "/admin/images/galleryentry/"


def agree(client: Client, photo: Photo, **fields: str) -> Any:
    form = {"agrees": "on", "wording": VERSION, **fields}
    return client.post(f"/photos/{photo.pk}/gallery/", {k: v for k, v in form.items() if v is not None})


def choose(client: Client, entry: GalleryEntry, move: str = "show") -> Any:
    return client.post(f"{CHOICES}{entry.pk}/choose/", {move: ""})


def withdraw(client: Client, photo: Photo) -> Any:
    return client.post(f"/photos/{photo.pk}/gallery/withdraw/")

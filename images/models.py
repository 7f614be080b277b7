"""Django finds the models of each room here."""

from images.access.models import ImageAccess
from images.editing.models import Edit, Ground, Preset, Rendition, Version
from images.photos.models import Photo
from images.sharing.models import ShareLink
from images.work.models import Cutout, Worker

__all__ = [
    "Cutout",
    "Edit",
    "Ground",
    "ImageAccess",
    "Photo",
    "Preset",
    "Rendition",
    "ShareLink",
    "Version",
    "Worker",
]

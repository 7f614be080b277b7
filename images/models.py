"""Django finds the models of each room here."""

from images.access.models import ImageAccess
from images.editing.models import Edit, Rendition, Version
from images.photos.models import Photo
from images.sharing.models import ShareLink
from images.work.models import Cutout, Worker

__all__ = ["Cutout", "Edit", "ImageAccess", "Photo", "Rendition", "ShareLink", "Version", "Worker"]

"""Django finds the models of each room here."""

from images.access.models import ImageAccess
from images.api.models import ApiCall, ApiCharge, ApiKey, ApiMeter, ApiUse, Webhook, WebhookDelivery
from images.batches.links import BatchLink, Remark
from images.batches.models import Batch, Item, Upload
from images.editing.models import Edit, Ground, Preset, Rendition, Version
from images.gallery.models import GalleryEntry, GalleryEvent
from images.photos.models import Photo
from images.sharing.models import ShareLink
from images.studio.models import Preparation
from images.work.models import Cutout, Worker

__all__ = [
    "ApiCall",
    "ApiCharge",
    "ApiKey",
    "ApiMeter",
    "ApiUse",
    "Batch",
    "BatchLink",
    "Cutout",
    "Edit",
    "GalleryEntry",
    "GalleryEvent",
    "Ground",
    "ImageAccess",
    "Item",
    "Photo",
    "Preparation",
    "Preset",
    "Remark",
    "Rendition",
    "ShareLink",
    "Upload",
    "Version",
    "Webhook",
    "WebhookDelivery",
    "Worker",
]

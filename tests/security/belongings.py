"""One of everything that a person can own, so that others can try to lay hands on it."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.disclosures import services as disclosures
from accounts.leaving import services as leaving
from accounts.models import User
from images import storage
from images.api.keys import services as keys
from images.api.keys.models import ApiKey
from images.api.webhooks import services as hooks
from images.api.webhooks.models import Event, Webhook
from images.batches import services as batches
from images.batches.links import BatchLink
from images.batches.manifest import Entry
from images.batches.models import Item, Upload
from images.editing import defaults
from images.editing import services as editing
from images.editing.models import Ground
from images.engine.edits import recipe as recipes
from images.photos.models import Photo
from images.photos.services import Sender
from images.sharing.models import ShareLink
from tests.base import disc

_RED = {"version": 1, "ground": {"kind": "colour", "colour": "#ff0000"}}
_PASSKEY = {"name": "Phone", "credential": {}}
_DAY = timedelta(days=1)


@dataclass
class Things:
    """What stands in addresses: for the first part of a path, its places and their values."""

    values: dict[str, dict[str, Any]]
    secrets: list[str]

    def of(self, path: str) -> dict[str, Any]:
        """The longest beginning of this path that is known."""
        known = [start for start in self.values if path.startswith(start)]
        return self.values[max(known, key=len)] if known else {}


def edited(photo: Photo) -> Photo:
    """With an edit, a kept version and a link, and a file being made of it."""
    recipe = recipes.parse(_RED)
    editing.request(photo, recipe)
    editing.keep_version(photo, recipe, "Red for the shop")
    if not photo.links.exists():
        ShareLink.issue(photo, _DAY).save(force_insert=True)
    return photo


def ground(sender: Sender) -> Ground:
    made = Ground(owner=sender.owner, guest=sender.guest, name="wall.png", mime="image/png", width=120)
    made.height, made.bytes, made.expires_at = 80, 1000, timezone.now() + _DAY
    made.file = storage.write(made.id, ContentFile(disc()), "original", storage.GROUNDS)
    made.save(force_insert=True)
    return made


def batch_of(sender: Sender, *photos: Photo) -> tuple[Item, Upload, BatchLink]:
    """A batch of these photos, with a link for a customer; one file more is on its way."""
    batch = batches.gather(sender, uuid.uuid4(), photos, name="Summer shoes")
    (awaited,) = batches.announce(batch, [Entry("later.png", 10, 0)])
    upload = Upload.objects.create(batch=batch, item=awaited, size=10, expires_at=timezone.now() + _DAY)
    link = BatchLink.issue(batch, _DAY, may_review=True)
    link.save(force_insert=True)
    return batch.items.get(photo=photos[0]), upload, link


def webhook(owner: User) -> Webhook:
    """One that has something to say to a shop."""
    made = Webhook.objects.create(owner=owner, address="https://shop.example/told")
    hooks.write(made, Event.CUTOUT_DONE, {"photo": str(uuid.uuid4())})
    return made


def key(owner: User) -> tuple[ApiKey, str]:
    made = ApiKey(owner=owner, name="shop", may_delete=True)
    return made, keys.issue(made)


def everything_of(owner: User, photo: Photo, *, asker: User) -> Things:
    """Give it all to the owner of this photo, which is ready."""
    sender = Sender(owner=owner)
    edited(photo)
    wall = ground(sender)
    item, upload, batch_link = batch_of(sender, photo)
    preset = defaults.keep(owner, "Red for the shop", recipes.parse(_RED))
    hook, (api_key, _secret) = webhook(owner), key(owner)
    export = leaving.ask_for_export(owner)
    leaving.build_exports()
    question = disclosures.ask(owner, by=asker, recipient="Frames & Sons", fields=["email"], purpose="Frame")
    passkey = Authenticator.objects.create(user=owner, type=Authenticator.Type.WEBAUTHN, data=_PASSKEY)
    link, rendition = photo.links.get(), photo.cutout.renditions.get()
    of_photo = {"pk": photo.pk, "name": "cutout.webp", "link_pk": link.pk, "rendition_pk": rendition.pk}
    of_photo |= {"number": 1, "level": 0}
    of_batch = {"pk": item.batch_id, "item_pk": item.pk, "upload_pk": upload.pk, "link_pk": batch_link.pk}
    return Things(
        {
            "photos/": of_photo,
            "photos/<uuid:pk>/studio/": {**of_photo, "number": 0},
            "v2/photos/": of_photo,
            "v2/renditions/": {"pk": rendition.pk},
            "v2/batches/": of_batch,
            "presets/": {"pk": preset.pk},
            "backgrounds/": {"pk": wall.pk},
            "batches/": of_batch,
            "accounts/keys/": {"pk": api_key.pk},
            "accounts/webhooks/": {"pk": hook.pk, "delivery_pk": hook.deliveries.get().pk},
            "accounts/data/export/": {"pk": export.pk},
            "accounts/disclosures/": {"pk": question.pk},
            "accounts/security/": {"pk": passkey.pk},
        },
        [photo.name, "Summer shoes", "Red for the shop", "wall.png", "shop.example", str(link.token)],
    )

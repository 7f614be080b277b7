"""Steps that many tests of the API begin with."""

from typing import Any, cast

from django.test import Client
from PIL import Image

from accounts.models import User
from bgbegone.lib.waiting import CAN_WAIT
from images.api.keys import services
from images.api.keys.models import ApiKey

# A request's environment behind our own server, which can put it aside.
ASIDE: dict[str, Any] = {CAN_WAIT: True}


def key_of(who: str, **fields: Any) -> str:
    """A key of a member of the cast, with every right unless said otherwise."""
    owner = User.objects.get(username=who)
    return services.issue(ApiKey(owner=owner, **{"name": "shop", "may_delete": True, **fields}))


def program(key: str) -> Client:
    """A program: no cookies that mean anything, a key in each request."""
    return Client(headers={"x-api-key": key})


def pixel(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    return cast(tuple[int, ...], image.getpixel((x, y)))

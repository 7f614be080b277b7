"""Calls of /v1.0/removebg as most tests make them."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import User
from tests.base import Cast, disc
from tests.images.api.steps import key_of, program

SIZE = (120, 80)


def picture(response: Any) -> Image.Image:
    return Image.open(io.BytesIO(response.content))


@pytest.mark.usefixtures("workers")
class Removing(Cast):
    """Alice's shop, with a key. The subject of `disc()` is an ellipse in the middle half of 120 × 80."""

    @pytest.fixture(autouse=True)
    def _shop(self, _cast: None) -> None:
        self.key = key_of("alice")
        self.shop: Client = program(self.key)
        self.owner = User.objects.get(username="alice")

    def send(self, data: bytes | None = None, **fields: Any) -> Any:
        headers = fields.pop("headers", {})
        file = SimpleUploadedFile("disc.png", data or disc(SIZE))
        return self.shop.post("/v1.0/removebg", {"image_file": file, **fields}, headers=headers)

    def removed(self, data: bytes | None = None, **fields: Any) -> Any:
        response = self.send(data, **fields)
        assert response.status_code == 200, response.content
        return response

    def refused(self, status: int = 400, data: bytes | None = None, **fields: Any) -> str:
        response = self.send(data, **fields)
        assert response.status_code == status, response.content[:200]
        error = response.json()["errors"][0]
        assert error["title"]
        return str(error["code"])

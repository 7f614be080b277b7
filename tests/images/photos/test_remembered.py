"""What was taken last is offered first, for whoever has allowed that."""

import re

import pytest
from django.test import Client

from images.photos.models import Photo
from tests.base import Cast, finished
from tests.policy.cookies.steps import answer, given


def _download(client: Client, photo: Photo, **query: str) -> dict[str, str]:
    response = client.get(f"/photos/{photo.pk}/download/", query)
    assert response.status_code == 200
    return given(response)


def _ticked(client: Client, photo: Photo) -> set[str]:
    page = client.get(f"/photos/{photo.pk}/").content.decode()
    form = page[page.index("data-backdrop-form") :].partition("</form>")[0]
    return set(re.findall(r'value="([^"]+)" checked', form))


class TestRemembered(Cast):
    def test_p11_nothing_is_remembered_without_a_yes(self) -> None:
        photo = finished(self.guest)
        assert _download(self.guest, photo, format="webp") == {}
        assert _ticked(self.guest, photo) == {"png", "transparent"}

    def test_with_a_yes_the_next_photo_begins_there(self) -> None:
        photo = finished(self.guest)
        answer(self.guest, "yes")
        query = {"format": "jpeg", "ground": "colour", "colour": "#1F8A70"}
        assert _download(self.guest, photo, **query) == {"comforts": "jpeg.1f8a70."}
        other = finished(self.guest)
        assert _ticked(self.guest, other) == {"jpeg", "colour"}
        assert "#1f8a70" in self.guest.get(f"/photos/{other.pk}/").content.decode()

    def test_a_transparent_ground_is_remembered_too(self) -> None:
        photo = finished(self.guest)
        answer(self.guest, "yes")
        self.guest.cookies["comforts"] = "jpeg.1f8a70."
        query = {"format": "webp", "ground": "transparent", "colour": "#ffffff"}
        assert _download(self.guest, photo, **query) == {"comforts": "webp.transparent."}
        assert _ticked(self.guest, photo) == {"webp", "transparent"}

    @pytest.mark.parametrize("cookie", ["bmp.transparent.", "nonsense", "..", "png.zzzzzz."])
    def test_what_is_not_offered_any_more_is_forgotten(self, cookie: str) -> None:
        photo = finished(self.guest)
        answer(self.guest, "yes")
        self.guest.cookies["comforts"] = cookie
        assert _ticked(self.guest, photo) == {"png", "transparent"}

    def test_a_link_to_the_file_alone_changes_nothing(self) -> None:
        photo = finished(self.guest)
        answer(self.guest, "yes")
        assert _download(self.guest, photo) == {}

    def test_a_refused_download_is_not_remembered(self) -> None:
        photo = finished(self.guest)
        answer(self.guest, "yes")
        response = self.guest.get(f"/photos/{photo.pk}/download/", {"format": "exe"})
        assert response.status_code == 400
        assert not response.cookies

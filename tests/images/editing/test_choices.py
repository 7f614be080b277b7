"""The plain form: every choice beside a photo, and what is kept of it."""

import io
import json

import pytest
from django.test import Client
from PIL import Image

from images.editing import jobs, services
from images.editing.models import Rendition, Version
from images.engine.edits.recipe import canonical
from images.photos.models import Photo
from tests.base import Cast, body, finished
from tests.images.editing.steps import BLUE, RED, recipe
from tests.images.engine.pictures import is_near, opened


def _page(photo: Photo) -> str:
    return f"/photos/{photo.pk}/"


def _picture(client: Client, photo: Photo, query: str) -> Image.Image:
    response = client.get(f"{_page(photo)}download/?{query}")
    assert response.status_code == 200, response.content.decode()
    return opened(body(response))


class TestForm(Cast):
    @pytest.mark.parametrize(
        ("query", "size"),
        [
            ("crop=subject", (60, 40)),
            ("crop=subject&margin=25", (120, 80)),
            ("width=300&height=300", (300, 300)),
            ("crop=whole&shadow=none&outline=0", (120, 80)),
        ],
    )
    def test_crop_and_size(self, query: str, size: tuple[int, int]) -> None:
        made = _picture(self.alice, finished(self.alice), query).size
        assert all(abs(one - other) <= 16 for one, other in zip(made, size, strict=True))

    @pytest.mark.parametrize("ground", ["gradient", "blur", "grey", "dark"])
    def test_grounds(self, ground: str) -> None:
        query = f"ground={ground}&colour=%23ff0000&end=%230000ff&format=png"
        made = _picture(self.alice, finished(self.alice), query)
        assert made.mode == "RGB"

    @pytest.mark.parametrize(
        ("kind", "format"), [("tiff", "TIFF"), ("psd", "PSD"), ("mask", "PNG"), ("jpeg", "JPEG")]
    )
    def test_formats(self, kind: str, format: str) -> None:
        assert _picture(self.alice, finished(self.alice), f"format={kind}").format == format

    def test_shadow_and_outline_make_room(self) -> None:
        photo = finished(self.alice)
        plain = _picture(self.alice, photo, "crop=subject").size
        large = _picture(self.alice, photo, "crop=subject&shadow=drop&outline=5").size
        assert large > plain

    @pytest.mark.parametrize(
        ("query", "sentence"),
        [
            ("width=300", "needs both width and height"),
            ("ground=picture", "choose one of your background pictures"),
            ("width=20000&height=20000", "400 megapixels"),
            ("colours=cmyk", "for TIFF files"),
            ("colours=cmyk&format=tiff", "no printing inks"),
            ("bits=16&format=jpeg", "Sixteen bits"),
            ("format=png&kilobytes=1&width=900&height=900", "kB"),
            ("margin=99", "less than or equal to 45"),
        ],
    )
    def test_what_cannot_be_gets_a_sentence(self, query: str, sentence: str) -> None:
        response = self.alice.get(f"{_page(finished(self.alice))}download/?{query}")
        assert response.status_code == 400
        assert sentence in response.content.decode()

    def test_what_is_not_said_stays_as_the_edit_has_it(self) -> None:
        photo = finished(self.alice)
        services.save(photo, recipe(place={"crop": "subject"}, **RED), revision=0)
        made = _picture(self.alice, photo, "format=webp")
        assert made.size[0] < 120
        assert is_near(made.convert("RGB").getpixel((0, 0)), (255, 0, 0))  # type: ignore[arg-type]

    def test_the_form_shows_the_edit(self) -> None:
        photo = finished(self.alice)
        services.save(photo, recipe(output={"format": "psd"}, **BLUE), revision=0)
        page = self.alice.get(_page(photo)).content.decode()
        assert 'value="psd" checked' in page
        assert 'value="#0000ff"' in page


class TestPreview(Cast):
    def test_shows_the_picture_and_what_can_be_done(self) -> None:
        photo = finished(self.alice)
        page = self.alice.get(f"{_page(photo)}preview/?ground=colour&colour=%23ff0000")
        assert page.status_code == 200
        small = self.alice.get(f"{_page(photo)}renditions/{Rendition.objects.get().pk}.webp")
        assert is_near(opened(body(small)).convert("RGB").getpixel((2, 2)), (255, 0, 0))  # type: ignore[arg-type]

    def test_while_it_is_made_the_page_asks_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("images.editing.delivery.PATIENCE_SECONDS", 0)
        page = self.alice.get(f"{_page(finished(self.alice))}preview/?crop=subject")
        assert page.status_code == 202
        assert 'http-equiv="refresh"' in page.content.decode()

    def test_what_did_not_work_is_said(self) -> None:
        page = self.alice.get(f"{_page(finished(self.alice))}preview/?width=20000&height=20000")
        assert "400 megapixels" in page.content.decode()

    def test_nobody_elses(self) -> None:
        photo = finished(self.alice)
        self.alice.get(f"{_page(photo)}preview/?crop=subject")
        small = f"{_page(photo)}renditions/{Rendition.objects.get().pk}.webp"
        for other in (self.bob, self.guest):
            assert other.get(f"{_page(photo)}preview/").status_code == 404
            assert other.get(small).status_code == 404


class TestKeeping(Cast):
    def _keep(self, photo: Photo, revision: int = 0, name: str = "", **parts: object) -> str:
        data = {"recipe": json.dumps(canonical(recipe(**parts))), "revision": revision, "name": name}
        return self.alice.post(f"{_page(photo)}keep/", data, follow=True).content.decode()

    def test_downloads_follow_the_edit(self) -> None:
        photo = finished(self.alice)
        assert "Kept." in self._keep(photo, **RED)
        assert _picture(self.alice, photo, "").getpixel((0, 0)) == (255, 0, 0)

    def test_a_name_makes_a_version(self) -> None:
        photo = finished(self.alice)
        self._keep(photo, name="For the shop", **RED)
        self._keep(photo, revision=1, **BLUE)
        assert _picture(self.alice, photo, "version=1").getpixel((0, 0)) == (255, 0, 0)
        assert "For the shop" in self.alice.get(_page(photo)).content.decode()

    def test_the_later_of_two_tabs_is_told(self) -> None:
        photo = finished(self.alice)
        self._keep(photo, **RED)
        assert "edited elsewhere" in self._keep(photo, **BLUE)
        assert services.current(photo) == recipe(**RED)

    @pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"version": 1, "x": 1}', '{"version": NaN}'])
    def test_nonsense_gets_a_sentence(self, text: str) -> None:
        photo = finished(self.alice)
        assert self.alice.post(f"{_page(photo)}keep/", {"recipe": text}).status_code == 400

    def test_a_recipe_of_another_photo(self) -> None:
        mine, other = finished(self.alice), finished(self.alice)
        assert "made for another photo" in self._keep(mine, cutout=str(other.cutout.pk))

    def test_only_the_owner_keeps(self) -> None:
        photo = finished(self.alice)
        data = {"recipe": json.dumps({"version": 1}), "revision": 0}
        for other in (self.bob, self.guest):
            assert other.post(f"{_page(photo)}keep/", data).status_code == 404


class TestVersions(Cast):
    def _two(self) -> Photo:
        photo = finished(self.alice)
        services.keep_version(photo, recipe(**RED), "Red")
        services.save(photo, recipe(**BLUE), revision=0)
        return photo

    def test_going_back_loses_nothing(self) -> None:
        photo = self._two()
        self.alice.post(f"{_page(photo)}versions/1/restore/")
        assert services.current(photo) == recipe(**RED)
        assert photo.versions.first().recipe == canonical(recipe(**BLUE))

    def test_a_link_to_a_version_shows_it(self) -> None:
        photo = self._two()
        self.alice.post(f"{_page(photo)}versions/1/share/")
        link = photo.links.first()
        response = Client().get(f"/r/{link.token}/cutout.png")
        assert Image.open(io.BytesIO(body(response))).getpixel((0, 0)) == (255, 0, 0)

    def test_deleting_one(self) -> None:
        photo = self._two()
        self.alice.post(f"{_page(photo)}versions/1/delete/")
        assert not Version.objects.exists()

    @pytest.mark.parametrize("what", ["restore", "share", "delete"])
    def test_nobody_elses(self, what: str) -> None:
        photo = self._two()
        for other in (self.bob, self.guest):
            assert other.post(f"{_page(photo)}versions/1/{what}/").status_code == 404
        assert self.alice.post(f"{_page(photo)}versions/7/{what}/").status_code == 404

    @pytest.mark.parametrize("number", ["7", "x", "-1", "9" * 30])
    def test_one_that_there_is_not(self, number: str) -> None:
        photo = self._two()
        assert self.alice.get(f"{_page(photo)}download/?version={number}").status_code == 404
        assert not jobs.process_next()

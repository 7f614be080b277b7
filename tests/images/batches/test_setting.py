"""One setting for all photos of a batch: made by workers, changed at any time, and single photos differ."""

import csv
import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from accounts.models import User
from images.batches import setting, tasks
from images.batches.models import Batch, Item
from images.editing import defaults
from images.editing import jobs as renditions
from images.editing import services as editing
from images.editing.models import Ground, Preset, Rendition
from images.engine.edits import recipe as recipes
from images.photos.models import Photo
from images.work import jobs
from images.work.models import Cutout
from tests.base import Cast, body
from tests.images.batches.steps import filled

SHADOWED = {
    "version": 1,
    "ground": {"kind": "colour", "colour": "#0000ff"},
    "shadow": {"kind": "contact"},
    "output": {"format": "webp", "quality": 100},
}
WHITE_JPEG = {"ground": "colour", "format": "jpeg", "names": "{name}"}


class TestSetting(Cast):
    batch: Batch

    @pytest.fixture(autouse=True)
    def _work(self, _cast: None) -> None:
        self.batch = filled(self.alice, 2)
        self._work_off()

    def _work_off(self) -> None:
        while jobs.process_next():
            pass
        tasks.tend()
        while renditions.process_next():
            pass

    def _first(self) -> Photo:
        return Photo.objects.get(item__number=1, item__batch=self.batch)

    def _set(self, **fields: Any) -> Any:
        response = self.alice.post(f"/batches/{self.batch.pk}/setting/", fields)
        self.batch.refresh_from_db()
        return response

    def _preset(self, name: str, document: dict[str, Any], who: str = "alice") -> Preset:
        recipe = recipes.parse({"version": 1, **document})
        return defaults.keep(User.objects.get(username=who), name, recipe)

    def _archive(self, query: str = "") -> zipfile.ZipFile:
        response = self.alice.get(f"/batches/{self.batch.pk}/archive.zip{query}")
        return zipfile.ZipFile(io.BytesIO(body(response)))

    def test_it_is_made_for_all_without_cutting_out_again(self) -> None:
        before = list(Cutout.objects.values_list("finished_at", flat=True))
        assert self._set(**WHITE_JPEG).status_code == 302
        self._work_off()
        with self._archive() as found:
            assert found.namelist() == ["0.jpg", "1.jpg", "manifest.csv"]
            picture = Image.open(io.BytesIO(found.read("0.jpg")))
            assert (picture.format, picture.getpixel((0, 0))) == ("JPEG", (255, 255, 255))
        assert list(Cutout.objects.values_list("finished_at", flat=True)) == before

    def test_it_holds_for_photos_to_come(self) -> None:
        self._set(**WHITE_JPEG)
        from tests.images.batches.steps import sent

        sent(self.alice, self.batch, "late.png")
        self._work_off()
        with self._archive() as found:
            assert "late.jpg" in found.namelist()

    def test_back_to_plain_finds_the_cut_outs(self) -> None:
        self._set(**WHITE_JPEG)
        self._set(ground="transparent", format="png", names="{folder}/{name}")
        assert self.batch.recipe == {}
        with self._archive() as found:
            assert found.namelist()[0] == "shoes/0.png"

    def test_what_is_not_made_yet_stays_out_and_the_list_says_so(self) -> None:
        self._set(**WHITE_JPEG)
        response = self.alice.get(f"/batches/{self.batch.pk}/archive.zip", follow=True)
        assert "nothing in such an archive yet" in response.content.decode()
        assert "2 files are being made" in self.alice.get(f"/batches/{self.batch.pk}/").content.decode()
        assert "hx-get" in self.alice.get(f"/batches/{self.batch.pk}/").content.decode()

    def test_an_open_page_shows_each_file_when_it_is_made_and_then_asks_no_more(self) -> None:
        self._set(**WHITE_JPEG)
        tasks.tend()
        address = f"/batches/{self.batch.pk}/changes/?first=1&last=100&since="
        since = Batch.objects.get(pk=self.batch.pk).change
        assert self.alice.get(f"{address}{since}").status_code == 204
        assert renditions.process_next()
        page = self.alice.get(f"{address}{since}").content.decode()
        assert page.count('<li class="row"') == 1
        assert "1 file is being made" in page
        assert "hx-get" in page
        assert renditions.process_next()
        page = self.alice.get(f"{address}{since}").content.decode()
        assert "being made" not in page
        assert "hx-get" not in page
        now = Batch.objects.get(pk=self.batch.pk).change
        assert "hx-get" not in self.alice.get(f"{address}{now}").content.decode()

    def test_a_single_photo_differs(self) -> None:
        """Its own ground stays, the format is the batch's."""
        own = recipes.parse({"version": 1, "ground": {"kind": "colour", "colour": "#0000ff"}})
        editing.save(self._first(), own, revision=0)
        self._set(**WHITE_JPEG)
        self._work_off()
        with self._archive() as found:
            corners: Any = [Image.open(io.BytesIO(found.read(f"{n}.jpg"))).getpixel((0, 0)) for n in (0, 1)]
        assert corners[0][2] > 240
        assert corners[0][0] < 20
        assert corners[1] == (255, 255, 255)

    def test_an_edit_of_later_is_asked_for_by_the_next_archive(self) -> None:
        own = recipes.parse({"version": 1, "output": {"format": "webp"}})
        editing.save(self._first(), own, revision=0)
        with self._archive() as found:
            assert found.namelist() == ["shoes/1.png", "manifest.csv"]
        self._work_off()
        with self._archive() as found:
            assert found.namelist()[0] == "shoes/0.webp"

    def test_a_marketplaces_preset_and_its_check(self) -> None:
        self._set(preset="ebay", names="{preset}/{n:03}")
        self._work_off()
        with self._archive() as found:
            assert found.namelist()[0] == "ebay/001.jpg"
            rows = list(csv.DictReader(io.StringIO(found.read("manifest.csv").decode("utf-8-sig"))))
        assert "longest:pass" in rows[0]["checks"]
        assert list(setting.unfit(self.batch)) == []
        facts = Rendition.objects.filter(cutout__photo__item__number=2).get()
        Rendition.objects.filter(pk=facts.pk).update(checks={**facts.checks, "width": 100, "height": 100})
        assert [item.number for item in setting.unfit(self.batch)] == [2]
        page = self.alice.get(f"/batches/{self.batch.pk}/review/?show=unfit")
        assert page.context["item"].number == 2

    def test_a_preset_of_ones_own(self) -> None:
        """Also what the form's own fields cannot say: here a contact shadow. Its name goes into names."""
        preset = self._preset("Shop/blue", SHADOWED)
        assert self._set(preset=f"own-{preset.pk.hex}", names="{preset} {n}").status_code == 302
        assert self.batch.recipe == SHADOWED
        self._work_off()
        with self._archive() as found:
            assert found.namelist()[0] == "Shop_blue 1.webp"
            assert Image.open(io.BytesIO(found.read("Shop_blue 1.webp"))).getpixel((0, 0)) == (0, 0, 255)
        page = self.alice.get(f"/batches/{self.batch.pk}/").content.decode()
        assert f'<option value="own-{preset.pk.hex}" selected>Shop/blue</option>' in page

    def test_a_preset_that_was_deleted_leaves_what_it_had_set(self) -> None:
        preset = self._preset("blue", SHADOWED)
        chosen = f"own-{preset.pk.hex}"
        self._set(preset=chosen, names="{name}")
        preset.delete()
        assert "A deleted preset" in self.alice.get(f"/batches/{self.batch.pk}/").content.decode()
        assert self._set(preset=chosen, names="{n}").status_code == 302
        assert (self.batch.recipe, self.batch.names) == (SHADOWED, "{n}")

    def test_a_preset_of_somebody_else_is_none(self) -> None:
        theirs = self._preset("blue", SHADOWED, who="bob")
        assert self._set(preset=f"own-{theirs.pk.hex}", names="{name}").status_code == 422
        assert "My presets" not in self.alice.get(f"/batches/{self.batch.pk}/").content.decode()

    def test_a_background_picture_that_was_deleted_is_said(self) -> None:
        ground = Ground.objects.create(
            owner=User.objects.get(username="alice"),
            expires_at=timezone.now() + timedelta(days=1),
            width=1,
            height=1,
            bytes=1,
        )
        preset = self._preset("picture", {"ground": {"kind": "picture", "picture": str(ground.pk)}})
        self._set(preset=f"own-{preset.pk.hex}", names="{name}")
        page = f"/batches/{self.batch.pk}/"
        assert "background picture of this setting" not in self.alice.get(page).content.decode()
        ground.delete()
        assert "background picture of this setting" in self.alice.get(page).content.decode()
        with self._archive() as found:
            assert found.namelist()[0] == "0.png"

    def test_only_what_changed_includes_what_was_made_anew(self) -> None:
        with self._archive():
            pass
        self._set(**WHITE_JPEG)
        self._work_off()
        with self._archive("?which=changed") as found:
            assert found.namelist()[:2] == ["0.jpg", "1.jpg"]

    def test_the_small_picture_shows_the_setting(self) -> None:
        item = self.batch.items.first()
        address = f"/batches/{self.batch.pk}/items/{item.pk}/preview.webp"
        plain = body(self.alice.get(address))
        self._set(**WHITE_JPEG)
        self._work_off()
        assert body(self.alice.get(address)) != plain
        assert self.bob.get(address).status_code == 404

    def test_from_the_review_to_the_studio_and_back(self) -> None:
        address = f"/batches/{self.batch.pk}/review/"
        shown = self.alice.get(address).context
        edit = shown["edit"]
        studio = self.alice.get(edit)
        assert studio.status_code == 200
        assert studio.context["back"].startswith(f"{address}?show=all&item=")
        assert self.alice.get(studio.context["back"]).context["item"] == shown["item"]
        elsewhere = self.alice.get(f"{edit.partition('?')[0]}?back=//evil.example/")
        assert elsewhere.context["back"].startswith("/photos/")

    @pytest.mark.parametrize(
        "fields",
        [
            {"names": "{what}"},
            {"names": "{name}", "margin": "70"},
            {"names": "{name}", "longest": "100000"},
            {"names": "{name}", "preset": "nowhere"},
            {"names": "{name}", "ground": "colour", "colour": "red"},
        ],
    )
    def test_what_cannot_be_set(self, fields: dict[str, str]) -> None:
        response = self._set(**fields)
        assert response.status_code == 422
        assert self.batch.recipe == {}
        assert Item.objects.filter(is_due=True).count() == 0

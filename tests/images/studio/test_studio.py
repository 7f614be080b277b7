"""The studio: what its page asks for, what it keeps, and who may."""

import io
import json
from datetime import timedelta
from typing import Any
from unittest.mock import ANY, patch
from uuid import uuid4

import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from images import storage
from images.editing import delivery
from images.editing import jobs as renditions
from images.editing import services as editing
from images.editing.models import Edit, Ground, Preset, Rendition
from images.engine.edits import recipe as recipes
from images.engine.edits import sheets
from images.engine.edits.marks import StrokeMark
from images.engine.edits.sources import Sources
from images.photos import guests
from images.photos import services as photos
from images.photos.models import Photo
from images.studio import jobs, services
from images.studio.making import stored
from images.studio.models import Preparation
from images.work import worker
from images.work.models import Cutout
from tests.base import Cast, body, finished, upload_file
from tests.images.studio.steps import SCRIPT, address, ask, content, half_hidden, opened, save, stroke


def _sharp() -> bytes:
    """A disc whose edge is the same all around."""
    image, file = Image.new("RGB", (600, 400), (20, 24, 20)), io.BytesIO()
    ImageDraw.Draw(image).ellipse((150, 100, 450, 300), fill=(250, 240, 235))
    image.save(file, "PNG")
    return file.getvalue()


def _alpha(photo: Photo) -> NDArray[np.uint8]:
    """Of the finished file of the edit as it stands."""
    from images.engine.edits.render import render

    cutout = photo.cutout
    sources = Sources(lambda: stored(cutout.file), lambda: stored(photo.file))
    picture = Image.open(io.BytesIO(render(sources, editing.current(photo)).data))
    return np.asarray(picture.convert("RGBA").getchannel("A"))


def _visible(photo: Photo) -> int:
    return int(np.count_nonzero(_alpha(photo) >= 128))


def _counted(monkeypatch: pytest.MonkeyPatch, method: str) -> list[StrokeMark]:
    """The strokes of which a method was called, in order."""
    calls, real = list[StrokeMark](), getattr(StrokeMark, method)

    def called(mark: StrokeMark, *args: Any) -> Any:
        calls.append(mark)
        return real(mark, *args)

    monkeypatch.setattr(StrokeMark, method, called)
    return calls


class TestPage(Cast):
    def test_tells_the_script_what_there_is(self) -> None:
        photo = opened(self.alice)
        page = self.alice.get(address(photo)).content.decode()
        state = json.loads(page.split('id="studio-state" type="application/json">')[1].split("<")[0])
        assert state["revision"] == 0
        assert state["at"]["save"] == address(photo, "save/")

    def test_is_nobody_elses(self) -> None:
        photo = opened(self.alice)
        for name in ("", "ready/", "squares/0-0.jpg", "alpha/", "look/", "file/"):
            assert self.bob.get(address(photo, name)).status_code == 404
        for name in ("mark/", "choose/", "box/", "save/", "click/", "back/", "keep/"):
            assert self.bob.post(address(photo, name)).status_code == 404
        assert not Edit.objects.exists()

    def test_whose_bytes_go_at_this_moment_is_gone(self) -> None:
        photo = opened(self.alice)
        storage.delete_folder(photo.pk)
        for name in ("squares/0-0.jpg", "alpha/", "look/", "file/"):
            assert self.alice.get(address(photo, name)).status_code == 404
        part = {"op": "part", "at": [300, 200], "keep": False}
        assert ask(self.alice, photo, "mark/", marks=[part]).status_code == 404

    def test_waits_for_the_cut_out(self) -> None:
        photo = finished(self.alice)
        Cutout.objects.filter(photo=photo).update(status=Cutout.Status.QUEUED)
        assert self.alice.get(address(photo)).status_code == 404

    def test_is_gone_with_its_photo(self) -> None:
        photo = opened(self.alice)
        photos.delete_photo(photo)
        assert self.alice.get(address(photo)).status_code == 404
        assert save(self.alice, photo, [stroke(300, 200)]).status_code == 404
        assert not Preparation.objects.exists()


class TestSheets(Cast):
    def test_show_the_photo_and_its_alpha(self) -> None:
        photo = opened(self.alice)
        index = self.alice.get(address(photo, "ready/")).json()
        assert index == {"size": [600, 400], "levels": ANY, "revision": 0}
        square = Image.open(io.BytesIO(body(self.alice.get(address(photo, "squares/0-0.jpg")))))
        assert square.size == (512, 400)
        assert np.asarray(square.convert("L"))[200, 300] > 200
        packed = b"".join(self.alice.get(address(photo, "alpha/")).streaming_content)
        alpha = sheets.unpacked_alpha(packed, (600, 400))
        cutout = Image.open(io.BytesIO(stored(photo.cutout.file)))
        assert (alpha == np.asarray(cutout.getchannel("A"))).all()

    def test_tell_a_page_that_was_on_its_way_of_what_was_saved(self) -> None:
        photo = opened(self.alice)
        save(self.alice, photo, [stroke(300, 200, 20, 0)])
        assert self.alice.get(address(photo, "ready/")).json()["revision"] == 1
        assert self.alice.get(address(photo)).context["revision"] == 1

    def test_have_no_more_squares_than_there_are(self) -> None:
        photo = opened(self.alice)
        for name in ("0-9", "9-0"):
            assert self.alice.get(address(photo, f"squares/{name}.jpg")).status_code == 404

    def test_are_made_once_however_often_the_page_is_opened(self) -> None:
        photo = opened(self.alice)
        self.alice.get(address(photo))
        assert not jobs.process_next(worker._process.network)
        assert Preparation.objects.count() == 1

    def test_come_back_after_they_were_cleared_away(self) -> None:
        photo = opened(self.alice)
        preparation = Preparation.objects.get()
        services.forget(preparation)
        assert not default_storage.exists(preparation.file)
        self.alice.get(address(photo))
        assert jobs.process_next(worker._process.network)

    @pytest.mark.parametrize(("seconds", "status"), [(0, 422), (61, 202)])
    def test_that_failed_are_told_of_before_they_are_tried_again(self, seconds: int, status: int) -> None:
        photo = finished(self.alice)
        self.alice.get(address(photo))
        Preparation.objects.update(
            status=Preparation.Status.FAILED,
            error_code="too_slow",
            finished_at=timezone.now() - timedelta(seconds=seconds),
        )
        with patch("images.studio.answers._PATIENCE_SECONDS", 0):
            assert self.alice.get(address(photo, "ready/")).status_code == status

    def test_of_a_worker_that_lost_its_claim_leave_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        photo = finished(self.alice)
        self.alice.get(address(photo))
        made = jobs.make

        monkeypatch.setattr(jobs, "make", lambda row, network: _then_deleted(made, row, photo))
        assert jobs.process_next(worker._process.network)
        assert not default_storage.exists(f"photos/{photo.pk}")


def _then_deleted(made: object, preparation: Preparation, photo: Photo) -> object:
    result = made(preparation, None)  # type: ignore[operator]
    photos.delete_photo(photo)
    return result


class TestSaving(Cast):
    def test_keeps_what_was_drawn(self) -> None:
        photo = opened(self.alice)
        assert _alpha(photo)[200, 300] == 255
        response = save(self.alice, photo, [stroke(280, 200, 40, 0)])
        assert response.json()["revision"] == 1
        assert _alpha(photo)[200, 300] == 0
        assert _alpha(photo)[150, 300] == 255

    def test_the_later_of_two_windows_is_told_and_overwrites_nothing(self) -> None:
        photo = opened(self.alice)
        save(self.alice, photo, [stroke(280, 200)], revision=0)
        late = save(self.alice, photo, [], revision=0)
        assert late.status_code == 409
        assert late.json() == {"sentence": ANY, "revision": 1}
        assert len(editing.current(photo).marks) == 1

    def test_without_marks_keeps_those_that_there_are(self) -> None:
        photo = opened(self.alice)
        save(self.alice, photo, [stroke(280, 200)])
        plain = self.alice.post(
            address(photo, "save/"), {"revision": 1, "ground": "colour", "colour": "#ff0000"}
        )
        assert plain.status_code == 302
        recipe = editing.current(photo)
        assert len(recipe.marks) == 1
        assert recipe.ground.kind == "colour"

    def test_shows_the_settings_that_were_kept(self) -> None:
        photo = opened(self.alice)
        settings: dict[str, Any] = {
            "ground": "gradient",
            "colour": "#102030",
            "end": "#405060",
            "size": "4:5",
            "crop": "subject",
        }
        save(self.alice, photo, [], margin=7, format="jpeg", quality=80, **settings)
        form = self.alice.get(address(photo)).context["form"]
        assert {name: form[name].value() for name in settings} == settings
        assert (form["margin"].value(), form["format"].value(), form["quality"].value()) == (7, "jpeg", 80)

    def test_tells_what_a_choice_has_set(self) -> None:
        photo = opened(self.alice)
        fields = {**self._fields(photo), "shadow": "contact"}
        answer = save(self.alice, photo, [], **fields).json()["settings"]
        kept = editing.current(photo)
        assert answer == {"opacity": 60, "was": ""}
        assert save(self.alice, photo, [], 1, **{**fields, **answer}).json()["settings"] == {"was": ""}
        assert editing.current(photo) == kept

    def _fields(self, photo: Photo) -> dict[str, Any]:
        shown = self.alice.get(address(photo)).context["form"].initial
        return {name: value for name, value in shown.items() if value not in (None, False)}

    def test_what_the_studio_has_no_field_for_stays(self) -> None:
        photo = opened(self.alice)
        output = {"format": "tiff", "bits": 16, "dpi": 300}
        place = {"margins": {"top": 3, "bottom": 9}, "canvas": {"longest": 900}}
        document = {"version": 1, "output": output, "place": place}
        editing.save(photo, recipes.parse(document), revision=0)
        fields = self._fields(photo)
        save(self.alice, photo, [stroke(280, 200)], revision=1, **{**fields, "outline": 4})
        kept = recipes.canonical(editing.current(photo))
        assert (kept["output"], kept["place"]) == (output, place)
        assert kept["outline"] == {"width": 4}

    def test_a_picture_of_ones_own_stands_behind(self) -> None:
        photo = opened(self.alice)
        self.alice.post(
            "/backgrounds/", {"photos": [upload_file(name="wall.png")], "submission": guests.ticket()}
        )
        wall = Ground.objects.get()
        assert "wall.png" in self.alice.get(address(photo)).content.decode()
        save(self.alice, photo, [], ground="picture", picture=str(wall.pk))
        assert editing.current(photo).ground.kind == "picture"
        assert self.alice.get(address(photo, "look/")).status_code == 200
        theirs = opened(self.bob)
        assert save(self.bob, theirs, [], ground="picture", picture=str(wall.pk)).status_code == 422

    @pytest.mark.parametrize(
        "marks",
        [
            "[",
            "[" * 50_000,
            "{}",
            '[{"op": "paint"}]',
            '[{"op": "stroke", "keep": true, "radius": NaN, "points": [1, 1]}]',
            '[{"op": "stroke", "keep": true, "points": [1, 1, 1]}]',
            '[{"op": "stroke", "keep": true, "points": [1e300, 1]}]',
            '[{"op": "stroke", "keep": true, "points": [1, 1], "radius": 100000}]',
            '[{"op": "stroke", "keep": true, "points": [' + "1," * 100_001 + "1]}]",
            '[{"op": "part", "at": [1], "keep": true}]',
            '[{"op": "select", "size": [9999, 9999], "levels": "AAAA", "mode": "only"}]',
            '[{"op": "box", "box": [5, 5, 1, 1], "size": [1, 1], "levels": "AAAA", "mode": "only"}]',
        ],
    )
    def test_bad_marks_get_a_sentence(self, marks: str) -> None:
        photo = opened(self.alice)
        fields = {"marks": marks, "revision": 0}
        response = self.alice.post(address(photo, "save/"), fields, headers=SCRIPT)
        assert response.status_code == 422
        assert response.json()["sentence"]
        assert not Edit.objects.exists()

    def test_a_refusal_names_its_field(self) -> None:
        photo = opened(self.alice)
        refused = save(self.alice, photo, [], shadow="drop", distance=10_000).json()["sentence"]
        assert refused.startswith("Distance: ")
        refused = save(self.alice, photo, [], ground="picture", picture=uuid4()).json()["sentence"]
        assert refused.startswith("Your picture: Select")
        assert "or add one" not in refused

    def test_an_area_that_unpacks_to_something_else_gets_a_sentence(self) -> None:
        photo = opened(self.alice)
        bad = {"op": "select", "mode": "only", "size": [4, 4], "levels": "eJxjYAAAAAEAAQ=="}
        assert ask(self.alice, photo, "mark/", marks=[bad]).status_code == 422


class TestMarks(Cast):
    def test_a_part_goes_with_a_click(self) -> None:
        photo = opened(self.alice)
        part, whole = {"op": "part", "at": [300, 200], "keep": False}, _visible(photo)
        patch = content(ask(self.alice, photo, "mark/", marks=[part]))
        assert len(patch) > 0
        save(self.alice, photo, [part])
        assert _visible(photo) < 0.01 * whole

    def test_a_click_on_nothing_changes_nothing(self) -> None:
        photo = opened(self.alice)
        part = {"op": "part", "at": [5, 5], "keep": False}
        assert content(ask(self.alice, photo, "mark/", marks=[part])) == b""

    def test_a_click_outside_gets_a_sentence(self) -> None:
        photo = opened(self.alice)
        part = {"op": "part", "at": [5000, 5], "keep": False}
        assert ask(self.alice, photo, "mark/", marks=[part]).status_code == 422

    def test_a_mark_is_worked_out_in_the_light_of_those_before(self) -> None:
        photo = opened(self.alice)
        halves = stroke(300, 50, 0, 300)
        part = {"op": "part", "at": [200, 200], "keep": False}
        assert content(ask(self.alice, photo, "mark/", marks=[halves, part]))
        save(self.alice, photo, [halves, part])
        alpha = _alpha(photo)
        assert alpha[200, 380] == 255
        assert np.count_nonzero(alpha[:, :285] >= 128) < 100

    def test_many_marks_are_each_read_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        photo, read = opened(self.alice), _counted(monkeypatch, "document")
        many = [stroke(300, 200, 0, place) for place in range(30)] * 10
        assert ask(self.alice, photo, "mark/", marks=many).status_code == 200
        assert len(read) == len(many)

    def test_the_next_mark_begins_where_the_last_one_ended(self, monkeypatch: pytest.MonkeyPatch) -> None:
        photo, drawn = opened(self.alice), _counted(monkeypatch, "apply")
        marks = [stroke(300, 200, 0, place) for place in range(9)]
        ask(self.alice, photo, "mark/", marks=marks[:-1])
        assert len(drawn) == 8
        ask(self.alice, photo, "mark/", marks=marks)
        assert len(drawn) == 9

    def test_what_was_taken_away_can_be_filled_again(self) -> None:
        photo = opened(self.alice)
        hole, fill = stroke(300, 200), {"op": "part", "at": [300, 200], "keep": True}
        save(self.alice, photo, [hole, fill])
        assert _alpha(photo)[200, 300] == 255

    def test_a_stroke_that_snaps_stops_at_the_edge(self) -> None:
        photo = opened(self.alice, picture=_sharp())
        away = stroke(300, 200, radius=1200)
        back = stroke(400, 200, 70, 0, keep=True, radius=160, snap=True)
        save(self.alice, photo, [away, back])
        alpha = _alpha(photo)
        assert alpha[200, 410] > 200
        assert alpha[200, 490] < 128

    def test_what_the_photo_itself_hides_is_brought_back_by_no_mark(self) -> None:
        photo = opened(self.alice, picture=half_hidden())
        back = stroke(450, 200, 60, 0, keep=True, radius=80)
        for mark in (back, {**back, "snap": True}):
            assert content(ask(self.alice, photo, "mark/", marks=[mark])) == b""
        save(self.alice, photo, [back])
        assert not _alpha(photo)[:, 352:].any()

    def test_a_box_is_seen_by_the_network_alone(self) -> None:
        photo = opened(self.alice)
        box = {"left": 100, "top": 80, "right": 320, "bottom": 320, "mode": "only"}
        assert ask(self.alice, photo, "box/", **box).status_code == 202
        assert jobs.process_next(worker._process.network)
        mark = ask(self.alice, photo, "box/", **box).json()
        assert (mark["op"], mark["box"]) == ("box", [100, 80, 320, 320])
        save(self.alice, photo, [mark])
        alpha = _alpha(photo)
        assert alpha[200, 280] > 200
        assert not alpha[:, 330:].any()

    def test_a_box_too_small_for_the_network_is_not_the_photos_fault(self) -> None:
        photo = opened(self.alice)
        box = {"left": 10, "top": 10, "right": 24, "bottom": 24, "mode": "only"}
        ask(self.alice, photo, "box/", **box)
        Preparation.objects.filter(kind=Preparation.Kind.BOX).update(
            status=Preparation.Status.FAILED, error_code="too_small"
        )
        assert "The box is too small" in ask(self.alice, photo, "box/", **box).json()["sentence"]

    def test_a_box_without_room_gets_a_sentence(self) -> None:
        photo = opened(self.alice)
        box = {"left": 100, "top": 80, "right": 102, "bottom": 320, "mode": "only"}
        assert ask(self.alice, photo, "box/", **box).status_code == 422


class TestLook(Cast):
    def test_shows_the_edit(self) -> None:
        photo = opened(self.alice)
        save(self.alice, photo, [stroke(280, 200, 40, 0)], ground="colour", colour="#ff0000")
        response = self.alice.get(address(photo, "look/"))
        picture = Image.open(io.BytesIO(body(response))).convert("RGB")
        assert picture.size == (600, 400)
        assert np.asarray(picture)[5, 5, 0] > 240
        assert np.asarray(picture)[200, 300, 1] < 40

    def test_of_a_large_canvas_is_small(self) -> None:
        photo = opened(self.alice)
        save(self.alice, photo, [], size="own", width=3000, height=1500)
        picture = Image.open(io.BytesIO(body(self.alice.get(address(photo, "look/")))))
        assert picture.size == (1024, 512)


class TestMarketplace(Cast):
    def test_sets_everything_but_the_marks(self) -> None:
        photo = opened(self.alice)
        answer = save(self.alice, photo, [stroke(280, 200)], market="amazon", format="png").json()
        assert answer["settings"]["format"] == "jpeg"
        assert (answer["settings"]["was"], answer["settings"]["width"]) == ("amazon", 2000)
        assert len(editing.current(photo).marks) == 1

    def test_measures_the_finished_file(self) -> None:
        photo = opened(self.alice)
        save(self.alice, photo, [], market="amazon")
        page = self._check(photo)
        assert 'data-verdict="pass"' in page
        assert 'data-verdict="fail"' not in page

    def _check(self, photo: Photo) -> str:
        editing.request(photo, editing.current(photo))
        assert renditions.process_next()
        page = self.alice.get(address(photo, "check/?market=amazon"))
        assert page.status_code == 200
        return page.content.decode()

    def test_one_state_is_measured_after_the_other(self) -> None:
        photo = opened(self.alice)
        for revision in range(3):
            save(self.alice, photo, [stroke(280 + revision, 200)], revision, market="amazon", was="amazon")
            with patch("images.editing.delivery.PATIENCE_SECONDS", 0):
                page = self.alice.get(address(photo, "check/?market=amazon"))
            assert page.status_code == 202
            assert Rendition.objects.filter(cutout=photo.cutout).count() == 1
        assert renditions.process_next()
        with patch("images.editing.delivery.PATIENCE_SECONDS", 0):
            assert self.alice.get(address(photo, "check/?market=amazon")).status_code == 202
        assert Rendition.objects.filter(cutout=photo.cutout).count() == 2
        assert 'data-verdict="pass"' in self._check(photo)

    def test_what_it_would_refuse_is_put_right(self) -> None:
        photo = opened(self.alice)
        save(self.alice, photo, [stroke(280, 200)], market="amazon")
        save(
            self.alice,
            photo,
            [stroke(280, 200)],
            1,
            market="amazon",
            was="amazon",
            colour="#ff0000",
            rotate=3,
        )
        page = self._check(photo)
        assert page.count('data-verdict="fail"') == 1
        assert 'data-right="ground"' in page
        put = save(
            self.alice, photo, [stroke(280, 200)], 2, market="amazon", was="amazon", remedy="ground"
        ).json()
        assert (put["settings"]["colour"], put["settings"]["rotate"]) == ("#ffffff", 3)
        assert 'data-verdict="fail"' not in self._check(photo)

    def test_what_is_changed_after_it_was_chosen_stays_changed(self) -> None:
        photo = opened(self.alice)
        save(self.alice, photo, [], market="amazon")
        save(self.alice, photo, [], 1, market="amazon", was="amazon", format="png")
        assert str(editing.current(photo).output.format) == "png"

    def test_is_still_chosen_after_a_change_by_a_form_without_script(self) -> None:
        photo = opened(self.alice)
        save(self.alice, photo, [], market="amazon")
        fields = {"revision": 1, "market": "amazon", "was": "amazon", "format": "png"}
        page = self.alice.post(address(photo, "save/"), fields, follow=True).content.decode()
        assert '<option value="amazon" selected>' in page
        assert '<input type="hidden" name="was" value="amazon"' in page
        page = self.alice.get(address(photo), {"market": "nowhere"}).content.decode()
        assert '<option value="amazon" selected>' not in page

    def test_has_nothing_to_say_where_none_was_chosen(self) -> None:
        assert self.alice.get(address(opened(self.alice), "check/")).status_code == 204


class TestKept(Cast):
    def _keep(self, photo: Photo, **fields: Any) -> Any:
        return self.alice.post(address(photo, "keep/"), fields, headers=SCRIPT)

    def test_a_version_by_its_name(self) -> None:
        photo = opened(self.alice)
        save(self.alice, photo, [stroke(280, 200)])
        assert "Spring" in self._keep(photo, kind="version", name="Spring").json()["sentence"]
        assert photo.versions.get().label == "Spring"

    def test_a_link_shows_what_was_kept_and_not_what_came_later(self) -> None:
        photo = opened(self.alice)
        save(self.alice, photo, [], ground="colour", colour="#ff0000")
        link = self._keep(photo, kind="link").json()["link"]
        save(self.alice, photo, [], 1, ground="colour", colour="#0000ff")
        shown = Client().get(link.replace("http://testserver", ""))
        assert shown.status_code == 200
        assert photo.links.latest("created_at").recipe["ground"]["colour"] == "#ff0000"

    def test_a_preset_for_every_new_photo(self) -> None:
        photo = opened(self.alice)
        save(self.alice, photo, [stroke(280, 200)], shadow="contact", rotate=4)
        assert self._keep(photo, kind="preset", name="Mine", default="1").status_code == 200
        recipe = editing.current(finished(self.alice))
        assert recipe.shadow is not None
        assert (recipe.marks, recipe.place.rotate) == ((), 0)

    def test_a_preset_for_now_and_then_leaves_the_one_for_every_photo(self) -> None:
        photo = opened(self.alice)
        self._keep(photo, kind="preset", name="Always", default="1")
        self._keep(photo, kind="preset", name="Once")
        assert Preset.objects.get(is_default=True).name == "Always"
        self._keep(photo, kind="preset", name="Instead", default="1")
        assert Preset.objects.get(is_default=True).name == "Instead"
        self._keep(photo, kind="preset", name="Instead")
        assert not Preset.objects.filter(is_default=True).exists()

    def test_a_preset_of_ones_own_is_done_like_a_marketplaces(self) -> None:
        photo = opened(self.alice)
        save(self.alice, photo, [], ground="dark", strength=80)
        self._keep(photo, kind="preset", name="Night")
        other = opened(self.alice)
        key = str(Preset.objects.get().pk)
        answer = save(self.alice, other, [stroke(280, 200)], market=key).json()
        assert (answer["settings"]["ground"], answer["settings"]["strength"]) == ("dark", 80)
        assert len(editing.current(other).marks) == 1
        assert save(self.bob, opened(self.bob), [], market=key).status_code == 422

    @pytest.mark.parametrize("fields", [{}, {"kind": "other"}, {"kind": "preset", "name": ""}])
    def test_nonsense_gets_a_sentence(self, fields: dict[str, str]) -> None:
        answer = self._keep(opened(self.alice), **fields)
        assert (answer.status_code, bool(answer.json()["sentence"])) == (422, True)

    def test_colours_used_lately_are_offered_for_the_next_photo(self) -> None:
        save(self.alice, opened(self.alice), [], ground="colour", colour="#12ab34")
        assert 'data-swatch="#12ab34"' in self.alice.get(address(opened(self.alice))).content.decode()
        assert "#12ab34" not in self.bob.get(address(opened(self.bob))).content.decode()


class TestWithoutScript(Cast):
    def test_a_click_on_the_picture_takes_a_part_away(self) -> None:
        photo = opened(self.alice)
        whole = _visible(photo)
        click = {"at.x": 300, "at.y": 200, "action": "drop", "revision": 0}
        assert self.alice.post(address(photo, "click/"), click).status_code == 302
        assert _visible(photo) < 0.01 * whole

    def test_and_can_be_taken_back(self) -> None:
        photo = opened(self.alice)
        self.alice.post(address(photo, "click/"), {"at.x": 300, "at.y": 200, "action": "drop", "revision": 0})
        self.alice.post(address(photo, "back/"), {"revision": 1})
        assert _alpha(photo)[200, 300] == 255

    def test_a_form_of_yesterday_overwrites_nothing(self) -> None:
        photo = opened(self.alice)
        save(self.alice, photo, [stroke(280, 200)])
        click = {"at.x": 300, "at.y": 200, "action": "drop", "revision": 0}
        page = self.alice.post(address(photo, "click/"), click, follow=True)
        assert "changed in another window" in page.content.decode()
        assert len(editing.current(photo).marks) == 1

    def test_nonsense_gets_a_sentence(self) -> None:
        photo = opened(self.alice)
        page = self.alice.post(address(photo, "click/"), {"action": "drop"}, follow=True)
        assert "Click on the picture" in page.content.decode()

    def test_save_and_download_leads_to_the_file(self) -> None:
        photo = opened(self.alice)
        response = self.alice.post(address(photo, "save/"), {"revision": 0, "download": 1})
        assert response["Location"] == address(photo, "file/")
        assert self.alice.get(response["Location"])["Content-Disposition"].startswith("attachment")


class TestFile(Cast):
    @pytest.fixture(autouse=True)
    def _nobody_waits(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(delivery, "PATIENCE_SECONDS", 0)

    def _asked(self, photo: Photo) -> Any:
        return self.alice.get(address(photo, "file/?ready"))

    def test_is_ready_once_a_worker_has_made_it(self) -> None:
        photo = opened(self.alice)
        assert self._asked(photo).json() == {}  # the stored one
        save(self.alice, photo, [stroke(280, 200)])
        assert self._asked(photo).status_code == 202
        assert renditions.process_next()
        assert self._asked(photo).json() == {}
        assert self.alice.get(address(photo, "file/"))["Content-Disposition"].startswith("attachment")

    def test_that_cannot_be_made_gets_the_sentence(self) -> None:
        photo = opened(self.alice)
        save(self.alice, photo, [], format="jpeg", kilobytes=1, size="own", width=3000, height=3000)
        assert self._asked(photo).status_code == 202
        assert renditions.process_next()
        answer = self._asked(photo)
        assert (answer.status_code, "kB" in answer.json()["sentence"]) == (422, True)

    def test_that_may_be_made_another_time_gets_the_sentence_too(self) -> None:
        photo = opened(self.alice)
        save(self.alice, photo, [stroke(280, 200)])
        assert self._asked(photo).status_code == 202
        Rendition.objects.update(
            status=Rendition.Status.FAILED, error_code="internal", finished_at=timezone.now()
        )
        answer = self._asked(photo)
        assert (answer.status_code, "our side" in answer.json()["sentence"]) == (422, True)

    def test_whoever_asks_for_endless_new_ones_is_slowed_down(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(delivery, "_CONVERSIONS", 1)
        photo = opened(self.alice)
        for revision in range(3):
            save(self.alice, photo, [stroke(280, 200 + revision)], revision)
            answer = self._asked(photo)
        assert answer.status_code == 429
        assert "wait" in answer.json()["sentence"]


def test_a_guest_has_a_studio_too(db: None, engine: object) -> None:
    guest = Client()
    photo = opened(guest)
    assert save(guest, photo, [stroke(280, 200)]).status_code == 200
    assert Client().get(address(photo)).status_code == 404

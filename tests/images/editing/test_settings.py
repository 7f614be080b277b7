"""The settings of an edit: each field changes its own thing and no other."""

from typing import Any

import pytest
from django.http import QueryDict

from images.editing.settings import SettingsForm, in_format, settings_of
from images.engine.edits import recipe as recipes
from images.engine.edits.parts import Box, Crop, Kind
from images.engine.edits.recipe import Recipe

# As rich as can be, with what no field can say: a crop that was drawn, a width of its own on each side.
RICH: dict[str, Any] = {
    "version": 1,
    "marks": [{"op": "part", "at": [3, 4], "keep": False}],
    "ground": {"kind": "gradient", "start": "#102030", "end": "#405060", "angle": 12.5},
    "shadow": {"kind": "drop", "softness": 7.5, "opacity": 33, "colour": "#330000"},
    "outline": {"width": 12, "unit": "px", "colour": "#00ff00"},
    "place": {
        "crop": [10, 10, 90, 70],
        "margins": {"top": 3, "bottom": 9, "unit": "px"},
        "canvas": {"longest": 900, "ratio": [3, 2]},
        "align": {"x": "left"},
        "scale": "shrink",
        "rotate": 2.5,
    },
    "output": {"format": "webp", "quality": 71, "max_bytes": 123_456, "dpi": 300, "colours": "srgb"},
}
CHANGES: dict[str, tuple[Any, str]] = {
    "ground": ("colour", "ground"),
    "end": ("#ffffff", "ground"),
    "shape": ("radial", "ground"),
    "slant": (90, "ground"),
    "shadow": ("contact", "shadow"),
    "shade": ("#000011", "shadow"),
    "angle": (90, "shadow"),
    "softness": (11, "shadow"),
    "outline": (4, "outline"),
    "edge": ("#111111", "outline"),
    "crop": ("subject", "place"),
    "cut_left": (4, "place"),
    "cut_width": (20, "place"),
    "margin": (6, "place"),
    "left": (5, "place"),
    "size": ("1:1", "place"),
    "across": ("right", "place"),
    "down": ("top", "place"),
    "scale": ("fill", "place"),
    "rotate": (-9, "place"),
    "flip": ("both", "place"),
    "format": ("jpeg", "output"),
    "quality": (50, "output"),
    "kilobytes": (80, "output"),
    "dpi": (72, "output"),
    "bits": ("8", ""),
    "colours": ("keep", "output"),
}


def applied(recipe: Recipe, **fields: Any) -> Recipe:
    data = QueryDict(mutable=True)
    for name, value in fields.items():
        data[name] = "" if value is None else value
    form = SettingsForm(data)
    assert form.is_valid(), form.errors
    return form.applied_to(recipe)


def rich() -> Recipe:
    return recipes.parse(RICH)


def test_what_is_sent_as_it_was_shown_changes_nothing() -> None:
    assert applied(rich(), **settings_of(rich())) == rich()
    assert applied(Recipe(), **settings_of(Recipe())) == Recipe()


def test_what_is_not_sent_changes_nothing() -> None:
    assert applied(rich()) == rich()


@pytest.mark.parametrize("name", CHANGES)
def test_each_field_changes_its_own_part_alone(name: str) -> None:
    value, part = CHANGES[name]
    made = applied(rich(), **{**settings_of(rich()), name: value})
    before, after = recipes.canonical(rich()), recipes.canonical(made)
    assert [key for key in RICH if before.get(key) != after.get(key)] == ([part] if part else [])
    assert settings_of(made)[name] == value


@pytest.mark.parametrize(
    ("name", "part", "field"), [("shade", "shadow", "softness"), ("edge", "outline", "width")]
)
def test_what_lies_beside_it_keeps_even_its_decimals(name: str, part: str, field: str) -> None:
    made = recipes.canonical(applied(rich(), **{**settings_of(rich()), name: "#123456"}))
    assert made[part] == recipes.canonical(rich())[part] | {"colour": "#123456"}
    assert made[part][field] == RICH[part][field]


def test_what_is_beyond_a_slider_stays_there() -> None:
    far: dict[str, Any] = {
        "version": 1,
        "shadow": {"kind": "drop", "distance": 900, "softness": 700, "unit": "px"},
        "outline": {"width": 300, "unit": "px"},
        "place": {"margins": {"top": 200, "left": 3, "unit": "px"}, "rotate": 180},
    }
    recipe = recipes.parse(far)
    assert applied(recipe, **settings_of(recipe)) == recipe
    made = recipes.canonical(applied(recipe, **{**settings_of(recipe), "format": "jpeg"}))
    assert [made[part] for part in far] == [recipes.canonical(recipe)[part] for part in far]


def test_one_side_of_its_own_and_then_the_slider_for_all() -> None:
    even = applied(Recipe(), margin=6)
    uneven = applied(even, **{**settings_of(even), "left": 3, "margin": 6})
    assert (uneven.place.margins.left, uneven.place.margins.top) == (3, 6)
    assert applied(uneven, **{**settings_of(uneven), "format": "webp"}).place == uneven.place
    assert {settings_of(applied(uneven, margin=9))[side] for side in ("top", "left", "bottom")} == {9}


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"size": "longest"}, "longest"),
        ({"size": "longest", "longest": "0"}, "longest"),
        ({"size": "own"}, "width"),
        ({"size": "own", "height": "10"}, "width"),
        ({"width": "NaN"}, "width"),
        ({"longest": "1e9"}, "longest"),
        ({"top": "30001"}, "top"),
        ({"dpi": "-1"}, "dpi"),
        ({"margin": "46"}, "margin"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_set_gets_a_sentence(fields: dict[str, str], wrong: str) -> None:
    data = QueryDict(mutable=True)
    data.update(fields)
    errors = SettingsForm(data).errors
    assert wrong in errors
    assert all(str(sentence) for sentence in errors[wrong])


def test_every_field_is_of_a_part() -> None:
    from images.editing.settings import PARTS

    assert {name for names in PARTS.values() for name in names} == set(SettingsForm.base_fields)


def test_a_turn_leaves_the_crop_that_was_drawn() -> None:
    made = applied(rich(), **{**settings_of(rich()), "rotate": 1})
    assert (made.place.crop, made.place.margins) == (rich().place.crop, rich().place.margins)


def test_nothing_in_a_limit_takes_it_away() -> None:
    made = applied(rich(), kilobytes=None, dpi=None)
    assert (made.output.max_bytes, made.output.dpi, made.output.quality) == (None, None, 71)


def test_a_contact_shadow_begins_as_one() -> None:
    made = applied(Recipe(), **{**settings_of(Recipe()), "shadow": "contact"})
    assert recipes.canonical(made)["shadow"] == {"kind": "contact"}


JPEG = {"format": "jpeg", "quality": 70, "max_bytes": 200_000}


@pytest.mark.parametrize(
    ("document", "choice"),
    [
        ({}, {"shadow": "contact"}),
        ({"shadow": {"kind": "drop", "softness": 20, "opacity": 80}}, {"shadow": "contact"}),
        ({"output": JPEG}, {"format": "webp"}),
        ({"output": JPEG}, {"format": "png"}),
        ({"output": {"bits": 16}}, {"format": "jpeg"}),
        ({"output": {"format": "tiff", "colours": "cmyk"}}, {"format": "jpeg"}),
        (RICH, {"ground": "transparent"}),
        (RICH, {"crop": "whole"}),
    ],
)
def test_what_is_sent_once_more_is_no_other_edit(document: dict[str, Any], choice: dict[str, Any]) -> None:
    recipe = recipes.parse({"version": 1, **document})
    page = {**settings_of(recipe), **choice}
    data = QueryDict(mutable=True)
    data.update({name: "" if value is None else str(value) for name, value in page.items()})
    form = SettingsForm(data)
    assert form.is_valid(), form.errors
    made = form.applied_to(recipe)
    overruled = form.overruled(made)
    assert not choice.keys() & overruled.keys()
    assert applied(made, **{**page, **overruled}) == made


def test_a_colour_that_nothing_shows_is_there_again_with_its_ground() -> None:
    form = SettingsForm({**settings_of(Recipe()), "colour": "#ff0000", "picture": ""})
    assert form.is_valid()
    assert form.overruled(form.applied_to(Recipe())) == {}


@pytest.mark.parametrize(
    ("had", "format", "has"),
    [
        ({"bits": 16}, "jpeg", {"format": "jpeg"}),
        ({"bits": 16}, "tiff", {"format": "tiff", "bits": 16}),
        ({"format": "tiff", "colours": "cmyk"}, "jpeg", {"format": "jpeg"}),
        (
            {"format": "tiff", "colours": "srgb", "dpi": 72},
            "webp",
            {"format": "webp", "colours": "srgb", "dpi": 72},
        ),
    ],
)
def test_another_format_has_what_it_can_have(had: dict[str, Any], format: str, has: dict[str, Any]) -> None:
    recipe = recipes.parse({"version": 1, "output": had})
    made = applied(recipe, **{**settings_of(recipe), "format": format})
    assert recipes.canonical(made)["output"] == has
    assert in_format(recipe.output, Kind(format)) == made.output


@pytest.mark.parametrize(
    ("size", "canvas"),
    [
        ({"width": 300, "height": 200}, {"width": 300, "height": 200}),
        ({"longest": 800}, {"longest": 800}),
        ({"size": "4:5"}, {"ratio": [4, 5]}),
    ],
)
def test_sizes(size: dict[str, Any], canvas: dict[str, Any]) -> None:
    assert recipes.canonical(applied(Recipe(), **size))["place"]["canvas"] == canvas


class TestDrawnCrop:
    SAID = {"crop": "drawn", "cut_left": 10, "cut_top": 20, "cut_width": 30, "cut_height": 40}

    def test_is_a_box(self) -> None:
        assert applied(Recipe(), **self.SAID).place.crop == Box(10, 20, 40, 60)

    def test_begins_at_the_corner_if_nothing_else_is_said(self) -> None:
        said = {**self.SAID, "cut_left": None, "cut_top": None}
        assert applied(Recipe(), **said).place.crop == Box(0, 0, 30, 40)

    def test_is_left_behind_with_another_choice(self) -> None:
        assert applied(rich(), **{**self.SAID, "crop": "whole"}).place.crop == Crop.WHOLE

    def test_without_a_size_gets_a_sentence(self) -> None:
        form = SettingsForm({**self.SAID, "cut_width": ""})
        assert not form.is_valid()
        assert "draw the crop" in form.errors["crop"][0]

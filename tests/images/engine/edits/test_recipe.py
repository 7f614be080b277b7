"""Recipes as documents: what is read, what is refused, and what names them."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from images.engine.edits import recipe as recipes
from images.engine.edits.marks import MOST_INEXACT, MOST_MARKS
from images.engine.edits.recipe import Recipe
from images.engine.errors import BadRecipe

FULL = {
    "version": 1,
    "cutout": "11111111-2222-4333-8444-555555555555",
    "weights": "ab" * 32,
    "ground": {"kind": "gradient", "shape": "radial", "start": "#ff0000", "end": "#00ff00", "angle": 45},
    "shadow": {"kind": "drop", "angle": 90, "distance": 5, "softness": 2.5, "opacity": 30, "unit": "px"},
    "outline": {"width": 3, "colour": "#112233"},
    "place": {
        "crop": "subject",
        "margins": {"top": 5, "right": 5, "bottom": 5, "left": 5, "unit": "px"},
        "canvas": {"ratio": [4, 5], "longest": 1200},
        "align": {"x": "left", "y": "bottom"},
        "scale": "shrink",
        "rotate": 1.5,
        "flip": "horizontal",
    },
    "output": {"format": "jpeg", "quality": 80, "max_bytes": 500000, "dpi": 300, "colours": "srgb"},
}


def _zigzag(radius: int, count: int) -> dict[str, Any]:
    """A stroke that jumps across all that a stroke may reach."""
    moves = [240_000, 240_000] + [-480_000, -480_000, 480_000, 480_000] * (count // 2)
    return {"op": "stroke", "radius": radius, "points": moves[: 2 * count]}


def _dots(radius: int, count: int) -> dict[str, Any]:
    return {"op": "stroke", "radius": radius, "points": [0, 0] * count}


def _code(document: Any) -> str:
    with pytest.raises(BadRecipe) as caught:
        recipes.parse(document)
    assert str(caught.value)
    return caught.value.code


def test_what_is_written_reads_back_the_same() -> None:
    recipe = recipes.parse(FULL)
    assert recipes.parse(recipes.canonical(recipe)) == recipe


def test_what_is_as_it_comes_is_not_written() -> None:
    spoken = {
        "version": 1,
        "marks": [],
        "ground": {"kind": "transparent"},
        "shadow": None,
        "place": {"rotate": 0, "margins": {"top": 0.0}},
        "output": {"format": "png", "bits": 8, "quality": None},
    }
    assert recipes.canonical(recipes.parse(spoken)) == {"version": 1}
    assert recipes.parse(spoken).is_plain


def test_the_same_edit_has_the_same_name() -> None:
    one = {"version": 1, "ground": {"kind": "colour", "colour": "#FFaa00"}, "outline": {"width": 2.0}}
    other = {
        "outline": {"colour": "#ffffff"},
        "ground": {"colour": "#ffaa00", "kind": "colour"},
        "version": 1,
    }
    assert recipes.digest(recipes.parse(one)) == recipes.digest(recipes.parse(other))
    assert recipes.digest(recipes.parse(one)) != recipes.digest(Recipe())


def test_a_preset_leaves_out_what_is_of_one_photo() -> None:
    preset = recipes.parse({**FULL, "place": {**FULL["place"], "crop": [1, 2, 30, 40]}}).as_preset  # type: ignore[dict-item]
    assert preset.cutout is None
    assert preset.place.crop == "whole"
    assert preset.place.rotate == 0
    assert preset.ground.kind == "gradient"


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ({"version": 2}, "recipe_version"),
        ({"version": "1"}, "recipe_version"),
        ({"cutout": "no id"}, "recipe_damaged"),
        ({"weights": "AB"}, "recipe_damaged"),
        ({"surprise": 1}, "recipe_unknown"),
        ({"ground": {"kind": "colour", "colour": "red"}}, "recipe_colour"),
        ({"ground": {"kind": "colour", "color": "#ffffff"}}, "recipe_unknown"),
        ({"ground": {"kind": "volcano"}}, "recipe_choice"),
        ({"ground": {"kind": "picture"}}, "recipe_damaged"),
        ({"ground": "white"}, "recipe_damaged"),
        ({"shadow": {"kind": "drop", "unit": "px", "distance": 10_000}}, "recipe_number"),
        ({"shadow": {"opacity": 10}}, "recipe_choice"),
        ({"outline": {"width": -1}}, "recipe_number"),
        ({"outline": {"width": True}}, "recipe_number"),
        ({"outline": {"width": "2"}}, "recipe_number"),
        ({"place": {"rotate": float("nan")}}, "recipe_number"),
        ({"place": {"rotate": float("inf")}}, "recipe_number"),
        ({"place": {"rotate": 10**400}}, "recipe_number"),
        ({"place": {"crop": [10, 10, 10, 20]}}, "crop_empty"),
        ({"place": {"crop": [1, 2, 3]}}, "recipe_damaged"),
        ({"place": {"crop": [1, 2, 3.5, 4]}}, "recipe_number"),
        ({"place": {"canvas": {"width": 100}}}, "recipe_damaged"),
        ({"place": {"canvas": {"width": 100, "height": 100, "longest": 5}}}, "recipe_damaged"),
        ({"place": {"canvas": {"ratio": [1, 1000]}}}, "recipe_number"),
        ({"place": {"canvas": {"ratio": [1]}}}, "recipe_damaged"),
        ({"output": {"format": "gif"}}, "recipe_choice"),
        ({"output": {"bits": 12}}, "recipe_choice"),
        ({"output": {"quality": 101}}, "recipe_number"),
        ({"marks": [{}] * (MOST_MARKS + 1)}, "recipe_too_long"),
        ({"marks": [_zigzag(2, 11)]}, "recipe_too_long"),
        ({"marks": [_zigzag(2, 4)] * 3}, "recipe_too_long"),
        ({"marks": [_dots(4096, 25_000)]}, "recipe_too_long"),
        ({"marks": [{"op": "part", "at": [1, 1]}] * (MOST_INEXACT + 1)}, "recipe_too_long"),
        (
            {"marks": [{"op": "stroke", "snap": True, "points": [0, 0]}] * (MOST_INEXACT + 1)},
            "recipe_too_long",
        ),
        ({"marks": {}}, "recipe_damaged"),
        ({"marks": [1]}, "recipe_damaged"),
    ],
)
def test_bad_documents_get_a_sentence(part: dict[str, Any], code: str) -> None:
    assert _code({"version": 1, **part}) == code


@pytest.mark.parametrize("radius", [16, 40, 160, 400, 1600])
def test_long_strokes_across_fifty_megapixels_are_not_too_long(radius: int) -> None:
    """Two hundred of them, each from corner to corner, in as many points as a pen leaves."""
    across = {"op": "stroke", "radius": radius, "points": [350, 230] * 100}
    assert len(recipes.parse({"version": 1, "marks": [across] * 200}).marks) == 200


@pytest.mark.parametrize("document", [None, [], "recipe", 1, {}])
def test_what_is_no_document(document: Any) -> None:
    assert _code(document).startswith("recipe_")


_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


@given(st.sampled_from([name for name in FULL if name != "version"]), _VALUES)
def test_nothing_but_a_refusal_comes_of_nonsense(name: str, value: Any) -> None:
    with suppress(BadRecipe):
        recipe = recipes.parse({"version": 1, name: value})
        assert recipes.parse(json.loads(json.dumps(recipes.canonical(recipe), allow_nan=False))) == recipe

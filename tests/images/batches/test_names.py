"""Names in an archive: by template, and so that every system can unpack them."""

import unicodedata

import pytest

from images.batches.names import Source, Unique, as_file, filled, is_template

SHOE = Source("shoes/red", "IMG 1.JPG", 7, "amazon")


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{folder}/{name}", "shoes/red/IMG 1.png"),
        ("{name}", "IMG 1.png"),
        ("{n:04}-{preset}", "0007-amazon.png"),
        ("{n}_{name}", "7_IMG 1.png"),
        ("{folder} {name}", "shoes/red IMG 1.png"),
        ("/{preset}//{n:03}/", "amazon/007.png"),
    ],
)
def test_a_template_is_filled(template: str, name: str) -> None:
    assert is_template(template)
    assert filled(template, SHOE, "png") == name


def test_without_a_folder_no_slash_is_left() -> None:
    assert filled("{folder}/{name}", Source("", "a.png", 1, ""), "webp") == "a.webp"


@pytest.mark.parametrize("template", ["", "  ", "/", "{what}", "{n:4x}", "{", "{name}}", "{__class__}"])
def test_what_is_no_template(template: str) -> None:
    assert not is_template(template)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("..\\..\\x.png", "_.._x.png"),
        ("..", "_.png"),
        ("...", "_.png"),
        ("a\0b.png", "ab.png"),
        ("CON.png", "_CON.png"),
        ("con", "_con.png"),
        ("lpt1.tar.gz", "_lpt1.tar.png"),
        ("COM¹.png", "_COM¹.png"),
        ('a<b>:"|?*\\c.png', "a_b_______c.png"),
        ("=cmd|calc.png", "=cmd_calc.png"),
        ("🥿👠.heic", "🥿👠.png"),
        ("trailing. .png", "trailing.png"),
        (".png", "png.png"),
        ("\u202egnp.exe", "gnp.png"),
        ("", "_.png"),
    ],
)
def test_bad_names_become_good_ones(name: str, safe: str) -> None:
    assert filled("{name}", Source("", name, 1, ""), "png") == safe


def test_a_name_of_300_letters_is_cut() -> None:
    name = filled("{name}", Source("", "x" * 300 + ".jpg", 1, ""), "png")
    assert name == "x" * 120 + ".png"


def test_letters_that_a_mac_took_apart_are_composed() -> None:
    apart = unicodedata.normalize("NFD", "schön.jpg")
    assert filled("{name}", Source("", apart, 1, ""), "png") == "schön.png"


def test_collisions_are_numbered_whatever_their_capitals() -> None:
    unique = Unique("manifest.csv")
    wanted = ["a/b.png", "A/B.png", "a/b.png", "a/b (2).png", "Manifest.csv"]
    assert [unique.name(name) for name in wanted] == [
        "a/b.png",
        "A/B (2).png",
        "a/b (3).png",
        "a/b (2) (2).png",
        "Manifest (2).csv",
    ]


def test_a_title_as_a_file() -> None:
    assert as_file("Herbst/Winter: 2026 ") == "Herbst_Winter_ 2026"

"""Names that people gave, as they may be shown."""

import pytest

from bgbegone.lib.names import readable

FAMILY = "👨\u200d👩\u200d👧.jpg"
SCOTLAND = "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
PERSIAN = "می\u200cخواهم.png"


@pytest.mark.parametrize("name", [FAMILY, SCOTLAND, PERSIAN, "❤\ufe0f.jpg", "👍🏽.jpg", "plain.jpg", "Ü.png"])
def test_joined_letters_stay_whole(name: str) -> None:
    assert readable(name) == name


@pytest.mark.parametrize("steering", ["\u202e", "\u2066", "\x00", "\n", "\x1b", "\u200b", "\ufeff"])
def test_what_steers_a_screen_is_left_out(steering: str) -> None:
    assert readable(f"a{steering}b.jpg") == "ab.jpg"


@pytest.mark.parametrize("longest", range(1, 12))
def test_end_of_a_long_name_begins_with_a_whole_letter(longest: int) -> None:
    end = readable(f"x{FAMILY}", longest)
    assert len(end) <= longest
    assert f"x{FAMILY}".endswith(end)
    assert not end.startswith(("\u200d", "\ufe0f"))


def test_accent_is_not_left_alone() -> None:
    assert readable("ae\u0301x", 2) == "x"

"""What has changed between two texts."""

from hypothesis import given
from hypothesis import strategies as st

from policy.versions import diff
from policy.versions.diff import Kind, Piece

OLD = "## One {#P1}\n\nWe keep it.\n\n## Two {#P2}\n\nWe never sell it.\n\nThe end."


def _words(old: str, new: str) -> list[tuple[str, str]]:
    (change,) = diff.compare(old, new)
    return [(piece.kind.value, piece.words) for piece in change.pieces]


def test_words_that_are_new_gone_and_the_same() -> None:
    assert _words("We keep all of it.", "We lose all of that.") == [
        ("same", "We "),
        ("removed", "keep"),
        ("added", "lose"),
        ("same", " all of "),
        ("removed", "it."),
        ("added", "that."),
    ]


def test_a_change_stands_under_its_heading() -> None:
    before, change, after = diff.compare(OLD, OLD.replace("never sell", "sell"))
    assert (before.unchanged, after.unchanged) == (3, 1)
    assert change.heading == "Two"
    assert Piece(Kind.REMOVED, "never ") in change.pieces or Piece(Kind.REMOVED, " never") in change.pieces


def test_equal_texts_have_no_changes() -> None:
    assert [change.pieces for change in diff.compare(OLD, OLD)] == [()]


def test_everything_is_new_beside_nothing() -> None:
    assert _words("", "All new.") == [("added", "All new.")]


def test_a_line_broken_elsewhere_is_no_change() -> None:
    assert not any(change.pieces for change in diff.compare("We keep\nit all.", "We keep it\r\nall."))


WORDS = st.text("ab \n#*", max_size=60)


@given(WORDS, WORDS)
def test_both_texts_can_be_told_from_the_changes(old: str, new: str) -> None:
    changes = diff.compare(old, new)
    for kind, text in ((Kind.ADDED, old), (Kind.REMOVED, new)):
        left = "".join(piece.words for change in changes for piece in change.pieces if piece.kind is not kind)
        # What the changes show of a text is words of that text, in their order.
        remaining = iter("".join(text.split()))
        assert all(letter in remaining for letter in "".join(left.split()))

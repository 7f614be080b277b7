"""Marks that take long: nobody keeps the desk, and nobody begins again."""

import time
from contextlib import nullcontext
from threading import Thread
from typing import Any

import numpy as np
import pytest

from images.engine.edits import marks as mark
from images.photos.models import Photo
from images.studio import desk, services
from images.studio.making import sources_of
from images.studio.models import Preparation
from images.studio.reading import Sheets
from tests.base import Cast
from tests.images.studio.steps import ask, content, opened, stroke

_FOLLOWING = [stroke(240 + 20 * number, 200, snap=True) for number in range(5)]


@pytest.fixture(autouse=True)
def _tidy_desk() -> None:
    desk._tidy()


def _base(photo: Photo) -> Sheets:
    return Sheets(services.prepare(photo, Preparation.Kind.SHEETS).file)


class TestDesk(Cast):
    @pytest.fixture(autouse=True)
    def _short_turns(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(desk, "_LONG_TURN_SECONDS", 0)

    def _turns(self, photo: Photo, marks: tuple[mark.Mark, ...], between: Photo | None = None) -> int:
        """How many it takes, each of which does one mark at least."""
        for turns in range(1, 10):
            try:
                desk.alpha(photo, marks, _base(photo))
            except desk.Unfinished:
                if between:
                    desk.alpha(between, (), _base(between))
            else:
                return turns
        raise AssertionError("it begins again and again")

    @pytest.mark.parametrize("is_shared", [False, True])
    def test_many_marks_are_worked_out_turn_by_turn(self, is_shared: bool) -> None:
        photo, marks = opened(self.alice), mark.parse(list(_FOLLOWING))
        other = opened(self.bob) if is_shared else None
        assert self._turns(photo, marks, other) == len(marks)
        found = desk.alpha(photo, marks, _base(photo))
        untouched = desk.alpha(photo, (), _base(photo))
        assert np.array_equal(found, mark.apply(untouched, marks, sources_of(photo.cutout)))
        assert not desk._aside

    def test_the_page_asks_again_until_its_mark_is_there(self) -> None:
        photo = opened(self.alice)
        answers: list[Any] = []
        while not answers or answers[-1].status_code == 503:
            answers.append(ask(self.alice, photo, "mark/", marks=_FOLLOWING))
        assert len(answers) == len(_FOLLOWING) - 1  # the last one is done with the one before
        assert "take a while" in answers[0].json()["sentence"]
        assert content(answers[-1])

    def test_what_was_begun_is_forgotten_when_nobody_goes_on(self) -> None:
        photo, marks = opened(self.alice), mark.parse(list(_FOLLOWING))
        with pytest.raises(desk.Unfinished):
            desk.alpha(photo, marks, _base(photo))
        assert desk._aside
        desk._tidy()
        assert not desk._aside

    def test_what_was_begun_takes_little_memory(self, monkeypatch: pytest.MonkeyPatch) -> None:
        photo, marks = opened(self.alice), mark.parse(list(_FOLLOWING))
        with pytest.raises(desk.Unfinished):
            desk.alpha(photo, marks, _base(photo))
        assert sum(len(begun.packed) for begun in desk._aside.values()) < 10_000
        monkeypatch.setattr(desk, "_MOST_ASIDE_BYTES", 0)
        with pytest.raises(desk.Unfinished):
            desk.alpha(photo, marks, _base(photo))
        assert not desk._aside


class TestTurns(Cast):
    @pytest.mark.parametrize("somebody_waits", [False, True])
    def test_a_turn_is_short_only_while_somebody_waits(
        self, monkeypatch: pytest.MonkeyPatch, somebody_waits: bool
    ) -> None:
        photo, marks = opened(self.alice), mark.parse(list(_FOLLOWING))
        monkeypatch.setattr(desk, "_TURN_SECONDS", 0)
        monkeypatch.setattr(desk, "_LONG_TURN_SECONDS", 1000)
        monkeypatch.setattr(desk, "_waiting", {1} if somebody_waits else set())
        with pytest.raises(desk.Unfinished) if somebody_waits else nullcontext():
            desk.alpha(photo, marks, _base(photo))


def test_whoever_wants_the_desk_waits_a_while_and_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "_PATIENCE_SECONDS", 1)
    refused: list[bool] = []
    is_seen = False

    def wait() -> None:
        try:
            with desk._a_turn():
                pass
        except desk.Busy:
            refused.append(True)

    with desk._a_turn():
        assert not desk._waiting
        other = Thread(target=wait)
        other.start()
        while other.is_alive():
            is_seen = is_seen or bool(desk._waiting)
            time.sleep(0.001)
    assert is_seen
    assert refused
    assert not desk._waiting

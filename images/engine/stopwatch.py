"""Tells how long each stage took."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

from images.engine.options import Stage


class Stopwatch:
    """`seconds` maps the name of each finished stage to its wall-clock time."""

    def __init__(self, on_stage: Callable[[Stage], None]) -> None:
        self.seconds: dict[str, float] = {}
        self._on_stage = on_stage

    @contextmanager
    def stage(self, stage: Stage) -> Iterator[None]:
        self._on_stage(stage)
        start = perf_counter()
        yield
        self.seconds[stage.value] = perf_counter() - start

"""How a fetch is going, told to a person."""

from typing import NoReturn, Protocol, TextIO

from tqdm import tqdm


class Report(Protocol):
    """Tells a person how a fetch is going."""

    def say(self, line: str) -> None: ...

    def advance(self, done: int, total: int) -> None: ...


class ConsoleReport:
    """A progress bar on a terminal, a line for every quarter elsewhere."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._bar: tqdm[NoReturn] | None = None
        self._quarters = 0

    def say(self, line: str) -> None:
        self._quarters = 0
        if self._bar is not None:
            self._bar.close()
            self._bar = None
        self._stream.write(f"{line}\n")
        self._stream.flush()

    def advance(self, done: int, total: int) -> None:
        if self._stream.isatty():
            self._show_bar(done, total)
        elif done * 4 // total > self._quarters:
            self._quarters = done * 4 // total
            percent, megabytes = min(100, done * 100 // total), total / 1_000_000
            self._stream.write(f"  {percent} % of {megabytes:.0f} MB\n")
            self._stream.flush()

    def _show_bar(self, done: int, total: int) -> None:
        if self._bar is None:
            self._bar = tqdm(total=total, unit="B", unit_scale=True, file=self._stream)
        self._bar.update(done - self._bar.n)

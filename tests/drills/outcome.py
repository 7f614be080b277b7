"""What a drill found."""

from dataclasses import dataclass


class Skipped(Exception):
    """This machine lacks something; the argument says what."""


@dataclass
class Outcome:
    """`done`: what people sent and got; `lost`: what they sent and did not get; `twice`: what came twice.

    `strays`: files and processes that belong to nothing. `note` says what was done to it all.
    """

    done: int
    lost: int = 0
    twice: int = 0
    strays: int = 0
    note: str = ""

    @property
    def is_clean(self) -> bool:
        return self.done > 0 and not (self.lost or self.twice or self.strays)

    def line(self, name: str, seconds: float) -> str:
        strays = f", strays {self.strays}" if self.strays else ""
        what = "clean" if self.is_clean else "NOT CLEAN"
        counts = f"done {self.done}, lost {self.lost}, twice {self.twice}{strays}, {seconds:.0f} s"
        return f"{name}: {counts} ({self.note}) {what}"

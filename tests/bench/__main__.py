"""`make bench`: every measurement, one after the other, printed and kept in README.

`python -m tests.bench speed accuracy` measures these alone and only prints them.
"""

import sys
import traceback
from collections.abc import Callable

from images.weights import backends
from tests.bench import accuracy, api, archive, edges, load, speed, studio, tables, upload
from tests.images.engine.real import real_task

SECTIONS: dict[str, tuple[str, Callable[[], str]]] = {
    "speed": ("Speed and memory", speed.report),
    "accuracy": ("Masks", accuracy.report),
    "edges": ("Edges", edges.report),
    "studio": ("Clicks and strokes", studio.report),
    "load": ("Sixteen clients at once", load.report),
    "upload": ("The whole service", upload.report),
    "api": ("The API", api.report),
    "archive": ("One archive of a thousand photos", archive.report),
}


def main(wanted: list[str]) -> int:
    unknown = set(wanted) - set(SECTIONS)
    if unknown:
        sys.stderr.write(f"There is no {', '.join(unknown)}; there are {', '.join(SECTIONS)}.\n")
        return 2
    if not accuracy.SHARED.is_dir():
        sys.stderr.write(f"The photos to measure on ({accuracy.SHARED / 'data'}) are not on this machine.\n")
        return 1
    backends.measure(real_task())  # as a worker does when it starts
    texts, failed = [f"{tables.machine()}. IS-Net, the same weights for every engine."], 0
    for name in wanted or SECTIONS:
        title, report = SECTIONS[name]
        text = measured(report)
        failed += text is None
        texts.append(f"### {title}\n\n{text or 'Not measured in this run.'}")
        sys.stdout.write(f"{texts[-1]}\n\n")
        sys.stdout.flush()
    if not wanted:
        tables.keep("\n\n".join(texts))
    return 1 if failed else 0


def measured(report: Callable[[], str]) -> str | None:
    """None for what failed: one part that cannot be measured does not cost a quarter of an hour of others."""
    try:
        return report()
    except Exception:  # noqa: BLE001 (whatever it was, it is told, and the exit code says so)
        traceback.print_exc()
        return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

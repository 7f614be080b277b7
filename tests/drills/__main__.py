"""`python -m tests.drills [NAME…] [--short]`."""

import argparse
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

from tests import leaks
from tests.drills.outcome import Skipped

NAMES = ("kills", "servers", "disk", "clock", "dying", "pairs", "memory", "restoring", "upgrade")


def run(name: str, *, is_short: bool) -> bool:
    """Print the drill's line; whether it was clean, or could not be held here."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bgbegone-drill-") as folder:
        try:
            outcome = import_module(f"tests.drills.{name}").drill(Path(folder), is_short=is_short)
        except Skipped as reason:
            print(f"{name}: skipped, {reason}", flush=True)
            return True
        except BaseException:
            # The folder goes; what the service said is what one wants to read.
            for log in Path(folder).rglob("serve.log"):
                print("\n".join(log.read_text().splitlines()[-40:]), flush=True)
            raise
    leaked = leaks.found()
    print(outcome.line(name, time.monotonic() - started), *leaked, sep="\n", flush=True)
    return bool(outcome.is_clean) and not leaked


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.drills", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*NAMES, []], help=", ".join(NAMES))
    parser.add_argument("--short", action="store_true", help="a few photos and faults instead of hundreds")
    given = parser.parse_args()
    results = [run(name, is_short=given.short) for name in given.names or NAMES]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())

"""`python -m tests.promises`: writes down which tests prove which clause of the policy, for its page.

A test proves a clause by its name, `test_p06_…`. The suite checks that what is written down is right.
"""

import json
import re
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
PROOFS = _ROOT / "policy" / "versions" / "proofs.json"
_TEST = re.compile(r"^\s*(?:async )?def (test_p(\d\d)_\w+)\(", re.MULTILINE)


def found() -> dict[str, list[list[str]]]:
    """File and name of every such test, by clause."""
    tests: dict[str, list[list[str]]] = {}
    for file in sorted(Path(__file__).parent.rglob("test_*.py")):
        for name, number in _TEST.findall(file.read_text()):
            tests.setdefault(f"P{int(number)}", []).append([file.relative_to(_ROOT).as_posix(), name])
    return dict(sorted(tests.items(), key=lambda clause: int(clause[0][1:])))


def main() -> None:
    PROOFS.write_text(json.dumps(found(), indent=1) + "\n")


if __name__ == "__main__":
    main()

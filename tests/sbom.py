"""`python -m tests.sbom`: every part of others that the service runs on, as CycloneDX, read from the lock."""

import json
import re
import sys
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[1]
LOCK = _ROOT / "requirements.txt"
_PART = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;\\]+)(?:\s*;\s*([^\\]+?))?\s*\\?$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def bill(lock: str) -> dict[str, Any]:
    """The document. Of each part: its name, its version, and the hashes of its files."""
    parts: list[dict[str, Any]] = []
    for line in lock.splitlines():
        if part := _PART.match(line):
            parts.append(_part(part[1], part[2], part[3] or ""))
        elif (digest := _HASH.search(line)) and parts:
            parts[-1]["hashes"].append({"alg": "SHA-256", "content": digest[1]})
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "background-be-gone"}},
        "components": parts,
    }


def _part(name: str, version: str, marker: str) -> dict[str, Any]:
    address = f"pkg:pypi/{name.lower()}@{version}"
    made: dict[str, Any] = {"type": "library", "name": name, "version": version, "purl": address}
    made |= {"bom-ref": f"{address}{'#' + marker if marker else ''}", "hashes": []}
    if marker:
        made["properties"] = [{"name": "marker", "value": marker}]
    return made


if __name__ == "__main__":
    json.dump(bill(LOCK.read_text()), sys.stdout, indent=1)

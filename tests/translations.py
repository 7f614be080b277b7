"""`python -m tests.translations`: every sentence is translated, with its placeholders and its markup, and
what is compiled is what is written.

Works on a copy, so that checking changes nothing. Needs GNU gettext.
"""

import gettext
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_NOT_OURS = shutil.ignore_patterns(".git", ".venv", "var", "node_modules", "tests", ".*_cache", "__pycache__")


# What has to stand in a translation as it stands in the sentence: `{name}` of scripts, `%(name)s`, markup.
_KEPT = re.compile(r"\{\w+\}|%\(\w+\)[sd]|</?[a-z][^>]*>")


def main() -> int:
    if not shutil.which("msgfmt"):
        print("GNU gettext is needed to check translations: install the package “gettext”.")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(ROOT, Path(folder) / "copy", ignore=_NOT_OURS))
        command = [sys.executable, "manage.py", "makemessages", "--all", "--no-location", "--no-obsolete"]
        subprocess.run(command, cwd=copy, check=True, capture_output=True)
        complaints = [line for po in sorted(copy.glob("locale/*/LC_MESSAGES/*.po")) for line in _check(po)]
    print("\n".join(complaints) or "All sentences are translated.")
    return 1 if complaints else 0


def _check(po: Path) -> list[str]:
    compiled = po.with_suffix(".new")
    run = subprocess.run(
        ["msgfmt", "--check", "--statistics", "-o", str(compiled), str(po)],
        capture_output=True,
        text=True,
        env={"LC_ALL": "C", "PATH": "/usr/bin:/bin:/usr/local/bin"},
        check=False,
    )
    name = po.relative_to(po.parents[3])
    if run.returncode or re.search(r"fuzzy|untranslated", run.stderr):
        return [f"{name}: {run.stderr.strip()} (make translations, then fill in what is missing)"]
    broken = [
        f"{name}: “{text}” lacks {kept}, or has too much of it"
        for text, translated in _catalogue(compiled).items()
        if isinstance(text, str)
        for kept in set(_KEPT.findall(text)) ^ set(_KEPT.findall(translated))
    ]
    if broken:
        return broken
    if _catalogue(compiled) != _catalogue(po.with_suffix(".mo")):
        return [f"{name}: not compiled since it changed (make translations)"]
    return []


def _catalogue(mo: Path) -> dict[object, str]:
    if not mo.exists():
        return {}
    with mo.open("rb") as file:
        catalogue: dict[object, str] = vars(gettext.GNUTranslations(file))["_catalog"]
    # The header holds the time of extraction.
    return {key: value for key, value in catalogue.items() if key != ""}


if __name__ == "__main__":
    sys.exit(main())

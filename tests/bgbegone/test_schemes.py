"""The dark scheme gives other colours and nothing else: `tests/e2e/accessible.py` counts on it."""

import re

from tests.stack import ROOT

_DARK = re.compile(r"@media [^{}]*\(prefers-color-scheme: \w+\) \{\s*([^{}]+)\{([^{}]*)\}\s*\}")
_MENTIONS = "prefers-color-scheme"


def test_a_scheme_changes_values_of_colours_alone() -> None:
    sheets = [file.read_text() for file in (ROOT / "static" / "css").glob("*.css")]
    blocks = [block for text in sheets for block in _DARK.findall(text)]
    assert len(blocks) == sum(text.count(_MENTIONS) for text in sheets) >= 2
    for _selector, body in blocks:
        names = re.findall(r"([\w-]+):", re.sub(r"/\*.*?\*/", "", body))
        assert names
        assert [name for name in names if not name.startswith("--")] == []

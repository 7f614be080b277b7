"""Names that people gave, as they may be shown: without what steers a screen, with what joins letters."""

import re
import unicodedata

# Two that join and part letters, in emoji and in Persian, and those that spell the flags of regions.
_JOINERS = {"\u200c", "\u200d", *map(chr, range(0xE0020, 0xE0080))}
_TORN = re.compile("^[\u200c\u200d\ufe00-\ufe0f\U000e0020-\U000e007f\U0001f3fb-\U0001f3ff]+")


def readable(text: str, longest: int | None = None) -> str:
    """The end of a text counts most, as of a file's name; what is cut off there was no half of a letter."""
    kept = "".join(c for c in text if c.isprintable() or c in _JOINERS)
    if longest is None or len(kept) <= longest:
        return kept
    end = _TORN.sub("", kept[-longest:])
    while end and unicodedata.combining(end[0]):
        end = end[1:]
    return end

"""What the files of an archive are called: by a template, and so that every system can unpack them."""

import re
import unicodedata
from dataclasses import dataclass

from bgbegone.lib.names import readable

# In a template: {folder} {name} {n} {n:04} {preset}. Anything else stands for itself.
_FIELD = re.compile(r"\{(folder|name|preset|n(?::0?([1-9]))?)\}")
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"\\|?*/]')
# Windows opens devices by these names, whatever their ending.
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Source:
    """What a name may be made of."""

    folder: str
    name: str  # of the file that was sent, with its ending
    number: int
    preset: str


def is_template(text: str) -> bool:
    """Whether every brace belongs to a field that we know."""
    rest = _FIELD.sub("", text)
    return bool(text.strip("/ ")) and "{" not in rest and "}" not in rest


def filled(template: str, source: Source, extension: str) -> str:
    """A path with “/” between folders, whose parts are names on any system."""
    stem = source.name.rpartition(".")[0] or source.name

    def value(match: re.Match[str]) -> str:
        field, digits = match[1], match[2]
        if field.startswith("n") and field != "name":
            return f"{source.number:0{digits or 1}d}"
        # A name is one part, whatever is in it; only folders have parts.
        found = {"folder": source.folder, "name": stem, "preset": source.preset}[field]
        return found if field == "folder" else found.replace("/", "_")

    parts = [part for part in _FIELD.sub(value, template).split("/") if part.strip()]
    safe = [_safe(part) for part in parts[:-1]]
    last = _safe(parts[-1] if parts else stem)
    return "/".join([*safe, f"{last}.{extension}"])


def _safe(part: str) -> str:
    """One name: composed letters (a Mac sends them taken apart), nothing that leads or means elsewhere."""
    text = readable(unicodedata.normalize("NFC", part))
    text = _FORBIDDEN.sub("_", text).strip(" .")[:_LONGEST].rstrip(" .")
    if _DEVICES.fullmatch(text):
        return f"_{text}"
    return text or "_"


class Unique:
    """Numbers names that were given already, also those that differ in capitals only."""

    def __init__(self, *taken: str) -> None:
        self._taken = {_key(name) for name in taken}

    def name(self, wanted: str) -> str:
        stem, dot, extension = wanted.rpartition(".")
        name, number = wanted, 2
        while _key(name) in self._taken:
            name = f"{stem} ({number}){dot}{extension}"
            number += 1
        self._taken.add(_key(name))
        return name


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def as_file(title: str) -> str:
    """A title as the name of a file, without ending."""
    return _safe(title)

"""Figures as Markdown, and their place in README."""

import os
import platform
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
_BEGIN, _END = "<!-- make bench writes from here -->", "<!-- to here -->"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; the first column is words, the others are figures."""
    rule = ["---", *["--:"] * (len(header) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (header, rule, *rows))


def machine() -> str:
    """The kind of machine, without anything that names this one."""
    cores = len(os.sched_getaffinity(0))
    today = datetime.now(UTC).date().isoformat()
    return f"{today}, {cores} cores of {_processor()}, no accelerator, Python {platform.python_version()}"


def _processor() -> str:
    cpu = Path("/proc/cpuinfo").read_text()
    name = re.search(r"model name\s*:\s*(.+)", cpu)
    flags = set(re.findall(r"avx512_bf16|amx_bf16|avx512_vnni|avx2", cpu))
    best = next((flag for flag in ("amx_bf16", "avx512_bf16", "avx512_vnni", "avx2") if flag in flags), "")
    return f"{name[1] if name else platform.machine()} ({best or 'no vector units known'})"


def keep(text: str, readme: Path = README) -> None:
    """Replace what stands between README's two marks."""
    whole = readme.read_text()
    before, begin, rest = whole.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not (begin and end):
        raise ValueError(f"{readme.name} has no place for figures: {_BEGIN} … {_END}")
    readme.write_text(f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}")

"""Markdown to HTML: policy, guides and answers are written in it.

Whoever writes is staff, and still the HTML may do nothing but show words: tags in the text are shown as
text, links lead to web addresses, mail or this site, and pictures come from this site alone.

A heading may bring its own anchor: `## What we keep {#P2}`.

What leaves the house as an e-mail has a `base`: links that lead to this site begin with its address, and
pictures are the words that stand for them, since fetching one would tell who reads, and when.
"""

import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urljoin, urlsplit

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

# Given the address of another site, the one to link to instead: the page that says that one is leaving.
Leave = Callable[[str], str]

_SCHEMES = ("http", "https", "mailto")
_DISGUISED = re.compile(r"[/\\]([/\\]|%5c)|[^/?#]*:", re.IGNORECASE)
_ANCHOR = re.compile(r"\s*\{#([A-Za-z][\w-]*)\}\s*$")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a text under one heading of the second level; what comes before the first has no title."""

    anchor: str
    title: str
    body: SafeString


def render(text: str, *, leave: Leave | None = None, base: str = "") -> SafeString:
    """The whole text as HTML. With `leave`, links to other sites go where it says."""
    return _html(_parse(text, leave, base))


def plain(text: str, *, base: str = "") -> str:
    """The whole text for who reads no HTML: no signs of Markdown, and each address behind its words."""
    return _blocks(SyntaxTreeNode(_parse(text, None, base)))


def links(text: str, *, base: str = "") -> list[str]:
    """Where the text leads, each address once."""
    nodes = SyntaxTreeNode(_parse(text, None, base)).walk()
    return list(dict.fromkeys(str(node.attrs["href"]) for node in nodes if node.type == "link"))


def sections(text: str, *, leave: Leave | None = None) -> list[Section]:
    """The text cut at its headings of the second level."""
    return [_section(part) for part in _cut(_parse(text, leave)) if part]


def _cut(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    part: list[Token] = []
    for token in tokens:
        if token.type == "heading_open" and token.tag == "h2" and token.level == 0:
            yield part
            part = []
        part.append(token)
    yield part


def _section(part: list[Token]) -> Section:
    if part[0].type != "heading_open" or part[0].tag != "h2":
        return Section("", "", _html(part))
    # A heading is three tokens: opening, words, closing.
    title = "".join(child.content for child in part[1].children or ())
    return Section(str(part[0].attrGet("id") or ""), title, _html(part[3:]))


def _parse(text: str, leave: Leave | None, base: str = "") -> list[Token]:
    return _parser().parse(text, {"leave": leave, "base": base})


def _html(tokens: Sequence[Token]) -> SafeString:
    parser = _parser()
    # Everything in it was escaped by the renderer, since raw HTML is off.
    return mark_safe(str(parser.renderer.render(tokens, parser.options, {})))  # noqa: S308


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.validateLink = is_allowed  # type: ignore[method-assign]
    parser.core.ruler.push("anchors", _set_anchors)
    parser.core.ruler.push("links", _guard_links)
    return parser


def is_allowed(url: str) -> bool:
    """Whether a link may lead there: http, https, mailto, or a page of this site."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return False
    if parts.scheme or parts.netloc:
        return parts.scheme in _SCHEMES
    # To a browser `/\host` is another site in disguise; a colon this early is a scheme in disguise.
    return not _DISGUISED.match(url.strip())


def is_external(url: str) -> bool:
    return urlsplit(url).scheme in ("http", "https")


def _set_anchors(state: StateCore) -> None:
    for heading, words in zip(state.tokens, state.tokens[1:], strict=False):
        last = words.children[-1] if heading.type == "heading_open" and words.children else None
        found = _ANCHOR.search(last.content) if last else None
        if last and found:
            heading.attrSet("id", found[1])
            last.content = last.content[: found.start()]


def _guard_links(state: StateCore) -> None:
    leave: Leave | None = state.env.get("leave")
    base: str = state.env.get("base", "")
    for token in (child for block in state.tokens for child in block.children or ()):
        if token.type == "link_open":
            _guard_link(token, leave, base)
        elif token.type == "image" and (base or urlsplit(str(token.attrGet("src"))).scheme):
            # A picture from elsewhere would tell that server about every reader.
            token.type, token.tag = "text", ""


def _guard_link(token: Token, leave: Leave | None, base: str) -> None:
    url = str(token.attrGet("href"))
    if base:
        url = urljoin(f"{base}/", url)
        token.attrSet("href", url)
    if is_external(url) and leave:
        # A page of this site, which may know where its reader came from: it offers the way back.
        token.attrSet("href", leave(url))
    elif is_external(url):
        token.attrSet("rel", "noopener noreferrer")


# Plain text


def _blocks(node: SyntaxTreeNode, between: str = "\n\n") -> str:
    return between.join(filter(None, (_block(child) for child in node.children)))


def _block(node: SyntaxTreeNode) -> str:
    return _PLAIN.get(node.type, _words)(node)


def _heading(node: SyntaxTreeNode) -> str:
    words = _words(node)
    return f"{words}\n{('=' if node.tag == 'h1' else '-') * len(words)}"


def _list(node: SyntaxTreeNode) -> str:
    first = int(node.attrs.get("start", 1))
    is_numbered = node.type == "ordered_list"
    marks = (f"{number}. " if is_numbered else "- " for number in range(first, first + len(node.children)))
    return "\n".join(_item(mark, item) for mark, item in zip(marks, node.children, strict=True))


def _item(mark: str, item: SyntaxTreeNode) -> str:
    return mark + textwrap.indent(_blocks(item, "\n"), " " * len(mark)).lstrip()


def _quote(node: SyntaxTreeNode) -> str:
    return textwrap.indent(_blocks(node), "> ", lambda _line: True)


def _code(node: SyntaxTreeNode) -> str:
    return textwrap.indent(node.content.rstrip(), "    ")


def _table(node: SyntaxTreeNode) -> str:
    rows = (row for part in node.children for row in part.children)
    return "\n".join(" | ".join(_words(cell) for cell in row.children) for row in rows)


_PLAIN: dict[str, Callable[[SyntaxTreeNode], str]] = {
    "heading": _heading,
    "bullet_list": _list,
    "ordered_list": _list,
    "blockquote": _quote,
    "code_block": _code,
    "fence": _code,
    "table": _table,
    "hr": lambda _node: "-" * 20,
}


def _words(node: SyntaxTreeNode) -> str:
    match node.type:
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "link":
            words, url = "".join(map(_words, node.children)), str(node.attrs["href"]).removeprefix("mailto:")
            return url if words in ("", url) else f"{words} ({url})"
        case _:
            return "".join(map(_words, node.children)) or node.content

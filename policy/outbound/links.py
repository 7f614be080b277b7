"""Links that lead away from this site go through a page that says so (promise P12).

The target is signed, so the page can be sent nowhere else: it is no open redirect, and it does not redirect.
"""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import SplitResult, urlencode, urlsplit, urlunsplit

from django.core import signing
from django.urls import reverse

_SALT = "policy.outbound"
# A link in a page that was saved or indexed should work for a while, and not for ever.
_MAX_AGE = 90 * 24 * 3600
_MOST_CHARACTERS = 2000
_HOST = re.compile(
    r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*"
)


class BadTarget(Exception):
    """An address to which nobody is sent."""


@dataclass(frozen=True, slots=True)
class Target:
    """`host` is for people; `ascii_host` is what browsers ask for, and `url` holds that one."""

    url: str
    host: str
    ascii_host: str

    @property
    def is_spelled_differently(self) -> bool:
        """Letters that look alike are told apart in the second spelling."""
        return self.host != self.ascii_host


def leaving_url(url: str) -> str:
    """The address of the notice page for a page of another site. Raises BadTarget."""
    signed = signing.dumps(checked(url).url, salt=_SALT)
    return f"{reverse('leaving')}?{urlencode({'to': signed})}"


def leave(url: str) -> str:
    """For links in Markdown: an address to which nobody is sent leads to the page that says so."""
    try:
        return leaving_url(url)
    except BadTarget:
        return reverse("leaving")


def target_of(signed: str) -> Target:
    """The target in a signed value. Raises BadTarget when it is forged, too old or leads nowhere good."""
    try:
        url = signing.loads(signed, salt=_SALT, max_age=_MAX_AGE)
    except (signing.BadSignature, ValueError) as err:
        raise BadTarget from err
    return checked(str(url))


def checked(url: str) -> Target:
    """Take an address apart. Raises BadTarget for anything but a plain http or https address."""
    if len(url) > _MOST_CHARACTERS or not url.isprintable() or re.search(r"[\s\\]", url):
        raise BadTarget
    try:
        parts = urlsplit(url)
        is_plain = parts.scheme in ("http", "https") and parts.username is None and parts.password is None
        host, ascii_host = _hosts(parts)
        port = f":{parts.port}" if parts.port else ""
    except ValueError as err:  # a port or host that is none
        raise BadTarget from err
    if not is_plain or not _HOST.fullmatch(ascii_host):
        raise BadTarget
    return Target(urlunsplit(parts._replace(netloc=ascii_host + port)), host, ascii_host)


def _hosts(parts: SplitResult) -> tuple[str, str]:
    """A host's name as people read it, and in the letters of the domain name system."""
    labels = unicodedata.normalize("NFKC", parts.hostname or "").lower().split(".")
    ascii_labels = [_to_ascii(label) for label in labels]
    return ".".join(map(_to_unicode, ascii_labels)), ".".join(ascii_labels)


def _to_ascii(label: str) -> str:
    if label.isascii():
        return label
    # Invisible and typographic characters have no place in a name.
    if not all(c == "-" or c.isalnum() or unicodedata.category(c).startswith("M") for c in label):
        raise ValueError(label)
    return f"xn--{label.encode('punycode').decode()}"


def _to_unicode(label: str) -> str:
    """For people; a label that hides something stays as it is."""
    if not label.startswith("xn--"):
        return label
    readable = label[4:].encode().decode("punycode")
    try:
        return readable if _to_ascii(readable) == label else label
    except ValueError:
        return label

"""Links to a version: they show it for as long as they live, whatever is done to the photo later."""

from django.utils.translation import gettext as _

from images.editing.models import Version
from images.sharing.forms import MOST_LINKS
from images.sharing.models import ShareLink


class TooManyLinks(Exception):
    """The argument is a sentence."""


def share(version: Version) -> ShareLink:
    """As long-lived as a new link may be. Raises TooManyLinks."""
    photo = version.photo
    if photo.links.open().count() >= MOST_LINKS:
        sentence = _("This photo has %(most)s links already. Please withdraw one of them first.")
        raise TooManyLinks(sentence % {"most": MOST_LINKS})
    link = ShareLink.issue(photo, photo.link_lifetime)
    link.recipe = version.recipe
    link.save(force_insert=True)
    return link

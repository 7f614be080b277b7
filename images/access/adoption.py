"""What staff have looked at while it was a guest's is the member's to read, too."""

from accounts.models import User
from images.access.models import ImageAccess
from images.photos.adoption import follow
from images.photos.models import Photo


@follow
def _looks(user: User) -> None:
    ImageAccess.objects.adopt(user, Photo.objects.filter(owner=user))

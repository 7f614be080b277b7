"""A photo that goes leaves the gallery first."""

from images.gallery import services
from images.photos.deleting import before

before(services.let_go)

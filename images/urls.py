"""The addresses of each room."""

from django.urls import include, path

urlpatterns = [
    path("", include("images.photos.urls")),
    path("", include("images.editing.urls")),
    path("", include("images.studio.urls")),
    path("", include("images.sharing.urls")),
    path("", include("images.gallery.urls")),
    path("", include("images.api.urls")),
    path("", include("images.batches.urls")),
]

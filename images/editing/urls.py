from django.urls import path

from images.editing import collection_views, version_views, views

_VERSION = "photos/<uuid:pk>/versions/<int:number>"

urlpatterns = [
    path("photos/<uuid:pk>/download/", views.photo_download, name="photo_download"),
    path("photos/<uuid:pk>/preview/", views.photo_preview, name="photo_preview"),
    path("photos/<uuid:pk>/keep/", views.photo_keep, name="photo_keep"),
    path(
        "photos/<uuid:pk>/renditions/<uuid:rendition_pk>.webp",
        views.rendition_preview,
        name="rendition_preview",
    ),
    path(f"{_VERSION}/restore/", version_views.version_restore, name="version_restore"),
    path(f"{_VERSION}/share/", version_views.version_share, name="version_share"),
    path(f"{_VERSION}/delete/", version_views.version_delete, name="version_delete"),
    path("presets/", collection_views.presets, name="presets"),
    path("presets/<uuid:pk>/default/", collection_views.preset_default, name="preset_default"),
    path("presets/<uuid:pk>/delete/", collection_views.preset_delete, name="preset_delete"),
    path("backgrounds/", collection_views.ground_list, name="grounds"),
    path("backgrounds/<uuid:pk>/file", collection_views.ground_file, name="ground_file"),
    path("backgrounds/<uuid:pk>/delete/", collection_views.ground_delete, name="ground_delete"),
]

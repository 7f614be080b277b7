from django.urls import path, re_path

from images.api.v2 import links, photos, renditions, resources

urlpatterns = [
    path("account", links.account, name="api_v2_account"),
    path("photos", photos.photos, name="api_v2_photos"),
    path("photos/<uuid:pk>", photos.photo, name="api_v2_photo"),
    path("photos/<uuid:pk>/retry", photos.retry, name="api_v2_retry"),
    path("photos/<uuid:pk>/result", photos.result, name="api_v2_result"),
    path("photos/<uuid:pk>/original", photos.original, name="api_v2_original"),
    path("photos/<uuid:pk>/recipe", renditions.recipe, name="api_v2_recipe"),
    path("photos/<uuid:pk>/renditions", renditions.of_photo, name="api_v2_photo_renditions"),
    path("photos/<uuid:pk>/links", links.of_photo, name="api_v2_links"),
    path("photos/<uuid:pk>/links/<uuid:link_pk>", links.link, name="api_v2_link"),
    path("renditions/<uuid:pk>", renditions.rendition, name="api_v2_rendition"),
    path("renditions/<uuid:pk>/file", renditions.file, name="api_v2_rendition_file"),
    re_path(r"^.*$", resources.nothing, name="api_v2_nothing"),
]

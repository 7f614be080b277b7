from django.urls import path, re_path

from images.api.v2 import batches, links, photos, renditions, resources

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
    path("batches", batches.batches, name="api_v2_batches"),
    path("batches/<uuid:pk>", batches.batch, name="api_v2_batch"),
    path("batches/<uuid:pk>/photos", batches.of_batch, name="api_v2_batch_photos"),
    path("batches/<uuid:pk>/setting", batches.set_for_all, name="api_v2_batch_setting"),
    path("batches/<uuid:pk>/pause", batches.pause, name="api_v2_batch_pause"),
    path("batches/<uuid:pk>/resume", batches.resume, name="api_v2_batch_resume"),
    path("batches/<uuid:pk>/cancel", batches.cancel, name="api_v2_batch_cancel"),
    path("batches/<uuid:pk>/retry", batches.retry, name="api_v2_batch_retry"),
    path("batches/<uuid:pk>/archive", batches.whole, name="api_v2_batch_archive"),
    path("batches/<uuid:pk>/links", links.of_batch, name="api_v2_batch_links"),
    path("batches/<uuid:pk>/links/<uuid:link_pk>", links.batch_link, name="api_v2_batch_link"),
    re_path(r"^.*$", resources.nothing, name="api_v2_nothing"),
]

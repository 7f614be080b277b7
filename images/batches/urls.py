from django.urls import path

from images.batches import packing, reviewing, sharing, uploading, views

urlpatterns = [
    path("batches/", views.batches, name="batches"),
    path("batches/begin/", views.begin, name="batch_begin"),
    path("batches/<uuid:pk>/", views.batch, name="batch"),
    path("batches/<uuid:pk>/changes/", views.changes, name="batch_changes"),
    path("batches/<uuid:pk>/files/", views.announce, name="batch_announce"),
    path("batches/<uuid:pk>/uploads/", uploading.uploads, name="batch_uploads"),
    path("batches/<uuid:pk>/uploads/<uuid:upload_pk>", uploading.upload, name="batch_upload"),
    path("batches/<uuid:pk>/archive.zip", packing.whole, name="batch_archive"),
    path("batches/<uuid:pk>/chosen/", packing.chosen, name="batch_chosen"),
    path("batches/<uuid:pk>/review/", reviewing.review, name="batch_review"),
    path("batches/<uuid:pk>/review/<uuid:item_pk>/", reviewing.judge, name="batch_judge"),
    path("batches/<uuid:pk>/setting/", views.set_for_all, name="batch_setting"),
    path("batches/<uuid:pk>/items/<uuid:item_pk>/preview.webp", reviewing.preview, name="batch_preview"),
    path("batches/<uuid:pk>/pause/", views.pause, name="batch_pause"),
    path("batches/<uuid:pk>/resume/", views.resume, name="batch_resume"),
    path("batches/<uuid:pk>/cancel/", views.cancel, name="batch_cancel"),
    path("batches/<uuid:pk>/retry/", views.retry, name="batch_retry"),
    path("batches/<uuid:pk>/twins/", views.twins, name="batch_twins"),
    path("batches/<uuid:pk>/mail/", views.mail, name="batch_mail"),
    path("batches/<uuid:pk>/delete/", views.delete, name="batch_delete"),
    path("batches/<uuid:pk>/links/", sharing.create, name="batch_link_create"),
    path("batches/<uuid:pk>/links/<uuid:link_pk>/revoke/", sharing.revoke, name="batch_link_revoke"),
    path("b/<str:token>/", sharing.shared, name="shared_batch"),
    path("b/<str:token>/archive.zip", sharing.shared_archive, name="shared_batch_archive"),
    path("b/<str:token>/<int:number>.webp", sharing.shared_picture, name="shared_batch_picture"),
    path("b/<str:token>/<int:number>/", sharing.remark, name="shared_batch_remark"),
]
